"""The three answers to an order, written with pydifact: ORDRSP, DESADV, INVOIC (D.96A, EDItEUR's subset)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydifact.control.characters import Characters
from pydifact.segmentcollection import Interchange, Message
from pydifact.segments import Segment

from techsvc.practice.cartons import Carton
from techsvc.practice.orders import Line, Order, Orders
from techsvc.practice.scenario import Decision, cents

ELECTRONIC_ARTICLE_NUMBER = "EN"
DAYS_ON_THE_ROAD = 3


@dataclass(frozen=True)
class Heading:
    """An answer's own document number, its interchange's control reference, and when it is written."""

    number: str
    reference: str
    moment: datetime


def order_response(order: Order, decisions: Sequence[Decision], heading: Heading) -> list[Segment]:
    """What becomes of each line, in the order's own sequence."""
    unchanged = all(d.accepted == d.line.quantity and not d.price_changed for d in decisions)
    wholly_refused = all(d.cancelled == d.line.quantity for d in decisions)
    function = "29" if unchanged else "27" if wholly_refused else "4"
    segments = [
        Segment("BGM", "231", heading.number, function),
        day("137", heading.moment),
        Segment("RFF", ["ON", order.number]),
        *parties(order),
        Segment("CUX", ["2", order.currency, "9"]),
    ]
    for decision in decisions:
        segments += response_line(decision)
    return [*segments, *summary(len(decisions))]


def response_line(decision: Decision) -> list[Segment]:
    """LIN 5 accepted, 24 accepted with a change, 2 cancelled; the quantities say how much."""
    line = decision.line
    changed = decision.cancelled or decision.back_ordered or decision.price_changed
    action = "2" if decision.cancelled == line.quantity else "24" if changed else "5"
    segments = [*line_head(line, line.position, action), quantity("21", line.quantity)]
    if decision.cancelled:
        segments.append(quantity("85", decision.cancelled))
    if decision.back_ordered:
        segments.append(quantity("83", decision.back_ordered))
    if decision.available:
        segments.append(day("44", decision.available))
    segments.append(status(decision))
    segments.append(Segment("PRI", ["AAE", plain(decision.price)]))
    return segments + references(line)


def status(decision: Decision) -> Segment:
    """EDItEUR's order status (list 12B); a part that is cancelled has no code of its own and is told in words."""
    if decision.back_ordered:
        code = "400"
    elif decision.cancelled == decision.line.quantity:
        code = "223"
    elif decision.cancelled:
        return Segment(
            "FTX", "LIN", "", "", f"{decision.accepted} will be sent, {decision.cancelled} can't be supplied"
        )
    else:
        code = "903" if decision.price_changed else "100"
    return Segment("FTX", "LIN", "", [code, "12B", "28"])


def despatch_advice(order: Order, cartons: Sequence[Carton], heading: Heading) -> list[Segment]:
    """What is on its way, carton by carton."""
    segments = [
        Segment("BGM", "351", heading.number, "9"),
        day("137", heading.moment),
        day("11", heading.moment),
        day("132", heading.moment + timedelta(days=DAYS_ON_THE_ROAD)),
        Segment("RFF", ["ON", order.number]),
        Segment("RFF", ["PK", heading.number]),
        *parties(order),
    ]
    count = 0
    for number, carton in enumerate(cartons, start=1):
        segments += [
            Segment("CPS", str(number)),
            Segment("PAC", "1", "", "CT"),
            Segment("PCI", "33E"),
            Segment("GIN", "BJ", carton.sscc),
        ]
        for packed in carton.contents:
            count += 1
            line = packed.decision.line
            segments += [*line_head(line, count), quantity("12", packed.copies)]
            segments += [Segment("RFF", ["ON", order.number]), *references(line)]
    return [*segments, Segment("CNT", ["2", str(count)])]


@dataclass(frozen=True)
class Terms:
    """What an invoice adds to the lines: the packing slip it bills, the delivery charge, the positions it garbles."""

    slip: str
    delivery_charge: Decimal
    lost_prices: tuple[int, ...] = ()


