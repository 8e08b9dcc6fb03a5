"""The house's template tags: icons, badges, money, verbs, the rail, and what forms need."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from techsvc.kernel import clock, queries, slots, uploads
from techsvc.kernel.actions.history import can_undo
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money
from techsvc.kernel.pages import cells, markup, tones
from techsvc.kernel.pages.links import may_open
from techsvc.kernel.pages.paging import AFTER, BEFORE
from techsvc.kernel.slots import NavItem, Panel, Verb

register = template.Library()

UNDO_TAG = re.compile(r"\bundo-(\d+)\b")
# level of a message → (tone, icon)
LEVELS = {"success": ("ok", "check"), "info": ("info", "info"), "warning": ("warn", "half"), "error": ("stop", "stop")}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture of the sprite; with a label when no word stands beside it."""
    return tones.icon(name, label)


@register.simple_tag
def badge(state: object) -> SafeString:
    """A state as icon, word and colour."""
    return tones.badge(state).html


@register.filter
def money(value: Money | int | None, currency: str = "USD") -> str:
    """Money, or minor units of a currency, as people read it."""
    if value is None:
        return cells.NOTHING
    return str(value if isinstance(value, Money) else Money(value, currency))


@register.filter
def barcode(code: object) -> str:
    """A barcode in groups of digits."""
    return cells.grouped(str(code or ""))


@register.filter
def ago(when: datetime | date | None) -> SafeString:
    """How long ago, with the instant itself for who wants to know; a day counts from its beginning."""
    if when is None:
        return SafeString("")
    if not isinstance(when, datetime):
        when = timezone.make_aware(datetime.combine(when, time.min))
    at = clock.now()
    words = (
        _("just now")
        if at - when < timedelta(minutes=1)
        else _("%(span)s ago") % {"span": timesince(when, at, depth=1)}
    )
    return format_html(
        '<time class="ago" datetime="{}" title="{}">{}</time>', when.isoformat(), cells.time_words(when), words
    )


@register.filter
def value(thing: Any, kind: str) -> SafeString:
    """A value written as a column of that kind would write it."""
    return cells.shown(thing, kind)


@register.simple_tag
def submission_key() -> SafeString:
    """The hidden key that makes a form take effect once; every POST form carries one."""
    return markup.submission_key()


@register.simple_tag
def upload_limit() -> dict[str, object]:
    """How long a file may be, in bytes, and what is said of a longer one."""
    return {"bytes": uploads.limit(), "words": uploads.too_long()}


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The page's query with parameters replaced; None or "" drops one. A change of anything goes to the first page."""
    params = context["request"].GET.copy()
    for name, new in {AFTER: "", BEFORE: "", **changes}.items():
        params.pop(name, None)
        if new not in (None, ""):
            params[name] = str(new)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def verb(context: RequestContext, one: Verb, css: str = "") -> SafeString:
    """A verb as a link, or as a form with one button. Letters are its key, shown beside the label."""
    look = css or ("btn-primary" if one.primary else "btn-stop" if one.danger else "btn-plain")
    return markup.verb(one, look, str(context.get("csrf_token", "")))


@register.simple_tag(takes_context=True)
def rows(
    context: RequestContext, made: list[cells.Row], picks: object = False, has_verbs: object = False
) -> SafeString:
    """The lines of a table."""
    token = str(context.get("csrf_token", ""))
    return markup.rows(made, picks=bool(picks), has_verbs=bool(has_verbs), token=token)


@register.filter
def leading(verbs: list[Verb], count: int = 3) -> list[Verb]:
    """The verbs that stand in the open; the primary one last, at the right edge."""
    return sorted(_by_weight(verbs)[:count], key=lambda one: one.primary)


@register.filter
def trailing(verbs: list[Verb], count: int = 3) -> list[Verb]:
    """The verbs behind the dots."""
    return _by_weight(verbs)[count:]


def _by_weight(verbs: list[Verb]) -> list[Verb]:
    return sorted(verbs, key=lambda one: (not one.primary, one.danger))


@register.simple_tag(takes_context=True)
def panel_body(context: RequestContext, panel: Panel) -> SafeString:
    """Another department's panel: its template with its own context, and what every template has."""
    return SafeString(render_to_string(panel.template, panel.context, request=context.get("request")))


@register.inclusion_tag("partials/_rail.html", takes_context=True)
def rail(context: RequestContext) -> dict[str, Any]:
    """The entries that the person may open, the current one marked."""
    request = context.get("request")
    user = getattr(request, "user", None)
    items = slots.nav(user) if user is not None and user.is_authenticated else []
    current = context.get("nav_current", "")
    entries = [(item, _address(item), item.url_name == current) for item in items]
    return {"entries": [entry for entry in entries if entry[1]]}


def _address(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("partials/_toasts.html", takes_context=True)
def toasts(context: RequestContext) -> dict[str, Any]:
    """What there is to tell: (tone, icon, text, id of the history line that can be undone)."""
    request = context.get("request")
    shown = []
    for message in get_messages(request) if request is not None else ():
        tone, picture = LEVELS.get(message.level_tag, LEVELS["info"])
        found = UNDO_TAG.search(message.extra_tags or "")
        shown.append({"tone": tone, "icon": picture, "text": message.message, "undo": found[1] if found else ""})
    return {"toasts": shown, "csrf_token": context.get("csrf_token"), "request": request}


@register.simple_tag(takes_context=True)
def lines(context: RequestContext, table: cells.Table) -> list[cells.Row]:
    """The rows of a table, with links only to what the person may open."""
    user = context["request"].user
    return table.lines(lambda url: may_open(user, url))


@register.filter
def opens(user: User, url: str) -> bool:
    """Whether the person may follow the link: {% if user|opens:fund.get_absolute_url %}."""
    return may_open(user, url)


@register.filter
def time_left(job: Job) -> str:
    """How long a job will still take, in words; "" when nobody can say."""
    left, now = queries.time_left(job), clock.now()
    if left is None:
        return ""
    return timesince(now, now + left, depth=1) if left >= timedelta(minutes=1) else _("less than a minute")


@register.filter
def undoable(event: HistoryEvent) -> bool:
    """Whether the line of history has an undo that nobody used yet."""
    return can_undo(event)


@register.filter
def changes(event: HistoryEvent) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of everything that a line of history changed."""
    return queries.changes_of(event)
