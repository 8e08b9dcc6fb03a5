"""One order from the cart to the shelf, as a story: its vendor is the practice vendor, asked through a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from acquisitions.actions import carts, ordering
from acquisitions.actions.lines import NewCopies, NewLine, make_order
from acquisitions.models.orders import Order
from acquisitions.models.vendors import Vendor
from techsvc.kernel import clock
from techsvc.kernel.actions import exchange
from techsvc.kernel.models.exchange import Connection
from techsvc.practice import vendor as practice
from techsvc.workroom.demo import marc, tables
from techsvc.workroom.demo.bench import Staff
from techsvc.workroom.demo.library import Library
from techsvc.workroom.demo.story import Story, later
from techsvc.workroom.demo.titles import LIBRARY, Title

ALL = tuple(code for code, *_rest in tables.BRANCHES)
# name → branch and copies
SPREADS: dict[str, dict[str, int]] = {
    "everywhere": {code: 2 if code == "CE" else 1 for code in ALL},
    "half": dict.fromkeys(("CE", "EA", "LA", "RI"), 1),
    "two": dict.fromkeys(("CE", "NO"), 1),
    "central": {"CE": 1},
}
A_DAY = 86_400  # seconds between two answers of the vendor
SENT_BY_HAND = "Printed the order and sent it by mail"
SAID_NOTHING: dict[str, Any] = {"cancel_lines": [], "back_order_lines": [], "delivery_charge": "0"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One order to come: from whom, when, what, for whom, and what goes wrong with it.

    `answers` is how the practice vendor treats it (techsvc.practice.scenario); `damaged` and `missing` count copies.
    A plan that is `begun` stops with the carton half unpacked; `unprocessed` items stay on the processing shelf.
    """

    vendor: str
    placed: datetime
    titles: tuple[str, ...]
    spread: str = "half"
    answers: dict[str, Any] = field(default_factory=dict)
    fund: str = ""
    damaged: int = 0
    missing: int = 0
    begun: int = 0
    unprocessed: int = 0
    supplement_after: int = 40


def title_named(name: str) -> Title:
    """The demo's title that begins so; of several formats the first."""
    return next(title for title in LIBRARY if title.title.casefold().startswith(name.casefold()))


def chosen(plan: Plan) -> tuple[Title, ...]:
    """The titles of a plan, each by its beginning; "dvd=Encanto" says the format as well."""
    return tuple(_chosen(name) for name in plan.titles)


def _chosen(name: str) -> Title:
    wanted, colon, rest = name.partition("=")
    if not colon:
        return title_named(name)
    found = (title for title in LIBRARY if title.format == wanted)
    return next(title for title in found if title.title.casefold().startswith(rest.casefold()))


# ── Ordering ─────────────────────────────────────────────────────────────────────────────────────


def order_by_cart(library: Library, plan: Plan) -> Order:
    """Upload the cart of a plan in the vendor's codes, and order it."""
    selector = library.staff["selector"]
    cart = carts.upload_cart(library.vendors[plan.vendor], cart_name(plan), cart_bytes(plan), actor=selector)
    return ordering.order_cart(cart.pk, actor=selector)


def cart_name(plan: Plan) -> str:
    return f"{plan.vendor}-{clock.today():%Y%m%d}.mrc"


def cart_bytes(plan: Plan) -> bytes:
    """The cart file of a plan, as the vendor's site gives it."""
    theirs = {kind: {ours: code for code, ours in pairs.items()} for kind, pairs in tables.INGRAM_CODES.items()}
    return marc.cart(
        {title: grid(title, plan.spread, theirs) for title in chosen(plan)},
        entered=clock.today(),
    )


def grid(title: Title, spread: str, codes: dict[str, dict[str, str]]) -> list[marc.Wanted]:
    """The rows of order data of a title: our branch, fund, collection and item type in a vendor's codes."""
    item_type, fund = tables.SHELVED[title.collection]
    return [
        marc.Wanted(
            branch=codes["branch"][branch],
            fund=codes["fund"][fund],
            collection=codes["collection"][title.collection],
            item_type=codes["item_type"][item_type],
            quantity=copies,
        )
        for branch, copies in SPREADS[spread].items()
    ]


def order_by_hand(library: Library, plan: Plan) -> Order:
    """Type the order of a plan, and place it."""
    order = draft(library, plan)
    return ordering.place_order(order.pk, actor=library.staff["technician"])


