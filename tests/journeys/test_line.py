"""The whole line: from a vendor's cart to the shelf, by keyboard and scanner, with the money right to the cent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.models.messages import EdiMessage
from acquisitions.models.orders import Order, OrderCopy
from acquisitions.models.receipts import Claim
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation.actions import holds
from techsvc.kernel.actions import notices
from techsvc.kernel.invariants import ask as invariants
from techsvc.kernel.models.exchange import Outgoing
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import PrintRequest
from tests.acquisitions import make
from tests.cataloging.make import barcode
from tests.journeys.hands import hand_over, open_first_row, press, read_codes, scan, sign_in, told, upload
from tests.journeys.house import BRANCHES, CART, TAKEN, House

pytestmark = pytest.mark.browser
ANGELS, BASEBALL = "9780307450258", "9780393066814"
FULL = make.marc([
    ("008", "090115s2009    nyu           000 0 eng d"),
    ("020", f"$a{BASEBALL}"),
    ("082", "$a796.357 $222"),
    ("100", "$aDickson, Paul, $eauthor."),
    ("245", "$aThe Dickson baseball dictionary / $cPaul Dickson."),
    ("264", "$aNew York : $bW.W. Norton, $c2009."),
    ("300", "$axxiv, 974 pages ; $c26 cm"),
    ("650", "$aBaseball $vDictionaries."),
])  # fmt: skip


@pytest.fixture(params=["a cart of 2009", pytest.param("the real file", marks=pytest.mark.slow)])
def cart(request: pytest.FixtureRequest) -> bytes:
    if request.param == "a cart of 2009":
        return CART
    folder: Path = request.getfixturevalue("shared_data")
    path = folder / "edi" / "book" / "brodart_onorder_marc_with_funds.mrc"
    if not path.is_file():
        pytest.skip("The real Brodart cart lies in ../shared/data only.")
    return path.read_bytes()


def test_a_cart_is_looked_at_and_ordered_once(tab: Tab, house: House, cart: bytes) -> None:
    sign_in(tab, "tess")
    look_at(tab, cart)
    order = place(tab)
    assert OrderCopy.objects.filter(state="on_order").count() == 88
    assert house.money() == {code: (minor, 0) for code, minor in TAKEN.items()}
    assert [path.name for path in house.delivered()] == [f"{order.number}.edi"]


def test_the_whole_line(tab: Tab, house: House) -> None:
    """Ordered, answered, unpacked, paid, described, made ready, caught for who waits, found by who looks."""
    sign_in(tab, "tess")
    look_at(tab, CART)
    order = place(tab)
    holds.place_hold(
        Record.objects.get(isbn=BASEBALL),
        patron=house.patron,
        pickup=Branch.objects.get(code="BA"),
        actor=house.people["dora"],
    )
    answered(tab, house, order)
    unpacked(tab, house)
    paid(tab, house)
    described(tab)
    items = labelled(tab)
    made_ready(tab, house, items)
    found(tab)
    assert {name: rows for name, _invariant, rows in invariants() if rows} == {}


def look_at(tab: Tab, cart: bytes) -> None:
    """Upload a cart and say what the vendor's eight branch codes mean."""
    tab.goto("/acquisitions/carts/new/")
    upload(tab, "cart.mrc", cart)  # is read as soon as it is chosen
    expect(tab.get_by_text("Said once, and known for every later cart.")).to_be_visible()
    for code, name in BRANCHES.items():
        tab.get_by_label(f"FRRLS-{code}").select_option(label=f"{code} · {name}")
    press(tab, "Keep these meanings")


def place(tab: Tab) -> Order:
    """Press the button with the numbers on it, twice in a hurry."""
    button = tab.get_by_role("button", name="Place order: 88 copies, $2,119.12 to Brodart")
    button.dblclick()
    told(tab, "is placed")
    order = Order.objects.get()
    expect(tab.get_by_role("heading", name=order.number)).to_be_visible()
    return order


def answered(tab: Tab, house: House, order: Order) -> None:
    """One copy of line 2 is cancelled, nine titles are back-ordered; the other fifteen copies are on their way."""
    house.answers(cancel_lines=[2], back_order_lines=[1, *range(3, 11)], short=True)
    tab.goto("/console/incoming/")
    press(tab, "Fetch now")
    tab.goto(order.get_absolute_url())
    assert sorted(EdiMessage.objects.filter(direction="in").values_list("kind", flat=True)) == [
        "DESADV",
        "INVOIC",
        "ORDRSP",
    ]
    states = [OrderCopy.objects.filter(state=state).count() for state in ("on_order", "cancelled", "back_ordered")]
    assert states == [15, 1, 72]
    assert house.money()["TESTFUND1"] == (TAKEN["TESTFUND1"] - 24_00, 0)
    expect(tab.locator("main")).to_contain_text("back-ordered")


