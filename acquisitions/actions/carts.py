"""Vendors' carts: kept as they came, read, looked through, mapped, and thrown away or ordered (ordering.order_cart)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.models.carts import Cart, CartCopy, CartTitle
from acquisitions.models.vendors import Vendor
from acquisitions.queries.carts import titles_on_order
from acquisitions.rules.lifecycle import CART, CartState
from acquisitions.rules.prices import checked
from cataloging.marc import orderdata
from cataloging.marc.orderdata import OrderProfile
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import exchange, history
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.identifiers import isbn13
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

KIND = "cart"
LONGEST_NUMBER = 20
LARGEST_MB = 20  # some 25,000 titles; a week's cart of a big system has 500


class AlreadyUploaded(Refusal):
    """The same bytes are a cart already."""

    def __init__(self, text: str, cart: Cart) -> None:
        super().__init__(text, field="file")
        self.cart = cart


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def upload_cart(vendor: Vendor, name: str, body: bytes, *, actor: User) -> Cart:
    """Keep the file, then read it as a cart of this vendor.

    Refuses files that are too big or a cart already, and those that can't be read (BadInput). Keeping and reading are
    transactions of their own: whatever is wrong with the file, it is kept, and stands on the list of incoming files
    with the reason. Who calls this inside a transaction lets that commit when a refusal comes.
    """
    incoming = keep_file(name, body, actor=actor)
    try:
        return read_file(incoming.pk, vendor=vendor, name=name, actor=actor)
    except BadInput as fault:
        _refuse(incoming, fault)
        raise


@transaction.atomic
def keep_file(name: str, body: bytes, *, actor: User) -> Incoming:
    """Keep the bytes of a cart as they came."""
    access.require(actor, "acquisitions.draft_orders")
    if len(body) > LARGEST_MB * 1_000_000:
        raise Refusal(
            _(
                "%(name)s has %(size).1f MB; a cart may have %(most)d MB. Divide it on the vendor's site, or load it "
                "as records."
            )
            % {"name": name, "size": len(body) / 1_000_000, "most": LARGEST_MB},
            field="file",
        )
    incoming, _fresh = exchange.upload(name, body, kind=KIND)
    return incoming


@transaction.atomic
def _refuse(incoming: Incoming, fault: BadInput) -> None:
    exchange.end_reading(incoming, IncomingState.REFUSED, fault=fault.text)


@transaction.atomic
def read_file(incoming_id: int, *, vendor: Vendor, name: str, actor: User) -> Cart:
    """Read a kept file as a cart. A discarded cart of the same file is read anew; another is not read twice."""
    access.require(actor, "acquisitions.draft_orders")
    incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    first = Cart.objects.select_related("vendor", "order").filter(incoming=incoming).first()
    if first is not None and first.state != CartState.DISCARDED:
        raise AlreadyUploaded(_already(first), first)
    titles = orderdata.read_cart(bytes(incoming.body), profile_of(vendor))
    cart = first or Cart(incoming=incoming)
    before = {"state": cart.state} if first else {}
    cart.vendor, cart.name, cart.state = vendor, name[:200], CartState.PREVIEW
    cart.uploaded_by, cart.uploaded_at = actor, clock.now()
    cart.save()
    cart.titles.all().delete()
    _keep_titles(cart, titles)
    exchange.end_reading(incoming, IncomingState.READ)
    history.write(
        cart, "acquisitions.upload_cart", actor=actor, before=before, after={"state": cart.state},
        summary=ngettext("%(n)d title read from %(name)s", "%(n)d titles read from %(name)s", len(titles))
        % {"n": len(titles), "name": cart.name},
    )  # fmt: skip
    return cart


def _already(first: Cart) -> str:
    day = date_format(first.uploaded_at, "j M Y")
    words = {"day": day, "cart": first.name, "vendor": first.vendor, "order": first.order}
    if first.order is None:
        return _(
            "This file was uploaded on %(day)s as cart “%(cart)s” of %(vendor)s and is not ordered yet. Go on with "
            "that cart, or discard it first."
        ) % words  # fmt: skip
    count = titles_on_order(first)
    return ngettext(
        "This file was uploaded on %(day)s as cart “%(cart)s” and ordered as %(order)s; %(n)d of its titles is "
        "already on order. Open that order, or download a new cart.",
        "This file was uploaded on %(day)s as cart “%(cart)s” and ordered as %(order)s; %(n)d of its titles are "
        "already on order. Open that order, or download a new cart.",
        count,
    ) % (words | {"n": count})


def profile_of(vendor: Vendor) -> OrderProfile:
    """Where this vendor's records carry order data; what is not set is as most vendors do it."""
    known = {one.name for one in fields(OrderProfile)}
    return OrderProfile(**{name: str(code) for name, code in vendor.cart_profile.items() if name in known})


