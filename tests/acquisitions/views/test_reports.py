"""Reports: every number of them is the ledger's, to the cent."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.actions import ledger, receiving
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.queries.funds import balances
from techsvc.kernel import clock
from techsvc.kernel.models.people import User
from tests import make
from tests.acquisitions.make import Setting

pytestmark = pytest.mark.django_db
FUNDS, VENDORS = reverse("acquisitions:fund_report"), reverse("acquisitions:vendor_report")


@pytest.fixture
def finance(client: Client) -> User:
    user = make.person("finance")
    client.force_login(user)
    return user


def table(client: Client, url: str) -> list[dict[str, str]]:
    body = b"".join(client.get(url).streaming_content)  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_funds_of_a_year_say_what_the_ledger_says(client: Client, at: Setting, finance: User) -> None:
    make.placed_order(at)
    make.fund(333, code="ODD")
    make.fund(0, code="BARE")
    where = balances(at.year)
    shown = {line["Fund"]: line for line in table(client, f"{FUNDS}?export=csv")}
    assert set(shown) == {"ADULT", "JUV", "ODD"}
    for fund, code in ((at.adult, "ADULT"), (at.juvenile, "JUV")):
        stands = where[fund.pk]
        assert [shown[code][name] for name in ("Spent", "Encumbered", "Free", "Allocated")] == [
            f"{minor / 100:.2f}" for minor in (stands.expended, stands.encumbered, stands.available, stands.allocated)
        ]
    assert (shown["ADULT"]["Encumbered"], shown["JUV"]["Encumbered"]) == ("75.00", "44.97")
    assert shown["ODD"]["Free"] == "3.33"


def test_the_page_draws_the_same_numbers_against_the_year(client: Client, at: Setting, finance: User) -> None:
    make.placed_order(at)
    with clock.at(datetime(2050, 1, 1, 12, tzinfo=UTC)):
        answer = client.get(FUNDS)
    page = answer.content.decode()
    assert [str(bar.label) for bar in answer.context["chart"].bars] == ["ADULT", "JUV"]
    assert answer.context["chart"].bars[0].pieces[0].width == "7.5%"
    assert "50 % of the year is over" in page
    assert "Day 18264 of 36525 of FY-TEST." in page
    assert [str(cell) for _css, cell in answer.context["totals"]][3:7] == ["$0.00", "$119.97", "$1,880.03", "$2,000.00"]


def test_currencies_are_not_added_up(client: Client, at: Setting, finance: User) -> None:
    euros = make.fund(code="EUR", currency="EUR")
    ledger.allocate(euros, at.year, 10_00, why="Budget", actor=finance)
    assert client.get(FUNDS).context["totals"] == []


def test_a_branch_and_a_year_can_be_chosen(client: Client, at: Setting, finance: User) -> None:
    branch = make.branch("NO", "North")
    make.fund(5_00, code="NORTH", branch=branch)
    assert [line["Fund"] for line in table(client, f"{FUNDS}?branch={branch.pk}&year=FY-TEST&export=csv")] == ["NORTH"]
    assert client.get(f"{FUNDS}?year=FY-NEVER").status_code == 400
    assert client.get(f"{FUNDS}?sort=code").status_code == 400


def test_without_a_year_the_report_says_what_to_do(client: Client) -> None:
    client.force_login(make.person("finance"))
    assert "No fund has money in this year." in client.get(FUNDS).content.decode()


def test_only_who_sees_funds_opens_the_report(client: Client) -> None:
    client.force_login(make.person("processing"))
    assert client.get(FUNDS).status_code == 403


def test_vendors_are_told_by_what_came_and_how_long_it_took(client: Client, at: Setting, finance: User) -> None:
    order = make.placed_order(at)
    OrderLine.objects.filter(order=order, position=2).update(expected_on=clock.today() - timedelta(days=1))
    copies = OrderCopy.objects.filter(line__order=order, line__position=1).order_by("pk")
    with clock.at(clock.now() + timedelta(days=4)):
        shipment = make.shipment_of(order)
        receiving.receive_copies([copies[0].pk, copies[1].pk], shipment=shipment, actor=make.person("technician"))
    [brodart] = table(client, f"{VENDORS}?export=csv")
    assert brodart == {
        "Vendor": "Brodart",
        "Lines": "2",
        "Copies ordered": "6",
        "Received": "2",
        "To come": "1",
        "Late": "3",
        "Days until received": "4",
    }
    assert client.get(VENDORS).context["chart"].bars[0].figure == "6"
    assert table(client, f"{VENDORS}?from={clock.today() + timedelta(days=1)}&export=csv") == []
