"""What waits to be decided or ordered, and what a typed number or name finds among orders, vendors and funds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from acquisitions.models.carts import Cart
from acquisitions.models.funds import Fund
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.models.requests import PurchaseRequest
from acquisitions.models.vendors import Vendor
from acquisitions.queries.orders import not_sent, only_late
from acquisitions.rules.lifecycle import CartState, RequestState

HITS = 5
SHORTEST = 2


def requests_to_decide() -> QuerySet[PurchaseRequest]:
    return PurchaseRequest.objects.filter(state=RequestState.ASKED)


def requests_to_order() -> QuerySet[PurchaseRequest]:
    return PurchaseRequest.objects.filter(state=RequestState.APPROVED)


def carts_to_order() -> QuerySet[Cart]:
    return Cart.objects.filter(state=CartState.PREVIEW)


def orders_not_sent() -> QuerySet[Order]:
    return not_sent(Order.objects.all())


def orders_late() -> QuerySet[Order]:
    return only_late(Order.objects.all())


def found(text: str) -> Iterator[Order | Cart | Vendor | Fund | PurchaseRequest]:
    """Orders by part of their number, requests by title as well, carts by file, vendors and funds by name or code."""
    if len(text) < SHORTEST:
        return
    yield from Order.objects.filter(number__icontains=text).select_related("vendor")[:HITS]
    yield from Cart.objects.filter(name__icontains=text).select_related("vendor")[:HITS]
    yield from PurchaseRequest.objects.filter(Q(number__icontains=text) | Q(title__icontains=text))[:HITS]
    yield from Vendor.objects.filter(Q(name__icontains=text) | Q(code__iexact=text))[:HITS]
    yield from Fund.objects.filter(Q(code__istartswith=text) | Q(name__icontains=text))[:HITS]


def only_vendor() -> dict[str, Any]:
    """The vendor, where the library buys from one alone."""
    active = Vendor.objects.filter(active=True).values_list("pk", flat=True)[:2]
    return {"vendor": active[0]} if len(active) == 1 else {}


def usual_terms(request: PurchaseRequest) -> dict[str, Any]:
    """What a request is most likely ordered on: as the last request of its format, at the price that its ISBN had last.

    Values for the fields of the order form; what is not known is left out. Three queries at most.
    """
    asked = OrderCopy.objects.filter(line__request__format=request.format, line__order__vendor__active=True)
    last = asked.select_related("line__order").order_by("-line_id", "number").first()
    price = OrderLine.objects.filter(isbn=request.isbn).order_by("-pk").values_list("list_price", flat=True).first()
    terms: dict[str, Any] = only_vendor() if last is None else {}
    if last is not None:
        terms |= {
            "vendor": last.line.order.vendor_id,
            "fund": last.fund_id,
            "collection": last.collection_id,
            "item_type": last.item_type_id,
        }
    return terms | ({"list_price": price.normalize()} if price and request.isbn else {})
