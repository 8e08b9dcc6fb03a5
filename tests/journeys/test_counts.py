"""How much each main job takes: pages opened, presses, entries. docs/experience.md holds the table and the goals.

Counted from the home page. A page counts when it is opened to be worked on, and the press that opens it counts with
it; the page that tells how it went is not counted. A press is a key or a click, an entry what is typed or scanned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from acquisitions.actions import carts, ordering, receiving, requests
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.actions.requests import Asked
from acquisitions.models.funds import Fund
from acquisitions.models.invoices import Invoice
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.receipts import Claim, Shipment
from acquisitions.models.requests import PurchaseRequest
from acquisitions.queries.requests import description
from cataloging.actions import records
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages.cells import grouped
from tests.acquisitions import make
from tests.cataloging import make as catalog
from tests.cataloging.make import barcode
from tests.journeys.hands import press, scan, sign_in, told, upload
from tests.journeys.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def isbn(number: int) -> str:
    """The ISBN of one of our made-up titles."""
    body = f"978030{number:06d}"
    return f"{body}{-sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body)) % 10}"


ISBNS = [isbn(number) for number in range(1, 21)]
CART = b"".join(
    make.cart_title(f"TITLE {n}", f"{code} ;", "10.00", ["$aBA $b1 $cAF $fTESTFUND1 $p10.00"])
    for n, code in enumerate(ISBNS, 1)
)


FULL = make.marc([
    ("008", "090115s2009    nyu           000 0 eng d"),
    ("020", f"$a{ISBNS[0]}"),
    ("082", "$a813.6 $222"),
    ("245", "$aTitle 1."),
    ("264", "$bPress, $c2009."),
    ("300", "$a974 pages"),
])  # fmt: skip
ALL_COME: dict[str, Any] = {"cancel_lines": [], "back_order_lines": []}


@dataclass
class Hands:
    """A tab that counts pages opened to be worked on, presses and entries."""

    tab: Tab
    pages: int = 0
    presses: int = 0
    entries: int = 0

    def __post_init__(self) -> None:
        self.tab.wait_for_load_state("networkidle")

    def opens(self, act: Callable[[], Any]) -> None:
        """Something that opens a page to work on: counted as the page."""
        self.pages += 1
        with self.tab.expect_event("load"):  # a form notes its key in the address's state first, which is no page
            act()

    def press(self, act: Callable[[], Any]) -> None:
        self.presses += 1
        act()

    def key(self, key: str) -> None:
        self.press(lambda: self.tab.keyboard.press(key))

    def scan(self, code: str) -> None:
        self.entries += 1
        scan(self.tab, code)

    def took(self) -> tuple[int, int, int]:
        return self.pages, self.presses, self.entries


@pytest.fixture
def hands(tab: Tab, house: House) -> Hands:
    sign_in(tab, "tess")
    return Hands(tab)


def ordered(house: House) -> Order:
    """The cart of twenty titles, ordered."""
    tess = house.people["tess"]
    return ordering.order_cart(carts.upload_cart(house.vendor, "cart.mrc", CART, actor=tess).pk, actor=tess)


def answered(tab: Tab, house: House, **scenario: Any) -> None:
    """The vendor's answers have come in, as they do by themselves; nobody's work."""
    house.answers(**scenario)
    tab.goto("/console/incoming/")
    press(tab, "Fetch now")
    tab.goto("/")


def test_1_order_a_cart_of_twenty_titles(hands: Hands, house: House) -> None:
    hands.opens(lambda: hands.tab.keyboard.press("f"))
    hands.entries += 1
    hands.opens(lambda: upload(hands.tab, "cart.mrc", CART))
    hands.key("p")
    told(hands.tab, "is placed")
    assert OrderCopy.objects.filter(state="on_order").count() == 20
    assert hands.took() == (2, 1, 1)


def test_3_see_what_the_vendor_answered(tab: Tab, house: House) -> None:
    ordered(house)
    sign_in(tab, "tess")
    answered(tab, house, cancel_lines=[], back_order_lines=[1], price_changes={"2": "13.00"})
    hands = Hands(tab)
    hands.opens(tab.get_by_role("link", name="EDI needs you").click)
    expect(tab.locator("tbody tr").first).to_contain_text("TITLE 2")
    assert hands.took() == (1, 0, 0)


def test_4_receive_a_carton_of_twenty_one_damaged_one_short(tab: Tab, house: House) -> None:
    ordered(house)
    sign_in(tab, "tess")
    answered(tab, house, **ALL_COME)
    hands = Hands(tab)
    hands.entries += 1
    hands.opens(lambda: scan(tab, Shipment.objects.get().number))
    for code in ISBNS[:19]:
        hands.scan(code)
    expect(tab.locator(".bench-top")).to_contain_text("19 of 20")
    hands.key("d")
    expect(tab.locator(".scan-result")).to_contain_text("What is wrong with “TITLE 19”?")
    hands.key("1")
    expect(tab.locator(".scan-result")).to_contain_text("A claim is drafted.")
    hands.press(tab.get_by_role("button", name="Short").click)
    expect(tab.locator(".scan-result")).to_contain_text("Short: 1 of “TITLE 20”")
    hands.key("f")
    expect(tab.get_by_role("heading", name="Packing slip")).to_be_visible()
    assert sorted(Claim.objects.values_list("kind", flat=True)) == ["damaged", "short"]
    assert hands.took() == (1, 4, 20)


def test_5_an_invoice_that_came_by_edi(tab: Tab, house: House) -> None:
    order = ordered(house)
    sign_in(tab, "tess")
    answered(tab, house, **ALL_COME)
    copies = OrderCopy.objects.filter(line__order=order).values_list("pk", flat=True)
    receiving.receive_copies(list(copies), shipment=Shipment.objects.get(), actor=house.people["tess"])
    hands = Hands(tab)
    hands.opens(tab.get_by_role("link", name="Invoices to match").click)
    row = tab.locator("tbody tr").first
    row.hover()
    hands.press(row.get_by_role("button", name="Approve").click)
    told(tab, "Approved")
    assert Invoice.objects.get().state == "approved"
    assert hands.took() == (1, 1, 0)


def test_6_catalog_and_label_a_title_whose_record_was_loaded(tab: Tab, house: House) -> None:
    order = ordered(house)
    copy = OrderCopy.objects.get(line__order=order, line__position=1)
    receiving.receive_copies([copy.pk], shipment=None, actor=house.people["tess"])
    record, cleo = Record.objects.get(isbn=ISBNS[0]), house.people["cleo"]
    loaded = records.keep_file(record.pk, name="full.mrc", body=FULL, actor=cleo)
    records.overlay_from(record.pk, loaded.pk, version=record.version, actor=cleo)
    sign_in(tab, "cleo")
    hands = Hands(tab)
    hands.opens(lambda: tab.keyboard.press("t"))
    hands.entries += 1
    hands.opens(lambda: scan(tab, ISBNS[0]))
    expect(tab.locator("#id_barcode")).to_be_focused()
    hands.scan(barcode(900))
    told(tab, "Its label is in the print queue")
    assert Item.objects.get(barcode=barcode(900)).record == record
    assert hands.took() == (2, 0, 2)


def test_6_catalog_a_brief_title_from_a_file(tab: Tab, house: House) -> None:
    order = ordered(house)
    copy = OrderCopy.objects.get(line__order=order, line__position=1)
    receiving.receive_copies([copy.pk], shipment=None, actor=house.people["tess"])
    sign_in(tab, "cleo")
    hands = Hands(tab)
    hands.opens(lambda: tab.keyboard.press("t"))
    hands.entries += 1
    hands.opens(lambda: scan(tab, ISBNS[0]))
    hands.entries += 1
    hands.opens(lambda: upload(tab, "full.mrc", FULL))
    hands.presses += 1
    hands.opens(lambda: press(tab, "Overlay"))
    told(tab, "Overlaid")
    expect(tab.locator("#id_barcode")).to_be_focused()
    hands.scan(barcode(900))
    told(tab, "Its label is in the print queue")
    assert hands.took() == (4, 1, 3)


def test_7_add_twenty_items_by_scanning(hands: Hands, house: House) -> None:
    record = Record.objects.order_by("pk").first() or catalog.full(FULL)
    hands.tab.goto(record.get_absolute_url())
    hands.opens(lambda: hands.tab.keyboard.press("a"))
    address = hands.tab.url
    for serial in range(1, 21):
        hands.scan(barcode(serial))
    expect(hands.tab.locator(".scan-result")).to_contain_text(grouped(barcode(20)))
    assert hands.tab.url == address
    assert Item.objects.filter(record=record, barcode__isnull=False).count() == 20
    assert hands.took() == (1, 0, 20)


def test_8_buy_what_a_patron_asks_for(tab: Tab, house: House) -> None:
    """The second one: vendor and fund are those of the first."""
    dora, bank = house.people["dora"], Branch.objects.get(code="BA")
    first, second = (
        requests.submit_request(Asked(f"Asked {n}", isbn=code), patron=house.patron, pickup=bank, actor=dora)
        for n, code in enumerate(ISBNS[:2], 1)
    )
    copies = (NewCopies(first.pickup, Fund.objects.get(code="TESTFUND1"), 1),)
    line = NewLine(description(first), Decimal(20), copies)
    ordering.order_request(first.pk, vendor=house.vendor, line=line, actor=house.people["tess"])
    sign_in(tab, "tess")
    hands = Hands(tab)
    hands.opens(tab.get_by_role("link", name="Requests to decide").click)
    row = tab.locator("tbody tr").first
    row.hover()
    hands.opens(row.get_by_role("link", name="Order it").click)
    expect(tab.get_by_label("List price")).to_be_focused()
    hands.entries += 1
    tab.keyboard.insert_text("24.00")
    hands.key("Enter")
    told(tab, "is placed")
    assert OrderLine.objects.filter(request=second).exists()
    assert PurchaseRequest.objects.filter(state="ordered").count() == 2
    assert hands.took() == (2, 1, 1)