def _keep_titles(cart: Cart, titles: Sequence[orderdata.CartTitle]) -> None:
    """Rows of the titles as they were read; one from which nothing could be taken is left out."""
    rows = CartTitle.objects.bulk_create(
        [
            CartTitle(
                cart=cart,
                position=title.position,
                offset=title.offset,
                length=len(title.raw),
                title=title.title,
                author=title.author,
                isbn=title.isbn13,
                list_price=title.price,
                order_number=title.order_number if len(title.order_number) <= LONGEST_NUMBER else "",
                faults=title.faults,
                left_out=not title.copies,
            )
            for title in titles
        ],
        batch_size=500,
    )
    CartCopy.objects.bulk_create(
        [_copies(row, copies) for row, title in zip(rows, titles, strict=True) for copies in title.copies],
        batch_size=1000,
    )


def _copies(title: CartTitle, copies: orderdata.OrderedCopies) -> CartCopy:
    return CartCopy(
        title=title,
        branch_code=copies.branch[:60],
        fund_code=copies.fund[:60],
        collection_code=copies.collection[:60],
        item_type_code=copies.item_type[:60],
        quantity=copies.quantity,
        price=copies.price,
    )


# ── Looking through ──────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def leave_out(title_id: int, *, actor: User) -> CartTitle:
    """Don't order this title."""
    return _set_left_out(title_id, True, actor=actor)


@transaction.atomic
def put_back(title_id: int, *, actor: User) -> CartTitle:
    """Order this title after all. Refuses one from which no copies could be read."""
    return _set_left_out(title_id, False, actor=actor)


def _set_left_out(title_id: int, left_out: bool, *, actor: User, undoes: HistoryEvent | None = None) -> CartTitle:
    title = _open_title(title_id, actor)
    if not left_out and not title.copies.exists():
        raise Refusal(
            _("Record %(n)d has no copies that could be read, so it can't be ordered from this cart. Order it by hand.")
            % {"n": title.position}
        )
    title.left_out = left_out
    title.save(update_fields=["left_out"])
    words = {"title": title.title or _("record %(n)d") % {"n": title.position}}
    history.write(
        title.cart,
        "acquisitions.leave_out" if undoes is None else "acquisitions.undo_leave_out",
        actor=actor,
        summary=(_("Left out: %(title)s") if left_out else _("Put back: %(title)s")) % words,
        before={"title": title.pk, "left_out": not left_out},
        after={"title": title.pk, "left_out": left_out},
        undoes=undoes,
    )
    return title


def undo_leave_out(event: HistoryEvent, *, actor: User) -> CartTitle:
    """Put back what was left out, or the other way round."""
    return _set_left_out(event.before["title"], event.before["left_out"], actor=actor, undoes=event)


@transaction.atomic
def complete_title(
    title_id: int, *, list_price: Decimal | None, isbn: str = "", name: str = "", actor: User
) -> CartTitle:
    """Type in what the record lacks: the price of a copy, the ISBN, the title. Refuses a wrong price or ISBN."""
    title = _open_title(title_id, actor)
    changes: dict[str, Any] = {}
    if list_price is not None:
        changes["list_price"] = checked(list_price)
    if isbn.strip():
        number = isbn13(isbn)
        if number is None:
            raise Refusal(
                _("“%(isbn)s” is not an ISBN: its check digit or length is wrong. Copy it from the title's page again.")
                % {"isbn": isbn[:40]},
                field="isbn",
            )
        changes["isbn"] = number
    if name.strip():
        changes["title"] = " ".join(name.split())
    if not changes:
        raise Refusal(_("Nothing was typed in. Enter the price."), field="list_price")
    before = {key: str(getattr(title, key) or "") for key in changes}
    for key, value in changes.items():
        setattr(title, key, value)
    title.save(update_fields=list(changes))
    history.write(
        title.cart,
        "acquisitions.complete_title",
        actor=actor,
        summary=_("Record %(n)d completed") % {"n": title.position},
        before=before,
        after={key: str(value) for key, value in changes.items()},
    )
    return title


def _open_title(title_id: int, actor: User) -> CartTitle:
    access.require(actor, "acquisitions.draft_orders")
    title = CartTitle.objects.select_for_update(of=("self",)).select_related("cart").get(pk=title_id)
    if title.cart.state != CartState.PREVIEW:
        raise Refusal(
            _("This cart is %(state)s: its titles can't be changed any more. Order what is missing by hand.")
            % {"state": states.words(CartState(title.cart.state))}
        )
    return title


@transaction.atomic
def discard_cart(cart_id: int, *, actor: User) -> Cart:
    """Throw a cart away without ordering it; the file stays, and can be uploaded again."""
    return _move(cart_id, "discard", _("Discarded"), actor=actor)


def undo_discard(event: HistoryEvent, *, actor: User) -> Cart:
    return _move(int(event.subject_id), "reopen", _("Looked at again"), actor=actor, undoes=event)


def _move(cart_id: int, verb: str, summary: str, *, actor: User, undoes: HistoryEvent | None = None) -> Cart:
    access.require(actor, "acquisitions.draft_orders")
    cart = Cart.objects.select_for_update().get(pk=cart_id)
    before = cart.state
    cart.state = states.move(CART, CartState(before), verb, what=_("Cart “%(name)s”") % {"name": cart.name})
    cart.save(update_fields=["state"])
    history.write(
        cart, f"acquisitions.{verb}_cart", actor=actor, summary=summary,
        before={"state": before}, after={"state": str(cart.state)}, undoes=undoes,
    )  # fmt: skip
    return cart
