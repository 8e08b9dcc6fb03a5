"""What a shipment should hold and what came of it; which line a scanned title is for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.receipts import Carton, CartonLine, Claim, Receipt, Shipment
from acquisitions.rules.lifecycle import OPEN_COPIES, ClaimState, CopyState, ShipmentState
from cataloging.models.items import Item
from cataloging.models.records import MatchKey
from cataloging.rules.lifecycle import ItemState
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel.identifiers import Scan, ScanKind


@dataclass(slots=True)
class Expected:
    """One order line of a shipment: what the slip lists, what came, what is claimed as short."""

    line: OrderLine
    listed: int = 0
    received: int = 0
    damaged: int = 0
    claimed: int = 0
    cartons: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Copies that the slip lists and that were not found."""
        return max(0, self.listed - self.received)

    @property
    def over(self) -> int:
        return max(0, self.received - self.listed)

    @property
    def state(self) -> str:
        """How the line stands, as a badge says it."""
        if self.claimed:
            return "claimed"
        if self.missing:
            return "expected" if not self.received else "partly_received"
        return "damaged" if self.damaged else "received"


@dataclass(slots=True)
class Unpacking:
    """A shipment as its bench shows it: its lines, missing ones first, and what the slip lists that nobody knows."""

    lines: list[Expected]
    unknown: list[CartonLine]

    @property
    def listed(self) -> int:
        return sum(line.listed for line in self.lines)

    @property
    def right(self) -> int:
        return sum(min(line.listed, line.received) for line in self.lines)

    @property
    def over(self) -> int:
        return sum(line.over for line in self.lines)

    @property
    def received(self) -> int:
        return sum(line.received for line in self.lines)

    @property
    def missing(self) -> list[Expected]:
        return [line for line in self.lines if line.missing and not line.claimed]


def unpacking(shipment: Shipment) -> Unpacking:
    """The lines of a shipment, listed or found in it; four queries however many there are."""
    listed = list(
        CartonLine.objects.filter(carton__shipment=shipment)
        .select_related("carton", "line", "line__order")
        .order_by("id")
    )
    found: dict[int, Expected] = {}
    for entry in listed:
        if entry.line is not None:
            expected = found.setdefault(entry.line.pk, Expected(entry.line))
            expected.listed += entry.quantity
            if entry.carton.sscc and entry.carton.sscc not in expected.cartons:
                expected.cartons.append(entry.carton.sscc)
    _count_receipts(shipment, found)
    claims = Claim.objects.filter(shipment=shipment, kind="short").exclude(state=ClaimState.DROPPED)
    for line_id, quantity in claims.values_list("line_id", "quantity"):
        if line_id in found:
            found[line_id].claimed += quantity
    lines = sorted(
        found.values(), key=lambda line: (not line.missing or bool(line.claimed), line.line.title.casefold())
    )
    return Unpacking(lines, [entry for entry in listed if entry.line is None])


def _count_receipts(shipment: Shipment, found: dict[int, Expected]) -> None:
    counts = (
        Receipt.objects.filter(shipment=shipment, undone_at=None)
        .values_list("ordered_copy__line_id")
        .annotate(all=Count("pk"), bad=Count("pk", filter=Q(condition="damaged")))
        .order_by()
    )
    rows = {line_id: (every, bad) for line_id, every, bad in counts}
    extra = OrderLine.objects.filter(pk__in=rows.keys() - found.keys()).select_related("order").order_by("pk")
    found.update((line.pk, Expected(line)) for line in extra)
    for line_id, (every, bad) in rows.items():
        found[line_id].received, found[line_id].damaged = every, bad


