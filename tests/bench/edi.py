"""EDI read and written: lines a second, beside pydifact on the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pydifact.parser import Parser

from acquisitions.edi import edifact, invoic, orders
from acquisitions.edi.fields import Party
from tests.bench.figures import Figure, seconds

LINES = 1400


def invoice() -> bytes:
    """An INVOIC of 1,400 lines, about twelve segments a line as vendors write them."""
    parts = ["UNB+UNOC:3+1697684:31B+1697978:31B+261124:1200+7'UNH+1+INVOIC:D:96A:UN:EAN008'", "BGM+380+B1130+9'"]
    parts += ["DTM+137:20261124:102'NAD+BY+1697978::31B'NAD+SU+1697684::31B'CUX+2:USD:4'"]
    for n in range(1, LINES + 1):
        parts.append(
            f"LIN+{n}++9781250178633:EN'PIA+5+1250178632:IB'IMD+L+009+:::HANNAH, KRISTIN'IMD+L+050+:::THE WOMEN'"
            "QTY+47:2'GIR+001+CEN:LLO+JUV:LFN+2:LQT'MOA+203:33.60'MOA+146:16.80'PRI+AAA:16.80'PRI+AAB:30.00'"
            f"RFF+LI:PO-2026-00001/{n}'TAX+7+SLS+++:::0'"
        )
    parts.append(f"UNS+S'CNT+2:{LINES}'MOA+86:{LINES * 33.60:.2f}'UNT+{LINES * 12 + 10}+1'UNZ+1+7'")
    return "".join(parts).encode("latin-1")


def order() -> orders.OrderDocument:
    """An order of 1,400 lines, three groups of copies each."""
    copies = tuple(orders.CopyGroup(branch, "JUV", "JFIC", "BOOK", 1, "") for branch in ("CEN", "EAS", "HAR"))
    lines = tuple(
        orders.OrderLineDoc(
            number=n, ean13="9781250178633", isbn10="1250178632", title="The women", author="Hannah, Kristin",
            publisher="St. Martin's Press", year="2024", quantity=3, unit_price=Decimal("16.80"), copies=copies,
            note="", line_ref=str(n),
        )
        for n in range(1, LINES + 1)
    )  # fmt: skip
    return orders.OrderDocument(
        number="PO-2026-00001", date=date(2026, 11, 24), buyer=Party("1697978", "12345"), supplier=Party("1697684", ""),
        currency="USD", lines=lines,
    )  # fmt: skip


def figures() -> Iterator[Figure]:
    """Lines a second."""
    data = invoice()
    text = data.decode("latin-1")
    ours = seconds(lambda: [invoic.read_invoic(m) for m in edifact.decode(data).messages])
    peer = seconds(lambda: sum(1 for _segment in Parser().parse(text)))
    yield Figure("edi.read_invoic", LINES / ours, "lines/s", 15_000, "pydifact parser only", LINES / peer)
    document = order()
    written = seconds(lambda: orders.write_orders(document, interchange_ref=1, message_ref=1))
    yield Figure("edi.write_orders", LINES / written, "lines/s", 5_000)
