"""Which items an order line is for: asked here, answered by the department that orders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

# numbers of order lines, as vendors repeat them → the items that were ordered with each
Resolver = Callable[[Collection[str]], Mapping[str, Collection[int]]]

_resolvers: list[Resolver] = []


def resolve_with(resolver: Resolver) -> None:
    """Say who knows order lines; called from a department's declarations."""
    _resolvers.append(resolver)


def items_of_lines(numbers: Collection[str]) -> dict[str, set[int]]:
    """Line number → keys of its items, for those that anybody knows."""
    found: dict[str, set[int]] = {}
    if numbers:
        for resolver in _resolvers:
            for number, items in resolver(numbers).items():
                found.setdefault(number, set()).update(items)
    return found
