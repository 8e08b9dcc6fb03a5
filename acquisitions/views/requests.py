"""Purchase requests: entered, decided, ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import ordering, requests
from acquisitions.actions.ordering import NewLine
from acquisitions.forms.orders import RequestOrderForm
from acquisitions.forms.requests import DeclineForm, RequestForm
from acquisitions.models.orders import Order
from acquisitions.models.requests import STATES, PurchaseRequest
from acquisitions.queries.duplicates import standings
from acquisitions.queries.ordering import usual_terms
from acquisitions.queries.requests import description, patron_shown, who_asked
from acquisitions.queries.requests import requests as all_requests
from acquisitions.rules.duplicates import Standing, words
from acquisitions.rules.lifecycle import REQUEST, RequestState
from techsvc.kernel import states
from techsvc.kernel.actions import privacy
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionPage, BulkPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.slots import Verb

NAV = "acquisitions:requests"


def crumbs(request: PurchaseRequest | None = None) -> list[tuple[str, str]]:
    found = [(_("Requests"), reverse(NAV))]
    return [*found, (request.title, request.get_absolute_url())] if request is not None else found


class Requests(ListPage[PurchaseRequest]):
    """Every purchase request."""

    permission, title, nav = "acquisitions.view_requests", gettext_lazy("Purchase requests"), NAV
    columns = (
        Column("title", gettext_lazy("Title"), sort="title"),
        Column("author", gettext_lazy("Author"), sort="author", wide=True),
        Column("number", gettext_lazy("No."), kind="code", sort="number"),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column(
            "format", gettext_lazy("Format"), value=lambda one: one.format.replace("_", " "), sort="format", wide=True
        ),
        Column("pickup", gettext_lazy("Pickup at"), sort="pickup__name", wide=True),
        Column("asked", gettext_lazy("Asked"), value="asked_at", kind="datetime", sort="asked_at"),
        Column(
            "order",
            gettext_lazy("Order"),
            kind="code",
            value=lambda one: order_of(one),
            url=lambda one: home_of(order_of(one)),
            wide=True,
        ),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=[(one, one.capitalize()) for one in STATES], lookup="state"),
        Filter(
            "pickup",
            gettext_lazy("Pickup at"),
            choices=lambda _user: Branch.objects.values_list("pk", "name"),
            lookup="pickup",
        ),
    )
    search = ("title__icontains", "author__icontains", "isbn__startswith", "number__iexact")
    tabs = (
        Tab(gettext_lazy("To decide"), "state=asked&sort=asked"),
        Tab(gettext_lazy("To order"), "state=approved&sort=asked"),
        Tab(gettext_lazy("Ordered"), "state=ordered"),
        Tab(gettext_lazy("All")),
    )
    since = "asked_at"
    default_sort = "-asked"
    empty_title = gettext_lazy("Nobody asked for anything yet.")
    empty_next = gettext_lazy("Enter what a patron or colleague wants the library to buy.")

    def queryset(self) -> QuerySet[PurchaseRequest]:
        return all_requests()

    def verbs(self) -> list[Verb]:
        if not self.may("acquisitions.submit_request"):
            return []
        return [Verb(_("New request"), reverse("acquisitions:request_new"), key="n", primary=True, icon="plus")]

    def row_verbs(self, row: PurchaseRequest) -> Sequence[Verb]:
        return _verbs(row, self) if row.state in ("asked", "approved") else ()

    def bulk(self) -> Sequence[Verb]:
        if not self.may("acquisitions.decide_requests"):
            return ()
        return (Verb(_("Approve"), reverse("acquisitions:requests_approve"), method="post"),)


def order_of(request: PurchaseRequest) -> Order | None:
    line = getattr(request, "order_line", None)
    return line.order if line is not None else None


def _verbs(request: PurchaseRequest, page: Any) -> list[Verb]:
    """What can be done with a request now; ordering is approving as well."""
    if not page.may("acquisitions.decide_requests"):
        return []

    def url(name: str) -> str:
        return reverse(f"acquisitions:request_{name}", args=[request.pk])

    wanted = (
        ("order", Verb(_("Order it"), url("order"), key="o", primary=True, icon="order")),
        ("approve", Verb(_("Approve"), url("approve"), method="post", key="a")),
        ("decline", Verb(_("Decline"), url("decline"), key="d")),
    )
    return [verb for name, verb in wanted if states.may(REQUEST, RequestState(request.state), name)]


class RequestsApprove(BulkPage[PurchaseRequest]):
    """Approves the chosen requests."""

    permission, nav, title = "acquisitions.decide_requests", NAV, gettext_lazy("Approve requests")
    list_page = Requests

    def objects(self) -> QuerySet[PurchaseRequest]:
        return PurchaseRequest.objects.all()

    def act_on(self, row: PurchaseRequest) -> None:
        requests.approve_request(row.pk, actor=self.user)


class RequestNew(FormPage[RequestForm]):
    """Enters a request; what the library has of the title is said before it is taken."""

    permission, nav, title = "acquisitions.submit_request", NAV, gettext_lazy("New request")
    form_class, submit_label = RequestForm, gettext_lazy("Enter")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def initial(self) -> dict[str, Any]:
        return {"pickup": self.user.branch, "isbn": isbn13(self.request.GET.get("isbn", "")) or ""}

    def act(self, form: RequestForm) -> PurchaseRequest:
        data, asked = form.cleaned_data, form.asked()
        if not data["anyway"]:
            self._warn(form, standings([description(asked)])[0])
        return requests.submit_request(asked, patron=data["card"], pickup=data["pickup"], actor=self.user)

    def _warn(self, form: RequestForm, found: list[Standing]) -> None:
        if found:
            form.offer_anyway()
            text = " ".join(words(standing) for standing in found[:3])
            raise Refusal(
                _("The library knows this title: %(what)s Tick here to ask for it all the same.") % {"what": text},
                field="anyway",
            )

    def message(self, result: PurchaseRequest) -> str:
        return _("Request %(number)s is entered.") % {"number": result.number}


class RequestDetail(DetailPage[PurchaseRequest]):
    """One request: what the library has of it, and what can be decided."""

    permission, nav, kind = "acquisitions.view_requests", NAV, "acquisitions.request"

    def objects(self) -> QuerySet[PurchaseRequest]:
        return all_requests()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def state(self, thing: PurchaseRequest) -> str:
        return thing.state

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if (patron := patron_shown(self.object, self.user)) is not None:
            privacy.note_looks([patron.pk], page="acquisitions:request", actor=self.user)
        return super().get(request, **kwargs)

    def key_facts(self, thing: PurchaseRequest) -> Sequence[Fact]:
        return [
            Fact(_("Request"), thing.number, "code"),
            Fact(_("For"), who_asked(thing, self.user)),
            Fact(_("Pickup at"), thing.pickup),
        ]

    def facts(self, thing: PurchaseRequest) -> Sequence[Fact]:
        order = order_of(thing)
        return [
            Fact(_("Author"), thing.author),
            Fact(_("ISBN"), thing.isbn, "code"),
            Fact(_("Format"), thing.format.replace("_", " ")),
            Fact(_("Asked"), thing.asked_at, "datetime"),
            Fact(_("Entered by"), thing.entered_by),
            Fact(_("Note"), thing.note),
            Fact(_("Reason of the decision"), thing.reason),
            Fact(_("Order"), order, "code", order.get_absolute_url() if order else ""),
            Fact(_("In the catalog"), thing.record, url=thing.record.get_absolute_url() if thing.record else ""),
            Fact(_("Hold"), thing.hold and thing.hold.state, url=thing.hold.get_absolute_url() if thing.hold else ""),
        ]

    def tables(self, thing: PurchaseRequest) -> Sequence[Table]:
        if thing.state not in ("asked", "approved"):
            return []
        columns = (
            Column("title", _("Title"), url=lambda one: reverse("cataloging:record", args=[one.record_id])),
            Column("sure", _("Same title"), value=lambda one: _("yes") if one.sure else _("perhaps")),
            Column("what", _("What there is"), value=words),
            Column("why", _("How it is known"), value=lambda one: ", ".join(one.reasons)),
        )
        found = standings([description(thing)])[0]
        return [
            Table(
                _("What the library has of it"),
                columns,
                found,
                _("Nothing: it is not in the catalog, and not on order."),
            )
        ]

    def own_verbs(self, thing: PurchaseRequest) -> Sequence[Verb]:
        return _verbs(thing, self)


class RequestApprove(ActionPage[PurchaseRequest]):
    """Says that it is to be bought."""

    permission, nav = "acquisitions.decide_requests", NAV

    def objects(self) -> QuerySet[PurchaseRequest]:
        return PurchaseRequest.objects.all()

    def act(self, thing: PurchaseRequest) -> PurchaseRequest:
        return requests.approve_request(thing.pk, actor=self.user)

    def message(self, thing: PurchaseRequest) -> str:
        return _("Approved. It waits to be ordered.")


class RequestDecline(FormPage[DeclineForm]):
    """Says no, and why."""

    permission, nav, title = "acquisitions.decide_requests", NAV, gettext_lazy("Decline the request")
    form_class, submit_label = DeclineForm, gettext_lazy("Decline")

    def objects(self) -> QuerySet[PurchaseRequest]:
        return PurchaseRequest.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs(self.object)

    def act(self, form: DeclineForm) -> PurchaseRequest:
        return requests.decline_request(self.object.pk, reason=form.cleaned_data["reason"], actor=self.user)

    def message(self, result: PurchaseRequest) -> str:
        return _("Declined. The patron is told.") if result.patron_id else _("Declined.")


class RequestOrder(FormPage[RequestOrderForm]):
    """Approves and orders in one act; the patron's hold comes with it."""

    permission, nav, title = "acquisitions.decide_requests", NAV, gettext_lazy("Order what was asked for")
    form_class, submit_label = RequestOrderForm, gettext_lazy("Place order")
    compared = ()  # what it shows are suggestions

    def objects(self) -> QuerySet[PurchaseRequest]:
        return PurchaseRequest.objects.select_related("pickup")

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs(self.object)

    def initial(self) -> dict[str, Any]:
        known = {"isbn": self.object.isbn, "branch": self.object.pickup, "quantity": 1}
        return known | usual_terms(self.object)

    def act(self, form: RequestOrderForm) -> Order:
        data = form.cleaned_data
        line = NewLine(description(self.object, isbn=data["isbn"]), data["list_price"], form.copies())
        return ordering.order_request(self.object.pk, vendor=data["vendor"], line=line, actor=self.user)

    def success_url(self, result: Order) -> str:
        return str(self.object.get_absolute_url())

    def message(self, result: Order) -> str:
        return _("Order %(order)s is placed.") % {"order": result}
