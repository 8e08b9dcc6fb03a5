"""A cart as it would be ordered: codes read, prices reckoned, what is here already, what still keeps it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.models.carts import Cart, CartCopy, CartTitle
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.orders import OrderCopy
from acquisitions.queries.duplicates import standings
from acquisitions.queries.funds import Balance, balances
from acquisitions.queries.vendor_codes import Codes, codes_of
from acquisitions.rules.duplicates import Standing
from acquisitions.rules.encumbrance import Reach, reach
from acquisitions.rules.lifecycle import OPEN_COPIES
from acquisitions.rules.prices import discounted, encumbrance
from acquisitions.rules.vendor_codes import KINDS
from cataloging.marc.fields import Format
from cataloging.marc.orderdata import OrderProfile, read_cart
from cataloging.marc.record import project
from cataloging.models.items import Collection, ItemType
from cataloging.rules.matching import Description
from techsvc.kernel.models.places import Branch


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of a title for one branch from one fund; None where the code has no meaning or the price is missing."""

    row: CartCopy
    branch: Branch | None
    fund: Fund | None
    collection: Collection | None
    item_type: ItemType | None
    list_price: Decimal | None
    price_minor: int | None

    @property
    def quantity(self) -> int:
        return self.row.quantity

    @property
    def total_minor(self) -> int:
        return (self.price_minor or 0) * self.quantity


@dataclass(frozen=True, slots=True)
class Line:
    """One title of a cart."""

    title: CartTitle
    described: Description
    copies: list[Copies]
    standings: list[Standing] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(copies.quantity for copies in self.copies)

    @property
    def total_minor(self) -> int:
        return sum(copies.total_minor for copies in self.copies)

    @property
    def needs_price(self) -> bool:
        return any(copies.list_price is None for copies in self.copies)

    @property
    def needs_title(self) -> bool:
        return not self.title.title.strip()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A vendor's code that nobody has given a meaning; `code` is empty for copies that carry none."""

    kind: str
    code: str
    copies: int
    required: bool


@dataclass(frozen=True, slots=True)
class FundRow:
    """What the cart would take from a fund."""

    fund: Fund
    now: Balance
    this_minor: int
    reach: Reach

    @property
    def after_minor(self) -> int:
        return self.now.available - self.this_minor


