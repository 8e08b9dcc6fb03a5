"""Purchase requests' pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from acquisitions.actions import requests
from acquisitions.actions.requests import Asked
from acquisitions.models.orders import OrderCopy
from acquisitions.models.requests import PurchaseRequest
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.models.people import Patron
from tests.acquisitions import make
from tests.acquisitions.make import Setting
from tests.acquisitions.views.conftest import Post

pytestmark = pytest.mark.django_db


def _request_form(**changes: Any) -> dict[str, Any]:
    return {"title": "Sassy", "author": "Draper, Sharon M.", "isbn": "0545071518", "format": "book",
            "pickup": make.branch("BA").pk} | changes  # fmt: skip


def test_what_the_library_has_is_said_before_a_request_is_taken(selector: Client, post: Post, at: Setting) -> None:
    order = make.placed_order(at)
    answer = post("request_new", **_request_form())
    assert answer.status_code == 422
    assert f"3 copies on order ({order.number})" in answer.content.decode()
    assert PurchaseRequest.objects.count() == 0
    post("request_new", **_request_form(anyway="on"))
    assert PurchaseRequest.objects.get().title == "Sassy"


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"title": ""}, "required"), ({"isbn": "0545071519"}, "is not an ISBN"),
    ({"card": "999"}, "No patron has this card"),
])  # fmt: skip
def test_requests_that_can_not_be_taken(selector: Client, post: Post, changes: dict[str, str], sentence: str) -> None:
    answer = post("request_new", **_request_form(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_request_is_ordered_with_its_hold(selector: Client, post: Post, at: Setting) -> None:
    patron = Patron.objects.create(card="21234000012345", name="Ruth Reader", branch=make.branch("BA"))
    post("request_new", **_request_form(card=patron.card))
    asked = PurchaseRequest.objects.get()
    page = selector.get(reverse("acquisitions:request_order", args=[asked.pk])).content.decode()
    assert 'value="9780545071512"' in page
    assert f'<option value="{at.vendor.pk}" selected>' in page  # the only one there is
    terms = {
        "vendor": at.vendor.pk,
        "list_price": "14.99",
        "quantity": "1",
        "branch": make.branch("BA").pk,
        "fund": at.juvenile.pk,
    }
    assert post("request_order", asked.pk, **terms | {"list_price": ""}).status_code == 422
    post("request_order", asked.pk, **terms, isbn="9780545071512")
    asked.refresh_from_db()
    assert asked.state == "ordered"
    assert Hold.objects.get().patron == patron
    assert OrderCopy.objects.get().fund == at.juvenile


def test_requests_are_approved_together_and_declined_with_a_reason(selector: Client, post: Post, at: Setting) -> None:
    asked = [
        requests.submit_request(Asked(f"Book {n}"), patron=None, pickup=make.branch("BA"), actor=at.selector)
        for n in range(3)
    ]
    requests.approve_request(asked[0].pk, actor=at.selector)
    answer = post("requests_approve", ids=[one.pk for one in asked])
    page = selector.get(answer.headers["Location"]).content.decode()
    assert "can&#x27;t approve, it is approved" in page
    assert PurchaseRequest.objects.filter(state="approved").count() == 3
    assert post("request_decline", asked[1].pk, reason="").status_code == 422
    post("request_decline", asked[1].pk, reason="We have it as an e-book.")
    assert PurchaseRequest.objects.get(pk=asked[1].pk).state == "declined"
