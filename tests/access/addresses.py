"""Every address of the house, as the URLconf has them: what is added there is walked without further ado."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from techsvc.kernel.pages import Page
from techsvc.kernel.pages.base import ObjectPage
from tests.access.filling import FILL
from tests.access.library import Library

# Addresses that are no page of the house: who may use them is said beside their own tests.
NO_PAGES = {"healthz", "readyz", "login", "logout"}


@dataclass(frozen=True)
class Address:
    """One named address: its view class, and the names of what its path carries."""

    name: str
    view: Any
    carries: frozenset[str]

    @property
    def permission(self) -> str:
        return str(self.view.permission)

    @property
    def methods(self) -> tuple[str, ...]:
        """What it answers; an act without a question has a GET that says so (405)."""
        return tuple(method for method in ("get", "post") if hasattr(self.view, method))

    def is_a(self, kind: type) -> bool:
        return isinstance(self.view, type) and issubclass(self.view, kind)

    def urls(self, library: Library) -> list[str]:
        """The address of each thing of the library that the table names for it."""
        return [reverse(self.name, kwargs=kwargs) for kwargs in self.kwargs(library)]

    def kwargs(self, library: Library) -> list[dict[str, Any]]:
        """What the path carries, for each thing; refuses, in words, an address that the table does not know."""
        if not self.carries:
            return [{}]
        assert self.name in FILL, (
            f"{self.name} carries {sorted(self.carries)}: say in tests/access/filling.py which things of "
            "tests/access/library.py it is opened with."
        )
        return FILL[self.name](library)


def walk(
    resolver: URLResolver | None = None, space: str = "", carried: frozenset[str] = frozenset()
) -> Iterator[Address]:
    """Every address but those of Django's admin."""
    for pattern in (resolver or get_resolver()).url_patterns:
        carries = carried | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from walk(pattern, f"{pattern.namespace}:" if pattern.namespace else space, carries)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", getattr(pattern.callback, "view_class", pattern.callback), carries)


ADDRESSES = {address.name: address for address in walk()}
PAGES = [address for name, address in sorted(ADDRESSES.items()) if name not in NO_PAGES]


def of_kind(kind: type[Page]) -> list[Address]:
    return [address for address in PAGES if address.is_a(kind)]


def limited_by_branch() -> list[Address]:
    """Pages about a thing of a branch, whose right may be limited to the person's own."""
    return [page for page in of_kind(ObjectPage) if page.view.branch_of is not ObjectPage.branch_of]