def invoice(order: Order, decisions: Sequence[Decision], heading: Heading, terms: Terms) -> list[Segment]:
    """A bill for the copies sent: BGM 380."""
    billed = [decision for decision in decisions if decision.accepted]
    total = sum((line_amount(decision) for decision in billed), Decimal(0))
    segments = [
        Segment("BGM", "380", heading.number, "9"),
        day("137", heading.moment),
        Segment("RFF", ["ON", order.number]),
        Segment("RFF", ["DQ", terms.slip]),
        *parties(order),
        Segment("CUX", ["2", order.currency, "4"]),
    ]
    if terms.delivery_charge:
        segments += [Segment("ALC", "C", "", "", "", "DL"), money("8", terms.delivery_charge)]
    for number, decision in enumerate(billed, start=1):
        segments += invoice_line(decision, number, lost=decision.line.position in terms.lost_prices)
    return [*segments, *summary(len(billed)), money("79", total), money("86", total + terms.delivery_charge)]


def invoice_line(decision: Decision, number: int, *, lost: bool) -> list[Segment]:
    """QTY 47 invoiced, MOA 203 the line's amount, MOA 52 the discount in it, PRI AAA net and AAB list for one copy."""
    line, net, listed = decision.line, decision.invoice_price, decision.invoice_list_price
    segments = [*line_head(line, number), quantity("47", decision.accepted)]
    if not lost:
        segments.append(money("203", line_amount(decision)))
        if net != listed:
            segments.append(money("52", (listed - net) * decision.accepted))
        segments.append(Segment("PRI", ["AAA", plain(net)]))
        if net != listed:
            segments.append(Segment("PRI", ["AAB", plain(listed)]))
    return segments + references(line)


def line_amount(decision: Decision) -> Decimal:
    """Copies sent at the net price."""
    return cents(decision.invoice_price * decision.accepted)


def interchange(kind: str, segments: Iterable[Segment], orders: Orders, heading: Heading) -> bytes:
    """One message in its envelope, from the vendor to whoever sent the orders."""
    message = Message("1", [kind, "D", "96A", "UN", "EAN008"])
    message.add_segments(segments)
    envelope = Interchange(
        sender=list(orders.recipient),
        recipient=list(orders.sender),
        control_reference=heading.reference,
        syntax_identifier=("UNOC", 3),
        timestamp=heading.moment,
        characters=Characters.from_str("UNA:+.? '"),
    )
    envelope.has_una_segment = True
    envelope.add_message(message)
    return str(envelope.serialize(break_lines=True)).encode("latin-1", "replace")


def line_head(line: Line, number: int, action: str = "") -> list[Segment]:
    """LIN with the article number, PIA with the other product numbers; the library's own (SA, BP) are not echoed."""
    article = next((identifier for identifier, kind in line.ids if kind == ELECTRONIC_ARTICLE_NUMBER), "")
    others = [[i, kind] for i, kind in line.ids if kind in {"IB", "IS", "IM", "UP", "MF"}]
    head: list[str | list[str]] = [str(number), action]
    if article:
        head.append([article, ELECTRONIC_ARTICLE_NUMBER])
    segments = [Segment("LIN", *head)]
    if others:
        segments.append(Segment("PIA", "5", *others[:5]))
    return segments


def references(line: Line) -> list[Segment]:
    """The library's reference to its line, as it came."""
    return [Segment("RFF", ["LI", line.reference])] if line.reference else []


def parties(order: Order) -> list[Segment]:
    """Buyer and supplier as the order named them."""
    buyers = [Segment("NAD", "BY", list(party)) for party in order.buyers]
    return buyers + [Segment("NAD", "SU", list(party)) for party in order.suppliers]


def summary(lines: int) -> list[Segment]:
    """The separator and the count of lines."""
    return [Segment("UNS", "S"), Segment("CNT", ["2", str(lines)])]


def quantity(qualifier: str, number: int) -> Segment:
    """QTY."""
    return Segment("QTY", [qualifier, str(number)])


def money(qualifier: str, amount: Decimal) -> Segment:
    """MOA with two places."""
    return Segment("MOA", [qualifier, plain(cents(amount))])


def plain(amount: Decimal) -> str:
    """A decimal number without exponent, at least two places."""
    return f"{amount:.2f}" if amount == cents(amount) else f"{amount.normalize():f}"


def day(qualifier: str, moment: date) -> Segment:
    """DTM as CCYYMMDD (format 102)."""
    return Segment("DTM", [qualifier, f"{moment:%Y%m%d}", "102"])
