"""Links: whether the person who looks may open the page that an address leads to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve

from techsvc.kernel import access

if TYPE_CHECKING:
    from techsvc.kernel.models.history import HistoryEvent
    from techsvc.kernel.models.people import User

# What differs between the addresses of one kind of page: keys, whole or as UUIDs.
KEYS = re.compile(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/)")
NOWHERE = ""
_rights: dict[tuple[str | None, str], str] = {}


def right_of(url: str) -> str:
    """The right that the page at this path asks for; "" when there is no page. Each kind of page is looked up once."""
    path = url.partition("?")[0].partition("#")[0]
    kind = (get_urlconf(), KEYS.sub("/0", path))
    if kind not in _rights:
        _rights[kind] = _looked_up(path)
    return _rights[kind]


def _looked_up(path: str) -> str:
    try:
        view = resolve(path).func
    except Resolver404:
        return NOWHERE
    return str(getattr(getattr(view, "view_class", view), "permission", access.ANY_STAFF))


def may_open(user: User, url: str) -> bool:
    """Whether the person may follow the link. Other sites, and places on the same page, are anybody's."""
    if not url.startswith("/") or url.startswith("//"):
        return True
    right = right_of(url)
    return right != NOWHERE and access.allowed(user, right)


def home_of(thing: Any) -> str:
    """The page of a thing, if it has one."""
    return thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else ""


def page_of(event: HistoryEvent) -> str:
    """The address of what a line of history is about, made from its key alone; "" for things without a page."""
    model = ContentType.objects.get_for_id(event.subject_type_id).model_class()
    try:
        return home_of(model(pk=event.subject_id)) if model is not None else ""
    except NoReverseMatch:
        return ""
