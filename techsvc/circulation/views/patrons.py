"""Patrons: who may be told, and what they wait for. Every look is written down."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.circulation.forms import PatronForm
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import access
from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import Column, DetailPage, Fact, FormPage, ListPage, Table
from techsvc.kernel.slots import Verb


class Patrons(ListPage[Patron]):
    """Patrons by name; the card finds one at once."""

    permission = "kernel.view_patrons"
    title, nav = gettext_lazy("Patrons"), "circulation:patrons"
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("card", gettext_lazy("Card"), kind="barcode"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("category", gettext_lazy("Category"), sort="category"),
        Column("expires", gettext_lazy("Expires"), value="expires_on", kind="date", sort="expires_on"),
    )
    search = ("name__icontains", "card__startswith")
    default_sort = "name"
    empty_title = gettext_lazy("No patrons yet.")
    empty_next = gettext_lazy("Add the first one who asks for something.")

    def queryset(self) -> QuerySet[Patron]:
        limit = access.branch_limit(self.user, self.permission)
        rows = Patron.objects.select_related("branch")
        return rows if limit is None else rows.filter(branch_id=limit)

    def row_url(self, obj: Patron) -> str:
        return reverse("circulation:patron", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        if not self.may("kernel.edit_patrons"):
            return []
        return [Verb(_("New patron"), reverse("circulation:patron_new"), key="n", primary=True)]


class PatronDetail(DetailPage[Patron]):
    """What is held on one person: the least that telling them needs."""

    permission, nav, kind = "kernel.view_patrons", "circulation:patrons", "circulation.patron"

    def objects(self) -> QuerySet[Patron]:
        return Patron.objects.select_related("branch")

    def branch_of(self, obj: Patron) -> Branch:
        return obj.branch

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Patrons"), reverse("circulation:patrons"))]

    def page_title(self) -> str:
        return _("Patron of %(branch)s") % {"branch": self.object.branch}

    def facts(self, obj: Patron) -> list[Fact]:
        return [
            Fact(_("Name"), obj.name),
            Fact(_("Card"), obj.card, "barcode"),
            Fact(_("Mail"), obj.email),
            Fact(_("Phone"), obj.phone),
            Fact(_("Branch"), obj.branch),
            Fact(_("Expires"), obj.expires_on, "date"),
            Fact(_("Wants notices by mail"), obj.wants_notices, "bool"),
        ]

    def tables(self, obj: Patron) -> list[Table]:
        rows = Hold.objects.filter(patron=obj).select_related("record", "pickup")
        columns = (
            Column("title", _("Title"), value="record.title"),
            Column("state", _("State"), kind="state"),
            Column("pickup", _("Pickup at"), value="pickup.name"),
        )
        return [Table(_("Holds"), columns, rows, empty=_("Nothing on hold."))]


class NewPatron(FormPage[PatronForm]):
    """A patron with the least data."""

    permission, nav = "kernel.edit_patrons", "circulation:patrons"
    title, form_class, submit_label = gettext_lazy("New patron"), PatronForm, gettext_lazy("Add patron")

    def initial(self) -> dict[str, Any]:
        return {"branch": self.user.branch}

    def act(self, form: PatronForm) -> Patron:
        data = dict(form.cleaned_data)
        return people.add_patron(data.pop("card"), actor=self.user, **data)

    def success_url(self, obj: Any) -> str:
        return reverse("circulation:patron", args=[obj.pk])
