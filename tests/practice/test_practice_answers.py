"""The three answers, segment by segment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techsvc.practice import vendor
from techsvc.practice.cartons import carton_count, pack, sscc
from techsvc.practice.orders import Line
from techsvc.practice.scenario import Decision, Scenario, ScenarioError, decide_line, read_scenario
from techsvc.practice.vendor import Places
from tests.practice.conftest import NOW, orders_file

ORDRSP = """UNA:+.? '
UNB+UNOC:3+1697684:31B+1694510:31B+261124:0900+P0000001'
UNH+1+ORDRSP:D:96A:UN:EAN008'
BGM+231+O0000001+4'
DTM+137:20261124:102'
RFF+ON:PO-1001'
NAD+BY+1694510::31B'
NAD+BY+LIB-MAIN::91'
NAD+SU+1697684::31B'
CUX+2:USD:9'
LIN+1+5+9780143039433:EN'
PIA+5+9780143039433:IB'
QTY+21:2'
FTX+LIN++100:12B:28'
PRI+AAE:20.00'
RFF+LI:PO-1001/1'
LIN+2+24+9780060935467:EN'
PIA+5+9780060935467:IB'
QTY+21:3'
QTY+85:1'
FTX+LIN+++2 will be sent, 1 can?'t be supplied'
PRI+AAE:16.99'
RFF+LI:PO-1001/2'
LIN+3+24+9780307387899:EN'
PIA+5+9780307387899:IB'
QTY+21:1'
QTY+83:1'
DTM+44:20270108:102'
FTX+LIN++400:12B:28'
PRI+AAE:17.00'
RFF+LI:PO-1001/3'
LIN+4+5+9780679732761:EN'
PIA+5+9780679732761:IB'
QTY+21:45'
FTX+LIN++100:12B:28'
PRI+AAE:18.00'
RFF+LI:PO-1001/4'
UNS+S'
CNT+2:4'
UNT+38+1'
UNZ+1+P0000001'
"""

DESADV = """UNA:+.? '
UNB+UNOC:3+1697684:31B+1694510:31B+261124:0900+P0000002'
UNH+1+DESADV:D:96A:UN:EAN008'
BGM+351+D0000002+9'
DTM+137:20261124:102'
DTM+11:20261124:102'
DTM+132:20261127:102'
RFF+ON:PO-1001'
RFF+PK:D0000002'
NAD+BY+1694510::31B'
NAD+BY+LIB-MAIN::91'
NAD+SU+1697684::31B'
CPS+1'
PAC+1++CT'
PCI+33E'
GIN+BJ+009999990000000019'
LIN+1++9780143039433:EN'
PIA+5+9780143039433:IB'
QTY+12:2'
RFF+ON:PO-1001'
RFF+LI:PO-1001/1'
LIN+2++9780060935467:EN'
PIA+5+9780060935467:IB'
QTY+12:2'
RFF+ON:PO-1001'
RFF+LI:PO-1001/2'
LIN+3++9780679732761:EN'
PIA+5+9780679732761:IB'
QTY+12:36'
RFF+ON:PO-1001'
RFF+LI:PO-1001/4'
CPS+2'
PAC+1++CT'
PCI+33E'
GIN+BJ+009999990000000026'
LIN+4++9780679732761:EN'
PIA+5+9780679732761:IB'
QTY+12:9'
RFF+ON:PO-1001'
RFF+LI:PO-1001/4'
CNT+2:4'
UNT+40+1'
UNZ+1+P0000002'
"""

INVOIC = """UNA:+.? '
UNB+UNOC:3+1697684:31B+1694510:31B+261124:0900+P0000003'
UNH+1+INVOIC:D:96A:UN:EAN008'
BGM+380+I0000003+9'
DTM+137:20261124:102'
RFF+ON:PO-1001'
RFF+DQ:D0000002'
NAD+BY+1694510::31B'
NAD+BY+LIB-MAIN::91'
NAD+SU+1697684::31B'
CUX+2:USD:4'
ALC+C++++DL'
MOA+8:4.50'
LIN+1++9780143039433:EN'
PIA+5+9780143039433:IB'
QTY+47:2'
MOA+203:40.00'
PRI+AAA:20.00'
RFF+LI:PO-1001/1'
LIN+2++9780060935467:EN'
PIA+5+9780060935467:IB'
QTY+47:2'
MOA+203:33.98'
PRI+AAA:16.99'
RFF+LI:PO-1001/2'
LIN+3++9780679732761:EN'
PIA+5+9780679732761:IB'
QTY+47:45'
MOA+203:810.00'
PRI+AAA:18.00'
RFF+LI:PO-1001/4'
UNS+S'
CNT+2:3'
MOA+79:883.98'
MOA+86:888.48'
UNT+34+1'
UNZ+1+P0000003'
"""


def answers(places: Places) -> dict[str, str]:
    """The files in out/ by the message type in their names."""
    return {p.name.split("_")[0]: p.read_text("latin-1") for p in places.outgoing.iterdir() if p.is_file()}


@pytest.mark.parametrize(("kind", "text"), [("ORDRSP", ORDRSP), ("DESADV", DESADV), ("INVOIC", INVOIC)])
def test_the_answers_to_an_order(places: Places, deliver: Callable[..., bytes], kind: str, text: str) -> None:
    deliver()
    assert vendor.step(places, NOW, patient=False) == 3
    assert answers(places)[kind] == text


def test_the_packing_slip_says_what_is_in_the_cartons(places: Places, deliver: Callable[..., bytes]) -> None:
    places.scenario.write_text('{"short": true}')
    deliver()
    vendor.step(places, NOW, patient=False)
    assert (places.slips / "D0000002.txt").read_text() == (
        "PACKING SLIP D0000002\nYour order PO-1001\n\n"
        "Carton 1 of 2   (00) 009999990000000019\n"
        "     1 x 9780143039433  The Grapes of Wrath\n"
        "     2 x 9780060935467  To Kill a Mockingbird\n"
        "    36 x 9780679732761  Invisible man: a novel\n\n"
        "Carton 2 of 2   (00) 009999990000000026\n"
        "     9 x 9780679732761  Invisible man: a novel\n"
    )
    assert "QTY+12:2'" in answers(places)["DESADV"]  # the message still lists both


def test_nothing_to_send_means_no_despatch_and_no_invoice(places: Places, deliver: Callable[..., bytes]) -> None:
    places.scenario.write_text('{"cancel_lines": [1], "back_order_lines": []}')
    deliver(orders_file("PO-1", books=(("9780307387899", "The Road", 1, "17.00"),)))
    assert vendor.step(places, NOW, patient=False) == 1
    text = answers(places)["ORDRSP"]
    assert "BGM+231+O0000001+27'" in text
    assert "LIN+1+2+9780307387899:EN'" in text
    assert "QTY+85:1'\nFTX+LIN++223:12B:28'" in text
    assert list(places.slips.iterdir()) == []


def test_asked_for_prices(places: Places, deliver: Callable[..., bytes]) -> None:
    places.scenario.write_text(
        '{"cancel_lines": [], "back_order_lines": [], "discount": 10, "delivery_charge": "0", '
        '"price_changes": {"1": "21.50"}, "surprise_prices": {"2": "19.99"}, "lost_prices": [3]}'
    )
    deliver()
    vendor.step(places, NOW, patient=False)
    found = answers(places)
    assert "LIN+1+24+" in found["ORDRSP"]
    assert "FTX+LIN++903:12B:28'\nPRI+AAE:21.50'" in found["ORDRSP"]
    assert "PRI+AAE:16.99'" in found["ORDRSP"]
    lines = found["INVOIC"].split("LIN+")
    assert "QTY+47:2'\nMOA+203:38.70'\nMOA+52:4.30'\nPRI+AAA:19.35'\nPRI+AAB:21.50'\n" in lines[1]
    assert "QTY+47:3'\nMOA+203:53.97'\nMOA+52:6.00'\nPRI+AAA:17.99'\nPRI+AAB:19.99'\n" in lines[2]
    assert "QTY+47:1'\nRFF+LI:PO-1001/3'\n" in lines[3]
    assert "ALC" not in found["INVOIC"]
    assert "MOA+79:836.97'\nMOA+86:836.97'" in found["INVOIC"]  # 38.70 + 53.97 + 15.30 + 729.00


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "is not JSON"),
        ("[]", "should hold an object"),
        ('{"discuont": 5}', "unknown discuont. Known are back_order_days,"),
        ('{"discount": "five"}', 'discount needs an amount such as "4.50"'),
        ('{"discount": 101}', "discount 101 is out of range"),
        ('{"carton_size": 0}', "carton_size 0 is out of range"),
        ('{"cancel_lines": 2}', "cancel_lines can't be 2"),
        ('{"cancel_lines": ["x"]}', "cancel_lines can't be"),
        ('{"short": 1}', "short can't be 1"),
        ('{"delay": true}', "delay can't be true"),
        ('{"price_changes": {"1": -2}}', "price_changes needs an amount"),
        ('{"price_changes": {"first": 2}}', "price_changes can't be"),
    ],
)
def test_a_mistake_in_the_scenario_stops_before_anything_is_taken(
    places: Places, deliver: Callable[..., bytes], text: str, part: str
) -> None:
    deliver()
    places.scenario.write_text(text)
    with pytest.raises(ScenarioError, match=part):
        vendor.step(places, NOW)
    assert [p.name for p in places.incoming.iterdir() if p.is_file()] == ["m1.edi"]
    assert not places.state.exists()


def test_a_full_scenario() -> None:
    assert read_scenario("") == Scenario()
    assert read_scenario('{"delay": 0, "lost_prices": [1, 4], "discount": 12.5}') == Scenario(
        delay=0.0, lost_prices=(1, 4), discount="12.5"
    )


@pytest.mark.parametrize(
    ("position", "quantity", "expected"),
    [(1, 5, (5, 0, 0)), (2, 5, (4, 1, 0)), (2, 1, (0, 1, 0)), (3, 5, (0, 0, 5)), (4, 1, (1, 0, 0))],
)
def test_decisions(position: int, quantity: int, expected: tuple[int, int, int]) -> None:
    line = Line(position, str(position), (), "", quantity, None, "")
    decision = decide_line(line, Scenario(), date(2026, 11, 24))
    assert (decision.accepted, decision.cancelled, decision.back_ordered) == expected
    assert decision.available == (date(2026, 11, 24) + timedelta(days=45) if position == 3 else None)
    assert decision.price == Decimal("20.00")


def decision_for(copies: int) -> Decision:
    line = Line(9, "9", (), "", copies or 1, Decimal(1), "")
    return Decision(line, copies, 0, 0, None, Decimal(1), False, Decimal(1), Decimal(1))


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 50))
def test_cartons_hold_every_copy_once_and_never_too_many(quantities: list[int], size: int) -> None:
    decisions = [decision_for(copies) for copies in quantities]
    cartons = pack(decisions, size, 1)
    assert len(cartons) == carton_count(decisions, size)
    assert all(carton.copies == size for carton in cartons[:-1])
    assert all(1 <= carton.copies <= size for carton in cartons)
    assert sum(carton.copies for carton in cartons) == sum(quantities)
    assert len({carton.sscc for carton in cartons}) == len(cartons)


def test_sscc_check_digits() -> None:
    for serial in (1, 2, 999_999_999):
        digits = [int(d) for d in sscc(serial)]
        assert len(digits) == 18
        assert (3 * sum(digits[0::2]) + sum(digits[1::2])) % 10 == 0
