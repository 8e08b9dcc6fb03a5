"""Loans from other libraries: the list, one request, and each of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ill import queries
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from ill.forms import DueForm, LenderForm, LoanForm, WhyForm
from ill.models.borrowing import STATES, BorrowingRequest
from ill.rules.lifecycle import BORROWING, BorrowingState
from techsvc.kernel import states
from techsvc.kernel.actions import privacy
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.people import Patron, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab
from techsvc.kernel.slots import Verb

SHOW = {
    "open": (gettext_lazy("Open"), queries.open_requests),
    "to_send": (gettext_lazy("To send to a lender"), queries.to_send),
    "due_back": (gettext_lazy("Due back"), queries.due_back),
}


def branch_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]


def _show(rows: QuerySet[BorrowingRequest], wanted: str) -> QuerySet[BorrowingRequest]:
    return rows.filter(pk__in=SHOW[wanted][1]().values("pk"))


def titled(loan: BorrowingRequest) -> str:
    return f"{loan.title} / {loan.author}" if loan.author else loan.title


class Requests(ListPage[BorrowingRequest]):
    """Everything that is borrowed from other libraries, or was."""

    permission = "ill.view"
    title, nav = gettext_lazy("Interlibrary loan"), "ill:requests"
    columns = (
        Column("number", gettext_lazy("No."), kind="code", sort="number"),
        Column("title", gettext_lazy("Title"), value=titled, sort="title"),
        Column("author", gettext_lazy("Author"), sort="author", hidden=True),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("lender", gettext_lazy("Lender"), sort="lender"),
        Column("pickup", gettext_lazy("Pickup at"), value="pickup.name", sort="pickup__name"),
        Column("due", gettext_lazy("Due back"), value="due_on", kind="date", sort="due_on"),
        Column("needed", gettext_lazy("Needed by"), value="needed_by", kind="date", sort="needed_by", wide=True),
        Column("asked", gettext_lazy("Asked"), value="created_at", kind="date", sort="id", hidden=True),
    )
    filters = (
        Filter("show", gettext_lazy("Show"), choices=[(k, words) for k, (words, _q) in SHOW.items()], apply=_show),
        Filter(
            "state",
            gettext_lazy("State"),
            choices=[(s, states.words(BorrowingState(s))) for s in STATES],
            lookup="state",
        ),
        Filter("pickup", gettext_lazy("Pickup at"), choices=branch_choices, lookup="pickup_id"),
    )
    tabs = (
        Tab(gettext_lazy("Open"), "show=open"),
        Tab(gettext_lazy("To send"), "show=to_send"),
        Tab(gettext_lazy("Due back"), "show=due_back"),
        Tab(gettext_lazy("All")),
    )
    search = ("number__icontains", "title__icontains", "author__icontains", "lender__icontains", "isbn")
    since = "created_at"
    default_sort = "-number"
    empty_title = gettext_lazy("Nothing is borrowed from another library.")
    empty_next = gettext_lazy("Enter what a patron wants and we don't have.")

    def queryset(self) -> QuerySet[BorrowingRequest]:
        return BorrowingRequest.objects.select_related("pickup")

    def verbs(self) -> list[Verb]:
        if not self.may("ill.borrow"):
            return []
        return [Verb(_("New request"), reverse("ill:request_new"), key="n", primary=True)]


# step → its words, its key; the first legal one of a request is its primary verb
STEPS: Mapping[str, tuple[Any, str]] = {
    "send": (gettext_lazy("Ask a lender"), "s"),
    "receive": (gettext_lazy("Receive"), "r"),
    "ship": (gettext_lazy("On its way"), "w"),
    "return": (gettext_lazy("Send back"), "b"),
    "complete": (gettext_lazy("Lender has it"), "l"),
    "refuse": (gettext_lazy("Can't supply"), "t"),
    "cancel": (gettext_lazy("Cancel request"), "x"),
}
AT_ONCE = ("return", "complete")


class RequestDetail(DetailPage[BorrowingRequest]):
    """One request and where it stands."""

    permission, nav, kind = "ill.view", "ill:requests", "ill.request"

    def objects(self) -> QuerySet[BorrowingRequest]:
        return BorrowingRequest.objects.select_related("pickup", "patron__branch", "created_by")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Interlibrary loan"), reverse("ill:requests"))]

    def page_title(self) -> str:
        return self.object.title

    def state(self, thing: BorrowingRequest) -> str:
        return thing.state

    def key_facts(self, thing: BorrowingRequest) -> Sequence[Fact]:
        return [Fact(_("No."), thing.number, "code"), Fact(_("Due back"), thing.due_on, "date")]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if (patron := self.shown_patron()) is not None:
            privacy.note_looks([patron.pk], page="ill:request", actor=self.user)
        return super().get(request, **kwargs)

    def shown_patron(self) -> Patron | None:
        """Who wants it, for those who may see that."""
        patron = self.object.patron
        return patron if patron and self.may("kernel.view_patrons", branch=patron.branch) else None

    def facts(self, thing: BorrowingRequest) -> Sequence[Fact]:
        patron = self.shown_patron()
        who = patron.name if patron else _("a patron") if thing.patron_id else None
        return [
            Fact(_("Author"), thing.author),
            Fact(_("ISBN"), thing.isbn, "code"),
            Fact(_("For"), who),
            Fact(_("Pickup at"), thing.pickup),
            Fact(_("Lender"), thing.lender),
            Fact(_("Needed by"), thing.needed_by, "date"),
            Fact(_("Entered by"), thing.created_by),
            Fact(_("Note"), thing.note),
        ]

    def own_verbs(self, thing: BorrowingRequest) -> Sequence[Verb]:
        if not self.may("ill.borrow", branch=thing.pickup):
            return []
        legal = [name for name in STEPS if name in BORROWING[BorrowingState(thing.state)]]
        return [self._verb(name, primary=place == 0) for place, name in enumerate(legal)]

    def _verb(self, name: str, *, primary: bool) -> Verb:
        words, key = STEPS[name]
        method = "post" if name in AT_ONCE else "get"
        url = reverse(f"ill:{name}", args=[self.object.pk])
        return Verb(words, url, method=method, key=key, primary=primary and name != "cancel", danger=name == "cancel")


class NewRequest(FormPage[LoanForm]):
    """A wish that another library can fill; a scanned ISBN comes with the address."""

    permission, nav = "ill.borrow", "ill:requests"
    title, form_class, submit_label = gettext_lazy("New request"), LoanForm, gettext_lazy("Enter request")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Interlibrary loan"), reverse("ill:requests"))]

    def initial(self) -> dict[str, Any]:
        return {"pickup": self.user.branch, "isbn": isbn13(self.request.GET.get("isbn", "")) or ""}

    def act(self, form: LoanForm) -> BorrowingRequest:
        data = dict(form.cleaned_data)
        return borrowing.request_loan(Wanted(patron=data.pop("card"), **data), actor=self.user)


class StepForm(FormPage[Any]):
    """A step that needs a word: which lender, which day, why."""

    permission, nav = "ill.borrow", "ill:requests"

    def objects(self) -> QuerySet[BorrowingRequest]:
        return BorrowingRequest.objects.select_related("pickup")

    def branch_of(self, thing: BorrowingRequest) -> Branch:
        return thing.pickup

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Interlibrary loan"), reverse("ill:requests")), (self.object.title, self.object.get_absolute_url())]

    def message(self, result: BorrowingRequest) -> str:
        return _("%(number)s is now %(state)s.") % {
            "number": result.number,
            "state": states.words(BorrowingState(result.state)),
        }


class Send(StepForm):
    title, form_class, submit_label = gettext_lazy("Ask a lender"), LenderForm, gettext_lazy("Asked")

    def initial(self) -> dict[str, Any]:
        return {"lender": self.object.lender}

    def act(self, form: LenderForm) -> BorrowingRequest:
        return borrowing.mark_sent(self.object.pk, actor=self.user, **form.cleaned_data)


class Ship(StepForm):
    title, form_class, submit_label = gettext_lazy("On its way"), DueForm, gettext_lazy("On its way")

    def initial(self) -> dict[str, Any]:
        return {"due_on": self.object.due_on}

    def act(self, form: DueForm) -> BorrowingRequest:
        return borrowing.mark_shipped(self.object.pk, actor=self.user, **form.cleaned_data)


class Receive(Ship):
    title, submit_label = gettext_lazy("Receive"), gettext_lazy("Receive")

    def act(self, form: DueForm) -> BorrowingRequest:
        return borrowing.receive_loan(self.object.pk, actor=self.user, **form.cleaned_data)


class Refuse(StepForm):
    title, form_class, submit_label = gettext_lazy("The lender can't supply it"), WhyForm, gettext_lazy("Can't supply")

    def act(self, form: WhyForm) -> BorrowingRequest:
        return borrowing.refuse_loan(self.object.pk, actor=self.user, **form.cleaned_data)


class Cancel(StepForm):
    title, form_class, submit_label = gettext_lazy("Cancel request"), WhyForm, gettext_lazy("Cancel request")

    def act(self, form: WhyForm) -> BorrowingRequest:
        return borrowing.cancel_loan(self.object.pk, actor=self.user, **form.cleaned_data)


class Return(ActionPage[BorrowingRequest]):
    """Sent back: nothing to type."""

    permission = "ill.borrow"
    step: ClassVar[Any] = staticmethod(borrowing.return_loan)

    def objects(self) -> QuerySet[BorrowingRequest]:
        return BorrowingRequest.objects.select_related("pickup")

    def branch_of(self, thing: BorrowingRequest) -> Branch:
        return thing.pickup

    def act(self, thing: BorrowingRequest) -> BorrowingRequest:
        done: BorrowingRequest = self.step(thing.pk, actor=self.user)
        return done


class Complete(Return):
    """The lender has it back."""

    step = staticmethod(borrowing.complete_loan)
