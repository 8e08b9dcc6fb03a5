"""What waits to be decided or ordered, and what a typed number or name finds among orders, vendors and funds."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from acquisitions.models.carts import Cart
from acquisitions.models.funds import Fund
from acquisitions.models.orders import Order
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


def found(text: str) -> Iterator[Order | Vendor | Fund | PurchaseRequest]:
    """Orders and requests by number, vendors and funds by name or code."""
    if len(text) < SHORTEST:
        return
    yield from Order.objects.filter(number__iendswith=text).select_related("vendor")[:HITS]
    yield from PurchaseRequest.objects.filter(number__iexact=text)[:HITS]
    yield from Vendor.objects.filter(Q(name__icontains=text) | Q(code__iexact=text))[:HITS]
    yield from Fund.objects.filter(Q(code__istartswith=text) | Q(name__icontains=text))[:HITS]
