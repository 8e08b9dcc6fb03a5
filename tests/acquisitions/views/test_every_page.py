"""Every page of ordering opens for who may, and what the search box and the tiles find."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.actions import ordering, requests
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.actions.requests import Asked
from acquisitions.models.vendors import CodeMap
from cataloging.rules.matching import Description
from techsvc.kernel import slots
from techsvc.kernel.models.people import Patron
from tests.acquisitions import make
from tests.acquisitions.make import Setting

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def everything(at: Setting) -> dict[str, Any]:
    """One of each, by the name of its page."""
    patron = Patron.objects.create(card="21234000012345", name="Ruth Reader", branch=make.branch("BA"))
    asked = requests.submit_request(
        Asked("The Women"), patron=patron, pickup=make.branch("BA"), actor=make.person("desk")
    )
    order = make.placed_order(at)
    preview = make.cart(at, make.cart_title("BIRDS", "0061363049", "", ["$aX-BA$b2$fADULT", "$aFA$fJUV"]) + b"rest")
    draft = ordering.make_order(at.vendor, [], actor=at.selector)
    return {"request": asked, "order": order, "cart": preview, "draft": draft, "line": order.lines.all()[0],
            "fund": at.adult,
            "vendor": at.vendor, "title": preview.titles.all()[0], "year": at.year,
            "code": CodeMap.objects.create(vendor=at.vendor, kind="branch", code="Q", branch=make.branch("BA")),
    }  # fmt: skip


PAGES = {
    "requests": ("", "auditor"), "request_new": ("", "desk"), "request": ("request", "auditor"),
    "request_decline": ("request", "selector"), "request_order": ("request", "selector"),
    "carts": ("", "auditor"), "cart_new": ("", "cataloger"), "cart": ("cart", "auditor"),
    "title_complete": ("title", "selector"), "orders": ("", "processing"), "order_new": ("", "cataloger"),
    "order": ("order", "auditor"), "order_add_line": ("draft", "selector"), "line": ("line", "auditor"),
    "line_cancel": ("line", "selector"), "line_back_order": ("line", "technician"), "funds": ("", "admin"),
    "fund": ("fund", "auditor"), "fund_new": ("", "finance"), "fund_edit": ("fund", "finance"),
    "fund_allocate": ("fund", "technician"), "fund_transfer": ("fund", "finance"), "years": ("", "selector"),
    "year_new": ("", "finance"), "vendors": ("", "ill"), "vendor": ("vendor", "ill"), "vendor_new": ("", "supervisor"),
    "vendor_edit": ("vendor", "admin"), "vendor_code": ("code", "selector"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_who_may(name: str, everything: dict[str, Any], client: Client) -> None:
    thing, role = PAGES[name]
    url = reverse(f"acquisitions:{name}", args=[everything[thing].pk] if thing else [])
    client.force_login(make.person(role))
    assert client.get(url).status_code == 200
    client.force_login(make.person())
    assert client.get(url).status_code == 403


def test_nobody_else_sees_who_asked(everything: dict[str, Any], client: Client) -> None:
    url = everything["request"].get_absolute_url()
    client.force_login(make.person("selector"))
    assert "Ruth Reader" not in client.get(url).content.decode()
    client.force_login(make.person("desk"))
    assert "Ruth Reader" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("text", "hits"),
    [("00001", {"order"}), ("brodart", {"vendor"}), ("ADU", {"fund"}), ("R-00001", {"purchase request"})],
)
def test_the_search_box_finds(selector: Client, at: Setting, text: str, hits: set[str]) -> None:
    make.placed_order(at)
    requests.submit_request(Asked("Book"), patron=None, pickup=make.branch("BA"), actor=at.selector)
    found = {hit.kind for hit in slots.search(text, at.selector)}
    assert hits <= found


def test_tiles_count_what_their_lists_hold(selector: Client, at: Setting) -> None:
    make.cart(at)
    requests.submit_request(Asked("Book"), patron=None, pickup=make.branch("BA"), actor=at.selector)
    copies = (NewCopies(make.branch("BA"), at.adult, 1),)
    ordering.make_order(at.vendor, [NewLine(Description("A"), Decimal(1), copies)], actor=at.selector)
    tiles = [tile for tile in slots.tiles(at.selector) if "/acquisitions/" in tile.url]
    assert len(tiles) >= 5
    for tile in tiles:
        assert selector.get(tile.url).context["span"].count == tile.count, tile.label