def draft(library: Library, plan: Plan) -> Order:
    """Type the order of a plan, without placing it."""
    lines = [new_line(library, title, plan) for title in chosen(plan)]
    return make_order(library.vendors[plan.vendor], lines, actor=library.staff["technician"])


def new_line(library: Library, title: Title, plan: Plan) -> NewLine:
    """A title of a plan for its branches, from its collection's fund or the plan's own."""
    item_type, fund = tables.SHELVED[title.collection]
    copies = tuple(
        NewCopies(
            library.branches[branch],
            library.funds[plan.fund or fund],
            count,
            library.collections[title.collection],
            library.item_types[item_type],
        )
        for branch, count in SPREADS[plan.spread].items()
    )
    return NewLine(title.description, title.price, copies)


# ── The stories ──────────────────────────────────────────────────────────────────────────────────


def by_edi(staff: Staff, plan: Plan, *, cart: bool = False) -> Story:
    """An order to a vendor that answers by EDI, an answer a day; then it is unpacked, paid, cataloged, made ready."""
    library = staff.library
    yield plan.placed
    order = order_by_cart(library, plan) if cart else order_by_hand(library, plan)
    yield plan.placed + timedelta(hours=1)
    ask(order.vendor, plan.answers)
    for day in (1, 2, 3):
        yield plan.placed + timedelta(days=day, hours=2)
        ask(order.vendor)
    yield (arrived := later(plan.placed, 7, 10, 15))
    staff.settle_issues(order, "Called the vendor: they will send it at the new price")
    if plan.begun:
        staff.begin_unpacking(order, plan.begun)
        return
    staff.unpack(order, damaged=plan.damaged, missing=plan.missing)
    yield arrived + timedelta(hours=3)
    staff.send_claims(order)
    yield from shelve(staff, order, chosen(plan), since=arrived, unprocessed=plan.unprocessed)
    yield from supplement(staff, order, plan)


def ask(vendor: Vendor, answers: dict[str, Any] | None = None) -> None:
    """Let the practice vendor look into its folder, and fetch its answers; `answers` set how it treats new orders."""
    connection = vendor.connection
    if connection is None:
        return
    places = practice.Places(Path(connection.root))
    if answers is not None:
        settings = SAID_NOTHING | {"delay": A_DAY, "discount": str(vendor.discount_percent)} | answers
        places.scenario.write_text(json.dumps(settings), encoding="utf-8")
    practice.step(places, clock.now())
    exchange.collect(Connection.objects.get(code=connection.code).pk)


def by_hand(staff: Staff, plan: Plan) -> Story:
    """An order to a vendor without EDI: a carton with a slip and a paper invoice, some two weeks later."""
    yield plan.placed
    order = order_by_hand(staff.library, plan)
    yield plan.placed + timedelta(minutes=20)
    staff.settle_issues(order, SENT_BY_HAND)
    yield (arrived := later(plan.placed, 12, 11, 0))
    copies = staff.unpack_by_slip(order, slip_number(order))
    yield later(arrived, 2, 14, 30)
    staff.pay_by_hand(order, copies, f"{order.pk:05d}-{clock.today():%m%d}")
    yield from shelve(staff, order, chosen(plan), since=arrived, unprocessed=plan.unprocessed)


def slip_number(order: Order) -> str:
    return f"{order.vendor.code[:4].upper()}{order.pk:04d}{clock.today():%d%m}"


def shelve(staff: Staff, order: Order, titles: Sequence[Title], *, since: datetime, unprocessed: int = 0) -> Story:
    """Pay what came by EDI, catalog it, make it ready: a few days of work."""
    yield later(since, 2, 9, 45)
    staff.pay(order)
    yield later(since, 2, 13, 20)
    staff.catalog(order, titles)
    yield later(since, 4, 11, 30)
    staff.process(order, leave=unprocessed)


def supplement(staff: Staff, order: Order, plan: Plan) -> Story:
    """What was back-ordered, damaged or short comes weeks later, with a slip and a paper invoice."""
    yield (arrived := later(plan.placed, plan.supplement_after, 10, 40))
    copies = staff.unpack_by_slip(order, slip_number(order))
    if not copies:
        return
    staff.settle_claims(order)
    yield later(arrived, 1, 15, 0)
    staff.pay_by_hand(order, copies, f"S{order.pk:05d}-{clock.today():%m%d}")
    yield from shelve(staff, order, chosen(plan), since=arrived)
