"""The page of one thing: facts, tables, what other departments add, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from techsvc.kernel import queries, slots
from techsvc.kernel.pages.base import ObjectPage
from techsvc.kernel.pages.cells import Fact, Table
from techsvc.kernel.slots import Verb

M = TypeVar("M", bound=Model)
HISTORY_SHOWN = 30


class DetailPage(ObjectPage[M], Generic[M]):
    """One thing. `kind` names it for the slots that other departments fill ("cataloging.record")."""

    template = "generic/detail.html"
    kind: ClassVar[str] = ""
    remembered = True

    def page_title(self) -> str:
        return str(self.title or self.object)

    def state(self, thing: M) -> str | None:
        """The state shown as a badge beside the title."""
        return None

    def key_facts(self, thing: M) -> Sequence[Fact]:
        """The two to four facts that are read first, in the header."""
        return ()

    def facts(self, thing: M) -> Sequence[Fact]:
        return ()

    def tables(self, thing: M) -> Sequence[Table]:
        return ()

    def own_verbs(self, thing: M) -> Sequence[Verb]:
        """What this department can do with the thing; others add theirs through the slot."""
        return ()

    def verbs(self) -> list[Verb]:
        return [*self.own_verbs(self.object), *slots.verbs(self.kind, self.object, self.user)]

    def context(self) -> dict[str, Any]:
        thing = self.object
        return super().context() | {
            "object": thing,
            "state": self.state(thing),
            "key_facts": self._told(self.key_facts(thing)),
            "facts": self._told(self.facts(thing)),
            "tables": self.tables(thing),
            "panels": slots.panels(self.kind, thing, self.user),
            "history": queries.history_of(thing)[:HISTORY_SHOWN],
            "may_undo": self.may("kernel.undo"),
        }

    def _told(self, facts: Iterable[Fact]) -> list[Fact]:
        """The facts that say something, without links to what the person may not open."""
        given = [fact for fact in facts if fact.given]
        return [fact if self.opens(fact.url) else replace(fact, url="") for fact in given]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()
