"""How a person is told that a title is here already, or coming."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What the library has of a title like the one wanted. `sure` is False when only some facts agree."""

    record_id: int
    title: str
    sure: bool
    reasons: tuple[str, ...] = ()
    owned: int = 0
    on_order: int = 0
    waiting: int = 0
    orders: tuple[str, ...] = ()


def words(standing: Standing) -> str:
    """ "2 copies owned, 8 on order (PO-2026-00003), 5 holds wait." for a title that is known."""
    parts = []
    if standing.owned:
        parts.append(f"{copies(standing.owned)} owned")
    if standing.on_order:
        where = f" ({', '.join(standing.orders)})" if standing.orders else ""
        parts.append(f"{standing.on_order if parts else copies(standing.on_order)} on order{where}")
    if not parts:
        parts.append("in the catalog, no copies")
    if standing.waiting:
        parts.append(f"{standing.waiting} {'hold waits' if standing.waiting == 1 else 'holds wait'}")
    text = ", ".join(parts)
    return f"{text}." if standing.sure else f"Perhaps “{standing.title}”: {text}."


def copies(count: int) -> str:
    return f"{count} copy" if count == 1 else f"{count} copies"
