"""How states look: one table from the state's word to a tone, which departments extend in `ready()`.

A tone is a colour with an icon; a badge always shows the icon and the word as well as the colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from techsvc.kernel import states

# tone → the icon that stands for it when a state names none of its own
ICONS = {"ok": "check", "warn": "half", "stop": "stop", "info": "clock", "idle": "idle"}

TONES: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as it is shown: tone (ok, warn, stop, info, idle), icon of the sprite, words."""

    tone: str
    icon: str
    words: str

    @property
    def html(self) -> SafeString:
        return SafeString(f'<span class="badge-state tone-{self.tone}">{icon(self.icon)}{escape(self.words)}</span>')


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """A picture of the sprite; with a label when no word stands beside it."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    sprite = escape(static("img/icons.svg"))
    return SafeString(
        f'<svg class="icon" width="18" height="18" {spoken} focusable="false"><use href="{sprite}#{name}"></use></svg>'
    )


def register(table: Mapping[str, str | tuple[str, str]]) -> None:
    """Add states: {"claimed": "warn", "on_order": ("info", "truck")}.

    The same word has one look in the whole house: a second, different entry raises ValueError.
    """
    for state, look in table.items():
        tone, icon = look if isinstance(look, tuple) else (look, ICONS.get(look, ""))
        if tone not in ICONS:
            raise ValueError(f"{state}: unknown tone {tone!r}; known are {', '.join(ICONS)}")
        if TONES.setdefault(state, (tone, icon)) != (tone, icon):
            raise ValueError(f"{state}: already shown as {TONES[state]}, can't be {(tone, icon)} as well")


def badge(state: object) -> Badge:
    """The look of a state; one that nobody registered is shown plainly, never hidden."""
    word = str(state)
    tone, icon = TONES.get(word, ("idle", ICONS["idle"]))
    # State words are translated where the departments' catalogues list them.
    words = _(states.spoken(word))
    return Badge(tone, icon, words[:1].upper() + words[1:])


# The words that every department uses; each adds its own.
_COMMON = {
    "ok": "active open available received done paid approved accepted confirmed sent yes",
    "warn": "late overdue held changed partly_received exception paused missing",
    "stop": "refused rejected failed dead lost damaged",
    "info": "waiting running sending placed requested in_process submitted entered",
    "idle": "draft closed cancelled withdrawn inactive no unknown",
}
for _tone, _words in _COMMON.items():
    register(dict.fromkeys(_words.split(), _tone))
register(dict.fromkeys(("on_order", "shipped", "in_transit"), ("info", "truck")))
