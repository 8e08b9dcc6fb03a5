"""One title of an order, and acts on its copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import ordering
from acquisitions.forms.orders import BackOrderForm, ChosenCopiesForm
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.queries import orders as queries
from acquisitions.rules.lifecycle import COPY, CopyState
from acquisitions.views.columns import CLAIM_COLUMNS, COPY_COLUMNS, INVOICE_COLUMNS, RECEIPT_COLUMNS
from acquisitions.views.orders import NAV, crumbs
from techsvc.kernel import states
from techsvc.kernel.money import Money
from techsvc.kernel.pages import DetailPage, Fact, FormPage, Table
from techsvc.kernel.pages.detail import HISTORY_SHOWN
from techsvc.kernel.queries import history_of
from techsvc.kernel.slots import Verb


class LineDetail(DetailPage[OrderLine]):
    """One title of an order and each of its copies."""

    permission, nav, kind = "acquisitions.view_orders", NAV, "acquisitions.line"
    template = "acquisitions/wide.html"

    def objects(self) -> QuerySet[OrderLine]:
        return queries.lines().prefetch_related("copies")

    def page_title(self) -> str:
        return self.object.title

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs(self.object.order)

    def state(self, thing: OrderLine) -> str:
        return queries.state_of(thing)

    def key_facts(self, thing: OrderLine) -> Sequence[Fact]:
        return [
            Fact(_("Line"), str(thing), "code"),
            Fact(_("Vendor"), thing.order.vendor, url=thing.order.vendor.get_absolute_url()),
            Fact(_("Price"), Money.of(thing.unit_price, thing.order.currency), "money"),
        ]

    def facts(self, thing: OrderLine) -> Sequence[Fact]:
        request = thing.request
        return [
            Fact(_("Author"), thing.author),
            Fact(_("ISBN"), thing.isbn, "code"),
            Fact(_("Publisher"), ", ".join(str(part) for part in (thing.publisher, thing.pub_year) if part)),
            Fact(_("List price"), Money.of(thing.list_price, thing.order.currency), "money"),
            Fact(_("In the catalog"), thing.record, url=thing.record.get_absolute_url()),
            Fact(
                _("Asked for in"), request.number if request else "", url=request.get_absolute_url() if request else ""
            ),
            Fact(_("Vendor's answer"), thing.answer),
            Fact(_("Answered"), thing.answered_at, "datetime"),
            Fact(_("Expected"), thing.expected_on, "date"),
            Fact(_("Note to the vendor"), thing.note),
        ]

    def tables(self, thing: OrderLine) -> Sequence[Table]:
        receipts, bills = queries.receipts_of(line=thing), queries.invoice_lines_of(line=thing)
        claims = queries.claims_of(thing)
        made = [Table(_("Copies"), COPY_COLUMNS, queries.copies_of(thing))]
        made += [Table(_("Receipts"), RECEIPT_COLUMNS, receipts)] if receipts else []
        made += [Table(_("Claims"), CLAIM_COLUMNS, claims)] if claims else []
        made += [Table(_("Billed"), INVOICE_COLUMNS, bills)] if bills else []
        return made

    def context(self) -> dict[str, Any]:
        """What happened to a line stands in its order's history, one line for all the copies of an act."""
        return super().context() | {"history": history_of(self.object.order)[:HISTORY_SHOWN]}

    def own_verbs(self, thing: OrderLine) -> Sequence[Verb]:
        if not self.may("acquisitions.cancel_copies"):
            return []
        wanted = (
            ("cancel", _("Cancel copies"), "acquisitions:line_cancel", True),
            ("back_order", _("Back-order"), "acquisitions:line_back_order", False),
        )
        copies = [CopyState(copy.state) for copy in thing.copies.all() if copy.state != "planned"]
        return [
            Verb(label, reverse(name, args=[thing.pk]), danger=danger)
            for verb, label, name, danger in wanted
            if any(states.may(COPY, state, verb) for state in copies)
        ]


class LineCopies(FormPage[Any]):
    """An act on chosen copies of a line; `verb` is the copies' verb that it needs."""

    permission, nav = "acquisitions.cancel_copies", NAV
    verb = ""

    def objects(self) -> QuerySet[OrderLine]:
        return queries.lines()

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(self.object.order), (self.object.title, self.object.get_absolute_url())]

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "choices": [c for c in queries.copies_of(self.object) if states.may(COPY, CopyState(c.state), self.verb)]
        }

    def success_url(self, result: list[OrderCopy]) -> str:
        return str(self.object.get_absolute_url())


class LineCancel(LineCopies):
    """Gives copies up."""

    title, form_class, submit_label = gettext_lazy("Cancel copies"), ChosenCopiesForm, gettext_lazy("Cancel them")
    verb = "cancel"

    def act(self, form: ChosenCopiesForm) -> list[OrderCopy]:
        return ordering.cancel_copies(form.chosen(), reason=form.cleaned_data["reason"], actor=self.user)

    def message(self, result: list[OrderCopy]) -> str:
        return _("Cancelled here. %(vendor)s is not told by this: call or write.") % {
            "vendor": self.object.order.vendor
        }


class LineBackOrder(LineCopies):
    """Expects copies later."""

    title, form_class, submit_label = gettext_lazy("Back-order"), BackOrderForm, gettext_lazy("Expect them later")
    verb = "back_order"

    def act(self, form: BackOrderForm) -> list[OrderCopy]:
        data = form.cleaned_data
        return ordering.back_order_copies(
            form.chosen(), expected_on=data["expected_on"], reason=data["reason"], actor=self.user
        )