@dataclass(frozen=True)
class Contents:
    """A cart and what its vendor's codes mean; sums leave out the titles that are left out."""

    cart: Cart
    lines: list[Line]
    codes: Codes

    @cached_property
    def wanted(self) -> list[Line]:
        return [line for line in self.lines if not line.title.left_out]

    @property
    def copies(self) -> int:
        return sum(line.quantity for line in self.wanted)

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.wanted)

    @cached_property
    def unknown(self) -> list[Unknown]:
        """Codes without a meaning; those that copies can be ordered without come last."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for copies in (copies for line in self.wanted for copies in line.copies):
            for kind in KINDS:
                if getattr(copies, kind) is None:
                    counts[kind, getattr(copies.row, f"{kind}_code")] += copies.quantity
        found = [
            Unknown(kind, code, count, required=bool(code) or not KINDS[kind][1])
            for (kind, code), count in counts.items()
        ]
        order = list(KINDS)
        return sorted(found, key=lambda one: (not one.required, order.index(one.kind), one.code))

    def by_fund(self) -> dict[int, tuple[Fund, int]]:
        sums: dict[int, tuple[Fund, int]] = {}
        for copies in (copies for line in self.wanted for copies in line.copies):
            if copies.fund is not None:
                sums[copies.fund.pk] = (copies.fund, sums.get(copies.fund.pk, (copies.fund, 0))[1] + copies.total_minor)
        return sums

    def fund_rows(self, year: FiscalYear) -> list[FundRow]:
        """Each fund of the cart: what it has, what this takes, and whether it may. One query."""
        sums = self.by_fund()
        now = balances(year, sums)
        return [
            FundRow(fund, now[pk], this, _reach(fund, now[pk].plus(encumbered=this)))
            for pk, (fund, this) in sorted(sums.items(), key=lambda item: item[1][0].code)
        ]

    def objections(self, *, to_send: bool = True) -> list[str]:
        """What keeps the cart from being ordered, as sentences; none when it can be.

        What only keeps it from being sent is no matter for orders that the vendor has already.
        """
        found = []
        if not self.wanted:
            found.append(_("No title is left to order. Put one back, or discard the cart."))
        if required := sum(one.required for one in self.unknown):
            one, many = "%(n)d code has no meaning yet.", "%(n)d codes have no meaning yet."
            sentence = ngettext(one, many, required) % {"n": required}
            found.append(_("%(sentence)s Check what is proposed, and keep it.") % {"sentence": sentence})
        by_edi = to_send and self.cart.vendor.connection_id is not None
        lacks: dict[str, Callable[[Line], bool]] = {
            _("no price"): lambda line: line.needs_price,
            _("no title"): lambda line: line.needs_title,
            _("no copies"): lambda line: not line.copies,
            _("no ISBN, without which it can't be sent by EDI"): lambda line: by_edi and not line.title.isbn,
        }
        for what, lacking in lacks.items():
            if offenders := [str(line.title.position) for line in self.wanted if lacking(line)]:
                one, many = "Record %(which)s has %(what)s.", "Records %(which)s have %(what)s."
                sentence = ngettext(one, many, len(offenders)) % {"which": ", ".join(offenders), "what": what}
                found.append(_("%(sentence)s Type it in, or leave it out.") % {"sentence": sentence})
        return found


def _reach(fund: Fund, after: Balance) -> Reach:
    return reach(after, warn_percent=fund.warn_percent, stop_percent=fund.stop_percent)


def contents(cart: Cart, *, with_standings: bool = False) -> Contents:
    """The cart as it would be ordered; the number of queries does not depend on its length."""
    codes = codes_of(cart.vendor)
    titles = list(CartTitle.objects.filter(cart=cart).prefetch_related("copies"))
    described = _described(cart, titles)
    known = standings(described) if with_standings else [[] for _title in titles]
    lines = [
        Line(title, about, [_copies(row, title, codes, cart) for row in title.copies.all()], found)
        for title, about, found in zip(titles, described, known, strict=True)
    ]
    return Contents(cart, lines, codes)


def _described(cart: Cart, titles: Iterable[CartTitle]) -> list[Description]:
    """What the records of the file say beyond the columns that are kept; what a person typed comes first."""
    records = {one.position: one.record for one in read_cart(bytes(cart.incoming.body), OrderProfile())}
    found = []
    for title in titles:
        record = records.get(title.position)
        about = project(record) if record is not None else None
        found.append(
            Description(
                title=title.title,
                author=title.author,
                isbn=title.isbn,
                publisher=about.publisher if about else "",
                pub_year=about.pub_year if about else None,
                format=about.format if about else Format.BOOK,
                edition=about.edition if about else "",
                upc=about.upcs[0] if about and about.upcs else "",
            )
        )
    return found


def _copies(row: CartCopy, title: CartTitle, codes: Codes, cart: Cart) -> Copies:
    price = row.price if row.price is not None else title.list_price
    unit = None if price is None else discounted(price, cart.vendor.discount_percent)
    return Copies(
        row,
        branch=codes.meaning("branch", row.branch_code),
        fund=codes.meaning("fund", row.fund_code),
        collection=codes.meaning("collection", row.collection_code),
        item_type=codes.meaning("item_type", row.item_type_code),
        list_price=price,
        price_minor=None if unit is None else encumbrance(unit, cart.vendor.currency),
    )


def carts() -> QuerySet[Cart]:
    """Every cart, with how many titles and copies it has."""
    kept = Q(titles__left_out=False)
    return Cart.objects.select_related("vendor", "uploaded_by", "order").annotate(
        title_count=Count("titles", filter=kept, distinct=True), copy_count=Sum("titles__copies__quantity", filter=kept)
    )


def titles_on_order(cart: Cart) -> int:
    """How many titles of an ordered cart are still to come."""
    open_copies = OrderCopy.objects.filter(line__order=cart.order, state__in=OPEN_COPIES)
    return open_copies.values("line").distinct().count()


def branch_columns(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """(vendor's code, words) of every branch in the lines: the columns of the grid."""
    found: dict[str, str] = {}
    for copies in (copies for line in lines for copies in line.copies):
        found[copies.row.branch_code] = copies.branch.code if copies.branch else copies.row.branch_code
    return sorted(found.items(), key=lambda item: item[1])
