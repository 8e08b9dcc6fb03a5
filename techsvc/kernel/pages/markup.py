"""The HTML of rows and verbs. It is written here and not in a template because a long list makes thousands of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from techsvc.kernel.pages import tones

if TYPE_CHECKING:
    from techsvc.kernel.pages.cells import Row
    from techsvc.kernel.slots import Verb


def submission_key() -> SafeString:
    """The hidden key that makes a form take effect once; every POST form carries one."""
    return SafeString(f'<input type="hidden" name="_key" value="{uuid.uuid4()}">')


def verb(one: Verb, look: str, token: str) -> SafeString:
    """A verb as a link, or as a form with one button; `token` is the request's CSRF token."""
    key = escape(one.key)
    pressed = f' data-key="{key}" aria-keyshortcuts="{key}"' if key else ""
    hint = f'<kbd aria-hidden="true">{key.upper()}</kbd>' if key else ""
    face = f"{tones.icon(one.icon) if one.icon else ''}{escape(one.label)}{hint}"
    if one.method != "post":
        return SafeString(f'<a class="btn {look}" href="{escape(one.url)}"{pressed}>{face}</a>')
    hidden = f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(token)}">{submission_key()}'
    button = f'<button type="submit" class="btn {look}"{pressed}>{face}</button>'
    return SafeString(f'<form method="post" action="{escape(one.url)}" class="inline-form">{hidden}{button}</form>')


def rows(made: Iterable[Row], *, picks: bool, has_verbs: bool, token: str) -> SafeString:
    """The lines of a table: with a box to choose each where `picks`, with their verbs where `has_verbs`."""
    choose = escape(_("Choose this row"))
    return SafeString("".join(_row(one, choose if picks else "", has_verbs, token) for one in made))


def _row(one: Row, choose: str, has_verbs: bool, token: str) -> str:
    cells = [f'<td class="{css}">{html}</td>' if css else f"<td>{html}</td>" for css, html in one.cells]
    if choose:
        box = f'<input type="checkbox" name="ids" value="{escape(one.pk)}" form="chosen">'
        cells.insert(0, f'<td class="pick"><label>{box}<span class="unseen">{choose}</span></label></td>')
    if has_verbs:
        verbs = "".join(verb(each, "btn-plain btn-row", token) for each in one.verbs)
        cells.append(f'<td class="row-verbs"><span>{verbs}</span></td>')
    link = f' data-href="{escape(one.url)}"' if one.url else ""
    return f"<tr{link}>{''.join(cells)}</tr>\n"
