"""Patrons: who may be told, and what they wait for. Every look is written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.circulation.forms import ChangePatronForm, PatronForm, SeverForm
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import access
from techsvc.kernel.actions import people, privacy
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

    def note_shown(self, rows: Iterable[Patron]) -> None:
        privacy.note_looks([patron.pk for patron in rows], page="circulation:patrons", actor=self.user)

    def row_url(self, obj: Patron) -> str:
        return reverse("circulation:patron", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        if not self.may("kernel.edit_patrons"):
            return []
        return [Verb(_("New patron"), reverse("circulation:patron_new"), key="n", primary=True)]


class PatronDetail(DetailPage[Patron]):
    """What is held on one person: the least that telling them needs."""

    permission, nav, kind = "kernel.view_patrons", "circulation:patrons", "circulation.patron"
    remembered = False  # a name stays on the page whose looks are written down

    def objects(self) -> QuerySet[Patron]:
        return Patron.objects.select_related("branch")

    def branch_of(self, obj: Patron) -> Branch:
        return obj.branch

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        privacy.note_looks([self.object.pk], page="circulation:patron", actor=self.user)
        return super().get(request, **kwargs)

    def own_verbs(self, obj: Patron) -> list[Verb]:
        if not self.may("kernel.edit_patrons", branch=obj.branch):
            return []
        return [
            Verb(_("Edit"), reverse("circulation:patron_edit", args=[obj.pk]), key="e", primary=True),
            Verb(_("Sever"), reverse("circulation:patron_sever", args=[obj.pk]), danger=True),
        ]

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
        return [Table(_("Holds"), columns, rows, empty=_("Nothing on hold."), row_url=Hold.get_absolute_url)]


class NewPatron(FormPage[PatronForm]):
    """A patron with the least data."""

    permission, nav = "kernel.edit_patrons", "circulation:patrons"
    title, form_class, submit_label = gettext_lazy("New patron"), PatronForm, gettext_lazy("Add patron")
    drafted = False  # who a patron is stays where it is looked after

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Patrons"), reverse("circulation:patrons"))]

    def initial(self) -> dict[str, Any]:
        return {"branch": self.user.branch}

    def act(self, form: PatronForm) -> Patron:
        data = dict(form.cleaned_data)
        return people.add_patron(data.pop("card"), actor=self.user, **data)

    def success_url(self, obj: Any) -> str:
        return reverse("circulation:patron", args=[obj.pk])


class PatronPage(FormPage[Any]):
    """What the forms about one patron share; opening one is a look."""

    permission, nav = "kernel.edit_patrons", "circulation:patrons"
    drafted = False  # who a patron is stays where it is looked after

    def objects(self) -> QuerySet[Patron]:
        return Patron.objects.select_related("branch")

    def branch_of(self, obj: Patron) -> Branch:
        return obj.branch

    def crumbs(self) -> list[tuple[Any, str]]:
        label = _("Patron of %(branch)s") % {"branch": self.object.branch}
        here = (label, reverse("circulation:patron", args=[self.object.pk]))
        return [(_("Patrons"), reverse("circulation:patrons")), here]


class EditPatron(PatronPage):
    """Correct what is kept of a patron."""

    title, form_class = gettext_lazy("Change patron"), ChangePatronForm

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        privacy.note_looks([self.object.pk], page="circulation:patron_edit", actor=self.user)
        return super().get(request, **kwargs)

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ChangePatronForm.base_fields}

    def act(self, form: ChangePatronForm) -> Patron:
        return people.change_patron(self.object.pk, actor=self.user, **form.cleaned_data)

    def success_url(self, obj: Any) -> str:
        return reverse("circulation:patron", args=[obj.pk])


class SeverPatron(PatronPage):
    """Delete the patron's row for good; what they asked for stays, counted, without a person."""

    title, form_class, submit_label = gettext_lazy("Sever patron"), SeverForm, gettext_lazy("Sever for good")

    def act(self, form: SeverForm) -> None:
        privacy.sever_patron(self.object.pk, actor=self.user, why=form.cleaned_data["why"])

    def message(self, obj: Any) -> str:
        return _("Severed. Nothing here leads to the person any more.")

    def success_url(self, obj: Any) -> str:
        return reverse("circulation:patrons")