# Which line a scan is for


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that a scanned title may be for; `listed` copies on this slip of which `found` came already."""

    line: OrderLine
    listed: int = 0
    found: int = 0
    exact: bool = True

    @property
    def rank(self) -> tuple[int, int, int]:
        """Lines that the slip still misses first, then listed ones, then the oldest order."""
        standing = 0 if self.listed > self.found else 1 if self.listed else 2
        return standing, not self.exact, self.line.order_id


def candidates(shipment: Shipment, scan: Scan) -> list[Candidate]:
    """The vendor's placed lines of the scanned title, the likeliest first; lines without open copies included."""
    lines = list(lines_of(scan).filter(order__vendor=shipment.vendor_id, order__state__in=("placed", "closed")))
    keys = [line.pk for line in lines]
    listed = dict(
        CartonLine.objects.filter(carton__shipment=shipment, line__in=keys)
        .values_list("line_id")
        .annotate(n=Sum("quantity"))
        .order_by()
    )
    found = dict(
        Receipt.objects.filter(shipment=shipment, undone_at=None, ordered_copy__line__in=keys)
        .values_list("ordered_copy__line_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    made = [
        Candidate(line, listed.get(line.pk, 0), found.get(line.pk, 0), exact=line.isbn in ("", scan.value))
        for line in lines
    ]
    return sorted(made, key=lambda candidate: candidate.rank)


def lines_of(scan: Scan) -> QuerySet[OrderLine]:
    """Order lines of any vendor for the scanned ISBN or product code, by the line itself or by its record."""
    kind = "upc" if scan.kind is ScanKind.UPC else "isbn"
    records = MatchKey.objects.filter(kind=kind, key=scan.value).values("record_id")
    return (
        OrderLine.objects.filter(Q(isbn=scan.value) | Q(record__in=records))
        .select_related("order", "order__vendor", "record")
        .order_by("order_id", "position")
    )


def next_copy(line_ids: list[int], shipment: Shipment) -> OrderCopy | None:
    """The first copy of the lines, in their order, that is still expected; its row is locked.

    A copy that somebody else receives at this moment is waited for and then passed over. The replacement of a
    damaged copy does not come in the same shipment.
    """
    wanted = {CopyState.ON_ORDER: 0, CopyState.BACK_ORDERED: 1, CopyState.DAMAGED: 2}
    damaged_here = Receipt.objects.filter(shipment=shipment, undone_at=None, condition="damaged").values("ordered_copy")
    open_copies = OrderCopy.objects.filter(line__in=line_ids, state__in=OPEN_COPIES).exclude(
        pk__in=damaged_here, state=CopyState.DAMAGED
    )
    rows = open_copies.values_list("line_id", "state", "number", "pk")
    for *_where, pk in sorted(rows, key=lambda row: (line_ids.index(row[0]), wanted[CopyState(row[1])], row[2])):
        locked = OrderCopy.objects.filter(pk=pk, state__in=OPEN_COPIES).select_for_update().first()
        if locked is not None:
            return locked
    return None


def has_list(shipment: Shipment) -> bool:
    """Whether the vendor told what is in the shipment."""
    return CartonLine.objects.filter(carton__shipment=shipment).exists()


def line_counts(line_id: int) -> tuple[int, int]:
    """(copies received, copies ordered and not cancelled) of a line."""
    states = Counter(OrderCopy.objects.filter(line=line_id).values_list("state", flat=True))
    return states[CopyState.RECEIVED], sum(states.values()) - states[CopyState.CANCELLED]


def holds_met(items: Iterable[Item]) -> dict[int, Hold]:
    """Items with the hold that each can meet, by the item's key: its own branch's first, then the longest waiting.

    As many holds of a title as other copies of it are on their way to the shelf are theirs.
    """
    mine = list(items)
    records = {item.record_id for item in mine}
    queues: dict[int, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(record__in=records, state=HoldState.WAITING).order_by("placed_at", "pk"):
        queues[hold.record_id].append(hold)
    if not queues:
        return {}
    coming = Item.objects.filter(record__in=queues, state__in=(ItemState.RECEIVED, ItemState.IN_PROCESS))
    for record in coming.exclude(pk__in=[item.pk for item in mine]).values_list("record_id", flat=True):
        queues[record] = queues[record][1:]
    met: dict[int, Hold] = {}
    for item in mine:
        queue = [hold for hold in queues[item.record_id] if hold.volume in ("", item.volume)]
        if queue:
            met[item.pk] = next((hold for hold in queue if hold.pickup_id == item.branch_id), queue[0])
            queues[item.record_id].remove(met[item.pk])
    return met


# Worklists


def shipments() -> QuerySet[Shipment]:
    """Shipments with how many copies they list and how many of them came."""
    listed = CartonLine.objects.filter(carton__shipment=OuterRef("pk")).values("carton__shipment")
    came = Receipt.objects.filter(shipment=OuterRef("pk"), undone_at=None).values("shipment")
    return Shipment.objects.select_related("vendor").annotate(
        listed=Coalesce(Subquery(listed.annotate(n=Sum("quantity")).values("n")), 0),
        came=Coalesce(Subquery(came.annotate(n=Count("pk")).values("n")), 0),
    )


def expected_shipments() -> QuerySet[Shipment]:
    """Shipments that are on their way or being unpacked."""
    return shipments().exclude(state=ShipmentState.FINISHED)


def find_shipments(code: str) -> QuerySet[Shipment]:
    """Shipments by packing slip, by the number of a carton, or by an order that they bring."""
    sscc = code.removeprefix("(00)").strip()
    sscc = sscc[2:] if len(sscc) == 20 and sscc.startswith("00") else sscc
    by_order = CartonLine.objects.filter(line__order__number__iexact=code).values("carton__shipment")
    by_carton = Carton.objects.filter(sscc=sscc).exclude(sscc="").values("shipment")
    open_ones = ~Q(state=ShipmentState.FINISHED) & (Q(pk__in=by_carton) | Q(pk__in=by_order))
    return shipments().filter(Q(number__iexact=code) | open_ones).order_by("-id")


@dataclass(frozen=True, slots=True)
class Late:
    """A line with copies that did not come, and when it was claimed last."""

    line: OrderLine
    copies: int
    claimed_at: datetime | None


def late_lines() -> list[Late]:
    """Lines that a claim may be due for: copies are expected and no claim is open. One query."""
    claims = Claim.objects.filter(line=OuterRef("pk"), kind="late").order_by("-id")
    open_claims = Claim.objects.filter(kind="late", state__in=(ClaimState.DRAFT, ClaimState.SENT)).values("line")
    rows = (
        OrderLine.objects.filter(order__state="placed", copies__state__in=(CopyState.ON_ORDER, CopyState.BACK_ORDERED))
        .exclude(pk__in=open_claims)
        .annotate(expected=Count("copies"), claimed_at=Subquery(claims.values("created_at")[:1]))
        .select_related("order__vendor")
        .order_by("order__vendor_id", "order_id", "position")
    )
    return [Late(line, line.expected, line.claimed_at) for line in rows]
