"""The one box: a code leads to its thing, words lead to whatever every department finds for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from techsvc.kernel import slots
from techsvc.kernel.models.people import User
from techsvc.kernel.pages.links import may_open
from techsvc.kernel.slots import Hit, Verb
from techsvc.workroom.queries import places, scans

SHORTEST = 2  # characters; fewer would find everything
EACH = 5  # hits of one kind that the palette shows


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a text leads to; `sentence` and `verbs` say what to do when a code is not known."""

    text: str
    hits: tuple[Hit, ...] = ()
    sentence: str = ""
    verbs: tuple[Verb, ...] = ()

    @property
    def only(self) -> Hit | None:
        """The hit to go to without asking."""
        return self.hits[0] if len(self.hits) == 1 and len(self.text) >= SHORTEST else None

    def groups(self) -> list[tuple[str, list[Hit]]]:
        """Hits by kind, kinds in the order of their first hit."""
        return grouped(self.hits)


def find(text: str, user: User) -> Found:
    """What the text leads this person to. A code that names something is not searched for as a word.

    No text, or a single letter, leads to the places where the person may go.
    """
    if len(text) < SHORTEST:
        return Found(text, _openable(list(places.pages(text, user)), user))
    reading = scans.read(text, user)
    hits = list(reading.hits) or sorted(slots.search(text, user), key=lambda hit: rank(text, hit))
    return Found(text, _openable(hits, user), reading.sentence, reading.verbs)


def grouped(hits: Iterable[Hit]) -> list[tuple[str, list[Hit]]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(str(hit.kind), []).append(hit)
    return list(found.items())


def shortened(found: Found) -> tuple[Hit, ...]:
    """The first hits of each kind; all of the places when nothing was asked for."""
    if len(found.text) < SHORTEST:
        return found.hits
    return tuple(hit for _kind, hits in found.groups() for hit in hits[:EACH])


def rank(text: str, hit: Hit) -> int:
    """How well a hit answers: its very name or number, its beginning, beginnings of its words, anywhere."""
    asked, label = text.casefold(), str(hit.label).casefold()
    if asked == label or asked in hit.detail.casefold().split(" · "):
        return 0
    if label.startswith(asked):
        return 1
    return 2 if places.begin_words(asked, label) else 3


def _openable(hits: list[Hit], user: User) -> tuple[Hit, ...]:
    """Each address once, of those that the person may open."""
    once: dict[str, Hit] = {}
    for hit in hits:
        once.setdefault(hit.url, hit)
    return tuple(hit for hit in once.values() if may_open(user, hit.url))
