"""The style page: every part that pages are made of, in every state, drawn by the very templates that pages use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.pages import Fact, Submits, toast, tones
from techsvc.kernel.slots import Tile, Verb
from techsvc.kernel.views import specimens
from techsvc.kernel.views.previews import Preview
from techsvc.kernel.views.specimens import NOWHERE

# name of the token → what it is for
COLOURS = {
    "paper": gettext_lazy("the page"),
    "surface": gettext_lazy("cards, tables, fields"),
    "raised": gettext_lazy("heads of tables, what the pointer is over"),
    "line": gettext_lazy("hairlines"),
    "line-strong": gettext_lazy("edges of fields and buttons"),
    "ink": gettext_lazy("text"),
    "ink-2": gettext_lazy("secondary text"),
    "accent": gettext_lazy("links, the primary button, the focus"),
    "accent-strong": gettext_lazy("the same under the pointer"),
    "accent-soft": gettext_lazy("the current row, the current room"),
    "ok": gettext_lazy("done, right"),
    "warn": gettext_lazy("done, but look"),
    "stop": gettext_lazy("refused, put aside"),
    "info": gettext_lazy("under way"),
    "idle": gettext_lazy("at rest"),
}
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s8", "s12")
TOASTS = (
    {"tone": "ok", "icon": "check", "text": gettext_lazy("The Women was received for Central."), "undo": 1},
    {"tone": "warn", "icon": "half", "text": gettext_lazy("Nothing was chosen. Tick the rows first."), "undo": ""},
    {"tone": "stop", "icon": "stop", "text": gettext_lazy("Central can't be closed: 3 holds wait there."), "undo": ""},
)
ERRORS = (
    ("page", gettext_lazy("Barcode"), gettext_lazy("3 1234 0000 1234 6 has a wrong check digit. Scan it again.")),
    ("", "", gettext_lazy("The fund ADU-FIC would be overspent by $12.62. Choose another, or ask for money.")),
)


class Style(Submits):
    """Every part in every state. What is pressed here does nothing, and says so."""

    permission, template = access.ANY_STAFF, "kernel/style.html"
    title, nav = gettext_lazy("How pages look"), "kernel:console"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))] if self.may("kernel.console") else []

    def verbs(self) -> list[Verb]:
        return [
            Verb(_("Primary verb"), NOWHERE, key="p", primary=True, icon="check"),
            Verb(_("Plain verb"), NOWHERE, key="v", icon="print"),
            Verb(_("Stopping verb"), reverse("kernel:style"), method="post", danger=True, icon="cancel"),
            Verb(_("Another verb"), NOWHERE),
        ]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(still=True, **_foundations(), **_parts(self.user), **_kinds(request, self.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        toast(request, _("This page only shows. Nothing was done."), level="info")
        return self.go(reverse("kernel:style"))


def pictures() -> list[str]:
    """The names of the sprite's icons."""
    sprite = finders.find("img/icons.svg")
    return re.findall(r'<symbol id="([a-z]+)"', Path(sprite).read_text(encoding="utf-8")) if sprite else []


def _foundations() -> dict[str, Any]:
    """Colours, measures, icons, states."""
    by_tone = sorted(tones.TONES, key=lambda state: (list(tones.ICONS).index(tones.TONES[state][0]), state))
    return {
        "state": "active",
        "key_facts": specimens.KEY_FACTS,
        "colours": COLOURS.items(),
        "spaces": SPACES,
        "pictures": pictures(),
        "states": by_tone,
        "values": [Fact(one.label, one.of(row), one.kind) for row in _rows() for one in specimens.COLUMNS],
    }


def _rows() -> list[Any]:
    """Two rows, one of each kind of value."""
    return [Role(pk=0), Role(pk=1)]


def _parts(user: User) -> dict[str, Any]:
    """What pages put together."""
    return {
        "tones": tones.ICONS.items(),
        "toast_specimens": TOASTS,
        "errors": ERRORS,
        "tiles": [
            Tile(_("Receive"), NOWHERE, 3, specimens.AT, icon="receive"),
            Tile(_("Late orders"), NOWHERE, 12, specimens.AT, tone="warn", icon="order"),
            Tile(_("Invoices to match"), NOWHERE, 1205, None, "$4,102.77", icon="invoice"),
        ],
        "facts": specimens.FACTS,
        "history": specimens.history(user),
        "may_undo": True,
        "jobs": specimens.jobs(user),
        "empty_verb": Verb(_("New order"), NOWHERE),
        "results": specimens.results(),
        "preview": Preview(_("Spine label"), "", [(1, static("img/mark.svg"))]),
        "done_text": _("41 lines were claimed."),
        "failures": [(_("Line 2026-0412/7"), NOWHERE, _("It was cancelled on 3 March. Reopen it first."))],
    }


KINDS = (
    ("list", gettext_lazy("List"), specimens.SpecimenList),
    ("detail", gettext_lazy("Detail"), specimens.SpecimenDetail),
    ("form", gettext_lazy("Form"), specimens.SpecimenForms),
    ("question", gettext_lazy("Question"), specimens.SpecimenQuestion),
    ("bench", gettext_lazy("Bench"), specimens.SpecimenBench),
    ("report", gettext_lazy("Report"), specimens.SpecimenReport),
)


def _kinds(request: HttpRequest, user: User) -> dict[str, Any]:
    """A page of every kind."""
    return {"kinds": [(name, label, specimens.drawn(view, request, pk=user.pk)) for name, label, view in KINDS]}
