"""Holds: the list, one hold, a new one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.models.records import Record
from techsvc.circulation import queries
from techsvc.circulation.actions import holds
from techsvc.circulation.forms import HoldForm
from techsvc.circulation.models.holds import STATES, Hold
from techsvc.circulation.rules.lifecycle import HOLD, HoldState
from techsvc.kernel import states
from techsvc.kernel.actions import privacy
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab
from techsvc.kernel.slots import Verb


def branch_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]


class Holds(ListPage[Hold]):
    """Every hold, the oldest of the queue first."""

    permission = "circulation.view_holds"
    title, nav = gettext_lazy("Holds"), "circulation:holds"
    columns = (
        Column("title", gettext_lazy("Title"), value="record.title", sort="record__title_sort"),
        Column("volume", gettext_lazy("Volume"), sort="volume", wide=True),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("pickup", gettext_lazy("Pickup at"), value="pickup.name", sort="pickup__name"),
        Column("placed", gettext_lazy("Placed"), value="placed_at", kind="date", sort="placed_at", wide=True),
        Column("item", gettext_lazy("Item"), value="item.barcode", kind="barcode"),
        Column("keep_until", gettext_lazy("Keep until"), kind="date", sort="keep_until"),
    )
    filters = (
        Filter(
            "state", gettext_lazy("State"), choices=[(s, states.words(HoldState(s))) for s in STATES], lookup="state"
        ),
        Filter("pickup", gettext_lazy("Pickup at"), choices=branch_choices, lookup="pickup_id"),
    )
    tabs = (
        Tab(gettext_lazy("Waiting"), "state=waiting"),
        Tab(gettext_lazy("On the hold shelf"), "state=ready&sort=keep_until"),
    )
    search = ("record__title__icontains", "item__barcode__startswith")
    since = "placed_at"
    default_sort = "placed"
    empty_title = gettext_lazy("Nobody waits for anything.")
    empty_next = gettext_lazy("Holds are placed from a title's page, or come with purchase requests.")

    def queryset(self) -> QuerySet[Hold]:
        return Hold.objects.select_related("record", "pickup", "item")


class HoldDetail(DetailPage[Hold]):
    """One hold and where it stands."""

    permission, nav, kind = "circulation.view_holds", "circulation:holds", "circulation.hold"

    def objects(self) -> QuerySet[Hold]:
        return Hold.objects.select_related("record", "pickup", "item", "patron__branch")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Holds"), reverse("circulation:holds"))]

    def page_title(self) -> str:
        return _("Hold on %(title)s") % {"title": self.object.record.title}

    def state(self, obj: Hold) -> str:
        return obj.state

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        patron = self.shown_patron()
        if patron is not None:
            privacy.note_looks([patron.pk], page="circulation:hold", actor=self.user)
        return super().get(request, **kwargs)

    def shown_patron(self) -> Patron | None:
        """Whose hold it is, for those who may see that."""
        patron = self.object.patron
        return patron if patron and self.may("kernel.view_patrons", branch=patron.branch) else None

    def patron_fact(self, obj: Hold) -> Fact:
        if (patron := self.shown_patron()) is not None:
            return Fact(_("For"), patron.name, url=reverse("circulation:patron", args=[patron.pk]))
        return Fact(_("For"), _("severed") if obj.patron_id is None else _("a patron"))

    def facts(self, obj: Hold) -> list[Fact]:
        facts = [
            Fact(_("Title"), obj.record.title, url=obj.record.get_absolute_url()),
            Fact(_("Volume or part"), obj.volume),
            self.patron_fact(obj),
            Fact(_("Pickup at"), obj.pickup),
            Fact(_("Placed"), obj.placed_at, "datetime"),
            Fact(_("Item"), obj.item.barcode if obj.item else None, "barcode"),
            Fact(_("Keep until"), obj.keep_until, "date"),
        ]
        if obj.state == HoldState.WAITING:
            facts.append(Fact(_("Place in the queue"), queries.place_in_queue(obj), "number"))
        return facts

    def own_verbs(self, obj: Hold) -> list[Verb]:
        if not self.may("circulation.place_hold", branch=obj.pickup):
            return []
        known = {
            "collect": (_("Collected"), "c"),
            "release": (_("Back in the queue"), "r"),
            "cancel": (_("Cancel hold"), "x"),
        }
        legal = HOLD[HoldState(obj.state)]
        return [
            Verb(
                label,
                reverse("circulation:hold_verb", args=[obj.pk, verb]),
                method="post",
                key=key,
                primary=verb == "collect",
            )
            for verb, (label, key) in known.items()
            if verb in legal
        ]


class HoldVerb(ActionPage[Hold]):
    """Collected, back in the queue, or cancelled."""

    permission = "circulation.place_hold"
    acts: ClassVar = {"collect": holds.collect_hold, "release": holds.release_hold, "cancel": holds.cancel_hold}

    def objects(self) -> QuerySet[Hold]:
        return Hold.objects.all()

    def act(self, obj: Hold) -> Hold:
        return self.acts[self.kwargs["verb"]](obj.pk, actor=self.user)


class NewHold(FormPage[HoldForm]):
    """A place in the queue of a title for a patron."""

    permission, nav = "circulation.place_hold", "circulation:holds"
    title, form_class, submit_label = gettext_lazy("Place hold"), HoldForm, gettext_lazy("Place hold")

    def record(self) -> Record:
        return get_object_or_404(Record, pk=self.kwargs["record"])

    def crumbs(self) -> list[tuple[Any, str]]:
        record = self.record()
        return [(record.title, record.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return {"pickup": self.user.branch}

    def form_kwargs(self) -> dict[str, Any]:
        return {"volumes": queries.volumes_of(self.record())}

    def act(self, form: HoldForm) -> Hold:
        data = form.cleaned_data
        volume = data.get("volume", "")
        return holds.place_hold(
            self.record(), patron=data["card"], pickup=data["pickup"], actor=self.user, volume=volume
        )