def unpacked(tab: Tab, house: House) -> None:
    """Scan the carton, then what is in it: one copy is torn, one that the slip lists is not there."""
    (slip,) = house.places.slips.glob("*.txt")
    (sscc,) = re.findall(r"\(00\) (\d{18})", slip.read_text())
    tab.goto("/acquisitions/receiving/")
    scan(tab, f"00{sscc}")
    expect(tab.get_by_role("heading", name="Brodart, slip")).to_be_visible()
    bench = tab.url
    for n in range(1, 7):
        for code, listed in ((ANGELS, 7), (BASEBALL, 8)):
            scan(tab, code)
            expect(tab.locator(".scan-result")).to_contain_text(f"{n} of {listed}")
    scan(tab, BASEBALL)  # two scans of one code within two seconds count once, until + says that they are two copies
    expect(tab.locator("[data-again]")).to_be_visible()
    for n in (7, 8):
        tab.keyboard.press("+")
        expect(tab.locator(".scan-result")).to_contain_text(f"{n} of 8")
    tab.keyboard.press("d")
    expect(tab.locator(".scan-result")).to_contain_text("What is wrong with “DICKSON BASEBALL DICTIONARY")
    tab.keyboard.press("1")
    expect(tab.locator(".scan-result")).to_contain_text("A claim is drafted.")
    assert tab.url == bench
    tab.keyboard.press("f")
    expect(tab.get_by_role("heading", name="Packing slip")).to_be_visible()
    assert sorted(Claim.objects.values_list("kind", "state", "quantity")) == [
        ("damaged", "draft", 1),
        ("short", "draft", 1),
    ]
    assert OrderCopy.objects.filter(state="received").count() == 13


def paid(tab: Tab, house: House) -> None:
    """The invoice bills fifteen: the thirteen that are here and whole are paid, with the delivery, to the cent."""
    tab.goto("/acquisitions/invoices/?state=entered")
    open_first_row(tab)
    expect(tab.get_by_role("heading", name="Invoice I")).to_be_visible()
    press(tab, "Pay 6")
    press(tab, "Pay 7")
    before = house.money()
    press(tab, "Approve $498.15")
    told(tab, "Approved")
    delivery = (1_32, 3_18)  # of $4.50, shared among the copies by price, odd cents to the largest remainders
    assert house.money() == before | {
        "TESTFUND1": (before["TESTFUND1"][0] - 6 * 24_00, 6 * 24_00 + delivery[0]),
        "TESTFUND3": (before["TESTFUND3"][0] - 7 * 49_95, 7 * 49_95 + delivery[1]),
    }


def described(tab: Tab) -> None:
    """The cataloger lays the full record over the brief one; what is the library's own stays."""
    hand_over(tab, "cleo")
    record = Record.objects.get(isbn=BASEBALL)
    control_number = record.control_no
    assert record.state == "brief"
    tab.goto(record.get_absolute_url())
    tab.keyboard.press("o")
    expect(tab.get_by_role("heading", name="Overlay")).to_be_visible()
    upload(tab, "full.mrc", FULL)
    expect(tab.get_by_text("Stays, because it is the library's own")).to_be_visible()
    press(tab, "Overlay")
    told(tab, "Overlaid")
    record.refresh_from_db()
    assert (record.state, record.title, record.control_no) == (
        "full",
        "The Dickson baseball dictionary",
        control_number,
    )


def labelled(tab: Tab) -> list[Item]:
    """Scan the book, stick a barcode on and scan that: two copies, with the Dewey number of the full record."""
    tab.goto("/catalog/to-catalog/")
    scan(tab, BASEBALL)
    for serial in (501, 502):
        expect(tab.locator("#id_barcode")).to_be_focused()
        with tab.expect_navigation():
            scan(tab, barcode(serial))
        told(tab, "stands at 796.357 DIC")
    items = list(Item.objects.exclude(barcode=None).order_by("barcode"))
    assert [(item.barcode, item.call_number) for item in items] == [
        (barcode(501), "796.357 DIC"), (barcode(502), "796.357 DIC"),
    ]  # fmt: skip
    tab.goto("/console/printing/")
    for request in PrintRequest.objects.filter(kind="barcode_label"):
        answer = tab.request.get(f"/console/printing/{request.pk}/document/")
        assert read_codes(answer.body()) == {Item.objects.get(pk=request.subject_id).barcode}
    return items


def made_ready(tab: Tab, house: House, items: list[Item]) -> None:
    """Steps are ticked at the bench; the first copy goes to who waits for it, and she is told by mail."""
    hand_over(tab, "paul")
    tab.goto("/processing/bench/")
    for item, place in zip(items, ("hold shelf", "→"), strict=True):
        scan(tab, item.barcode or "")
        expect(tab.locator(".scan-result")).to_contain_text("The Dickson baseball dictionary")
        expect(tab.get_by_role("button", name="Property stamp")).to_be_visible()
        tab.keyboard.press("1")
        expect(tab.get_by_role("button", name="Property stamp")).to_have_count(0)
        tab.keyboard.press("a")
        expect(tab.locator(".scan-result")).to_contain_text("Ready: The Dickson baseball dictionary")
        expect(tab.locator(".scan-result")).to_contain_text(place)
    for item in items:
        item.refresh_from_db()
    assert [item.state for item in items] == ["on_hold_shelf", "available"]
    notices.send_due()
    notice = Outgoing.objects.get(kind="notice")
    assert notice.recipient == house.patron.email
    assert b"The Dickson baseball dictionary" in bytes(notice.body)


def found(tab: Tab) -> None:
    """Whoever looks for it finds that it is there."""
    tab.goto("/")
    tab.keyboard.press("/")
    tab.keyboard.insert_text("dickson baseball")
    tab.locator("#finder-results").get_by_role("option", name="The Dickson baseball dictionary").first.click()
    expect(tab.get_by_role("heading", name="The Dickson baseball dictionary")).to_be_visible()
    row = tab.get_by_role("row").filter(has_text="1234")
    expect(tab.locator("main")).to_contain_text("Available")
    expect(row.first).to_be_visible()
