"""Things of acquisitions for tests, made through the real actions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from acquisitions.actions import carts, ledger, ordering
from acquisitions.models.carts import Cart
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.orders import Order
from acquisitions.models.vendors import Vendor
from cataloging.marc.record import Field, Indicators, Record, Subfield, to_bytes
from cataloging.models.items import Collection, ItemType
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import Branch

_count = itertools.count(1)


def person(*roles: str, branch: Branch | None = None, name: str = "") -> User:
    """A member of staff with these roles."""
    number = next(_count)
    user = User(username=name or f"person-{number}", display_name=name or f"Person {number}", branch=branch)
    user.set_password("a good long pass phrase")
    user.save()
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def branch(code: str = "", name: str = "") -> Branch:
    code = code or f"B{next(_count)}"
    return Branch.objects.get_or_create(code=code, defaults={"name": name or f"Branch {code}"})[0]


def year(code: str = "", starts_on: date = date(2000, 1, 1), ends_on: date = date(2099, 12, 31)) -> FiscalYear:
    """An open fiscal year that holds every test's today, unless its days are given."""
    code = code or "FY-TEST"
    return FiscalYear.objects.get_or_create(code=code, defaults={"starts_on": starts_on, "ends_on": ends_on})[0]


def fund(money_minor: int = 0, *, code: str = "", **columns: Any) -> Fund:
    """A fund with money allocated to it in the test year."""
    code = code or f"FUND{next(_count)}"
    made = Fund.objects.create(code=code, name=columns.pop("name", code.title()), **columns)
    if money_minor:
        ledger.allocate(made, year(), money_minor, why="Budget", actor=person("finance"))
    return made


def vendor(code: str = "", **columns: Any) -> Vendor:
    """A vendor without a connection, unless one is given."""
    code = code or f"vendor-{next(_count)}"
    values = {"name": code.title(), "san": "1697978", "our_san": "2052431", "discount_percent": Decimal(0)} | columns
    return Vendor.objects.create(code=code, **values)


def connection(code: str = "", *, root: str = "/nowhere") -> Connection:
    """A folder that nobody looks into: messages wait in the queue."""
    code = code or f"folder-{next(_count)}"
    return Connection.objects.create(
        code=code, name=code, kind="folder", root=root, outbox="out", inbox="", active=True
    )


def marc(lines: Iterable[tuple[str, str]]) -> bytes:
    """One record of (tag, "$a … $b …") lines."""
    record = Record(force_utf8=True)
    for tag, text in lines:
        if tag < "010":
            record.add_field(Field(tag, data=text))
            continue
        parts = [Subfield(part[0], part[1:].strip()) for part in text.split("$") if part]
        record.add_field(Field(tag, Indicators(" ", " "), parts))
    return to_bytes(record)


def cart_title(title: str, isbn: str, price: str, copies: Iterable[str], author: str = "") -> bytes:
    """A title of a cart as Brodart writes it; each of `copies` is the text of a 970: "$aB1 $b2 $fFUND1"."""
    lines = [
        ("020", f"$a{isbn}" + (f"$c{price}" if price else "")),
        ("245", f"$a{title}"),
        ("260", "$bSimon & Schuster$c2009"),
    ]
    lines += [("100", f"$a{author}")] if author else []
    return marc([*lines, *(("970", text) for text in copies)])


# Two titles from a real order of 2009, with the prices of that day: 3 copies each for two branches from two funds.
SMALL_CART = b"".join((
    cart_title("ACT OF LOVE", "141659423X ;", "25.00",
               ("$aBA $b2 $cAF $fADULT $p25.00", "$aFA $b1 $cAF $fADULT $p25.00"), "Jacobson, Howard"),
    cart_title("SASSY", "0545071518 ;", "14.99",
               ("$aBA $b1 $cJF $fJUV $p14.99", "$aFA $b2 $cJF $fJUV $p14.99"), "Draper, Sharon M."),
))  # fmt: skip


@dataclass
class Setting:
    """Where the small cart can be ordered: its branches, collections and funds with money, and a vendor."""

    vendor: Vendor
    selector: User
    adult: Fund
    juvenile: Fund
    year: FiscalYear


def setting(*, money_minor: int = 1_000_00, connected: bool = True, **vendor_columns: Any) -> Setting:
    for code, name in (("BA", "Bank Street"), ("FA", "Falls Road")):
        branch(code, name)
    for code, name in (("AF", "Adult fiction"), ("JF", "Juvenile fiction")):
        Collection.objects.get_or_create(code=code, defaults={"name": name})
    link = connection() if connected else None
    seller = vendor("brodart", name="Brodart", connection=link, dialect="brodart", **vendor_columns)
    adult, juvenile = fund(money_minor, code="ADULT"), fund(money_minor, code="JUV")
    return Setting(seller, person("selector"), adult, juvenile, year())


def cart(at: Setting, body: bytes = SMALL_CART, name: str = "cart.mrc") -> Cart:
    return carts.upload_cart(at.vendor, name, body, actor=at.selector)


def placed_order(at: Setting | None = None) -> Order:
    """The small cart, ordered: 6 copies of 2 titles."""
    at = at or setting()
    return ordering.order_cart(cart(at).pk, actor=at.selector)


def collections(*codes: str) -> None:
    """Parts of the shelves with these codes."""
    for code in codes:
        Collection.objects.get_or_create(code=code, defaults={"name": code.title()})


def item_type(code: str) -> ItemType:
    return ItemType.objects.get_or_create(code=code, defaults={"name": code.title()})[0]
