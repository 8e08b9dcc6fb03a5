"""The pages of funds, years and vendors."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acquisitions.actions import carts
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.vendors import CodeMap, Vendor
from acquisitions.queries.funds import balances
from techsvc.kernel.models.people import User
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client: Client) -> User:
    user = make.person("finance")
    client.force_login(user)
    return user


def test_money_is_allocated_and_moved(client: Client, post: Post, at: Setting, finance: User) -> None:
    post("fund_allocate", at.adult.pk, year=at.year.pk, amount="250.50", why="Gift")
    assert balances(at.year)[at.adult.pk].allocated == 1_250_50
    post("fund_transfer", at.adult.pk, year=at.year.pk, target=at.juvenile.pk, amount="50.50", why="Picture books")
    assert [balances(at.year)[fund.pk].allocated for fund in (at.adult, at.juvenile)] == [1_200_00, 1_050_50]
    answer = post("fund_transfer", at.adult.pk, year=at.year.pk, target=at.juvenile.pk, amount="5000", why="Too much")
    assert answer.status_code == 422
    assert "would be taken away" in answer.content.decode()
    page = client.get(at.adult.get_absolute_url()).content.decode()
    assert "Picture books" in page
    assert "$1,200.00" in page


def test_funds_are_listed_with_where_they_stand(client: Client, at: Setting, finance: User) -> None:
    make.placed_order(at)
    for n in range(20):
        make.fund(code=f"M{n}")
    url = reverse("acquisitions:funds")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"{url}?sort=-encumbered")
    assert len(asked) <= 14
    assert [row.pk for row in answer.context["rows"]][:2] == [at.adult.pk, at.juvenile.pk]
    assert "$925.00" in answer.content.decode()
    assert client.get(f"{url}?year=FY-TEST&active=1").status_code == 200
    assert client.get(f"{url}?year=FY-NEVER").status_code == 400


def test_a_fund_and_a_year_are_set_up(client: Client, post: Post, finance: User) -> None:
    made = {
        "code": "NEW",
        "name": "New books",
        "currency": "USD",
        "warn_percent": "95",
        "stop_percent": "90",
        "active": "on",
    }
    answer = post("fund_new", **made)
    assert answer.status_code == 422
    assert "The warning has to come before the stop" in answer.content.decode()
    post("fund_new", **made | {"warn_percent": "80"})
    assert Fund.objects.get(code="NEW").warn_percent == 80
    post("year_new", code="FY2031", starts_on="2030-07-01", ends_on="2031-06-30")
    year = FiscalYear.objects.get(code="FY2031")
    assert post("year_new", code="FY2031b", starts_on="2031-01-01", ends_on="2031-12-31").status_code == 422
    post("year_close", year.pk)
    year.refresh_from_db()
    assert not year.open


def test_a_year_with_open_orders_is_not_closed(post: Post, at: Setting, finance: User) -> None:
    make.placed_order(at)
    post("year_close", at.year.pk)
    at.year.refresh_from_db()
    assert at.year.open


def test_a_vendor_is_set_up_and_changed(client: Client, post: Post) -> None:
    client.force_login(make.person("supervisor"))
    columns = {"name": "Ingram", "code": "ingram", "dialect": "ingram", "currency": "USD", "discount_percent": "42",
               "claim_after_days": "60", "active": "on", "cart_tag": "949", "cart_branch": "l",
               "cart_quantity": "q"}  # fmt: skip
    assert post("vendor_new", **columns | {"discount_percent": "142"}).status_code == 422
    assert post("vendor_new", **columns | {"cart_tag": "9x9"}).status_code == 422
    post("vendor_new", **columns)
    vendor = Vendor.objects.get()
    assert (vendor.discount_percent, carts.profile_of(vendor).tag, carts.profile_of(vendor).fund) == (
        Decimal(42),
        "949",
        "",
    )
    post("vendor_edit", vendor.pk, **columns | {"name": "Ingram Library Services"})
    vendor.refresh_from_db()
    assert vendor.name == "Ingram Library Services"


def test_a_vendors_code_is_changed_on_its_page(selector: Client, post: Post, at: Setting) -> None:
    code = CodeMap.objects.create(vendor=at.vendor, kind="branch", code="Q", branch=make.branch("BA"))
    post("vendor_code", code.pk, means=make.branch("FA").pk)
    assert CodeMap.objects.get().branch == make.branch("FA")
    post("vendor_code", CodeMap.objects.get().pk, means="")
    assert CodeMap.objects.count() == 0
