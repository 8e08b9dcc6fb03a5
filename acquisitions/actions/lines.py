"""Orders in the making: drafts, their lines, and the records that the lines are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from acquisitions.models.funds import Fund
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.vendors import Vendor
from acquisitions.queries.funds import current_year
from acquisitions.rules.lifecycle import OrderState
from acquisitions.rules.prices import checked, discounted, encumbrance
from cataloging.actions.records import create_briefs
from cataloging.models.items import Collection, ItemType
from cataloging.models.records import Record
from cataloging.queries.matching import find_matches
from cataloging.rules.matching import Description, Verdict
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import history, numbers
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch

BATCH = 1000


@dataclass(frozen=True, slots=True)
class NewCopies:
    """So many copies for one branch from one fund; `list_price` where it differs from the title's."""

    branch: Branch
    fund: Fund
    quantity: int
    collection: Collection | None = None
    item_type: ItemType | None = None
    list_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A title to order: which, at what list price, and for whom. `record` when the catalog's title is known."""

    title: Description
    list_price: Decimal
    copies: tuple[NewCopies, ...]
    note: str = ""
    record: Record | None = None


@transaction.atomic
def make_order(vendor: Vendor, lines: Sequence[NewLine], *, actor: User, note: str = "", number: str = "") -> Order:
    """A draft order. Titles that the catalog has for certain are ordered on their records, others get brief ones.

    Its number is the next one, or the one that the vendor knows it by already.
    """
    access.require(actor, "acquisitions.draft_orders")
    if not vendor.active:
        raise Refusal(
            _("%(vendor)s is closed. Choose another vendor, or open it again.") % {"vendor": vendor}, field="vendor"
        )
    order = Order.objects.create(
        number=number or numbers.order_number(),
        vendor=vendor,
        fiscal_year=current_year(),
        currency=vendor.currency,
        note=note,
        created_by=actor,
        created_at=clock.now(),
    )
    event = history.write(
        order, "acquisitions.make_order", actor=actor, summary=_("Order to %(vendor)s begun") % {"vendor": vendor}
    )
    _add_lines(order, lines, actor=actor, batch=event)
    return order


@transaction.atomic
def add_line(order_id: int, line: NewLine, *, actor: User) -> OrderLine:
    """One more title on a draft."""
    access.require(actor, "acquisitions.draft_orders")
    order = Order.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=order_id)
    if order.state != OrderState.DRAFT:
        raise Refusal(
            _("Order %(order)s is %(state)s: it takes no more lines. Make another order.")
            % {"order": order, "state": states.words(OrderState(order.state))}
        )
    event = history.write(
        order, "acquisitions.add_line", actor=actor, summary=_("Added: %(title)s") % {"title": line.title.title}
    )
    return _add_lines(order, [line], actor=actor, batch=event)[0]


def _add_lines(order: Order, lines: Sequence[NewLine], *, actor: User, batch: HistoryEvent) -> list[OrderLine]:
    for line in lines:
        if not line.copies or any(copies.quantity < 1 for copies in line.copies):
            raise Refusal(_("%(title)s: order at least one copy.") % {"title": line.title.title}, field="quantity")
    records = _records_for(order, lines, actor=actor, batch=batch)
    first = OrderLine.objects.filter(order=order).count() + 1
    rows = OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=order,
                position=position,
                record=record,
                title=line.title.title or record.title,
                author=line.title.author or record.author,
                isbn=line.title.isbn or record.isbn,
                publisher=line.title.publisher[:200],
                pub_year=line.title.pub_year,
                list_price=checked(line.list_price),
                unit_price=discounted(line.list_price, order.vendor.discount_percent),
                note=line.note,
            )
            for position, (line, record) in enumerate(zip(lines, records, strict=True), first)
        ],
        batch_size=BATCH,
    )
    copies = [copy for row, line in zip(rows, lines, strict=True) for copy in _copies(row, line, order)]
    OrderCopy.objects.bulk_create(copies, batch_size=BATCH)
    return rows


def _copies(row: OrderLine, line: NewLine, order: Order) -> list[OrderCopy]:
    """One row for every copy, numbered through the line."""
    made: list[OrderCopy] = []
    for copies in line.copies:
        list_price = line.list_price if copies.list_price is None else checked(copies.list_price)
        price = encumbrance(discounted(list_price, order.vendor.discount_percent), order.currency)
        for _copy in range(copies.quantity):
            made.append(
                OrderCopy(
                    line=row,
                    number=len(made) + 1,
                    branch=copies.branch,
                    fund=copies.fund,
                    collection=copies.collection,
                    item_type=copies.item_type,
                    price_minor=price,
                )
            )
    return made


def _records_for(order: Order, lines: Sequence[NewLine], *, actor: User, batch: HistoryEvent) -> list[Record]:
    """The record of each line: the one given, the one that is the same for certain, else a brief one, once a title."""
    open_lines = [line for line in lines if line.record is None]
    found = find_matches([line.title for line in open_lines]) if open_lines else []
    known = {
        id(line): next((one.record for one in candidates if one.verdict == Verdict.SAME), None)
        for line, candidates in zip(open_lines, found, strict=True)
    }
    new: dict[tuple[str, ...], Description] = {}
    for line in open_lines:
        if known[id(line)] is None:
            new.setdefault(_same_title(line.title), line.title)
    made = create_briefs(list(new.values()), source=f"order {order.number}", actor=actor, batch=batch) if new else []
    briefs = dict(zip(new, made, strict=True))
    return [line.record or known[id(line)] or briefs[_same_title(line.title)] for line in lines]


def _same_title(title: Description) -> tuple[str, ...]:
    """By what two lines of one order are of one title: the ISBN, or title and author."""
    return (title.isbn,) if title.isbn else (title.title.casefold(), title.author.casefold())
