"""Keyset paging: a page begins after a row, or ends before one, that the address names.

However deep the page lies it costs the same, and rows that come or go meanwhile make nobody miss one or see it twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.translation import gettext as _

AFTER, BEFORE = "after", "before"
NO_ROW = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Term:
    """One expression that rows are sorted by. Rows that have nothing there come last, whichever way it is sorted."""

    path: str
    field: Field[Any, Any]
    descending: bool
    nullable: bool

    def order(self, *, backward: bool) -> OrderBy:
        return OrderBy(
            F(self.path),
            descending=self.descending != backward,
            nulls_first=(self.nullable and backward) or None,
            nulls_last=(self.nullable and not backward) or None,
        )

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True} if value is None else {self.path: value})

    def beyond(self, value: Any, *, backward: bool) -> Q:
        """What comes after the value, or before it."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backward else NO_ROW
        later = Q(**{f"{self.path}__{'lt' if self.descending != backward else 'gt'}": value})
        return later | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backward else later

    def of(self, row: Model) -> Any:
        value: Any = row
        for name in self.path.split(LOOKUP_SEP):
            value = getattr(value, name, None)
        return value


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted, down to the key, so that no two rows are level."""

    terms: tuple[Term, ...]

    def sort(self, rows: QuerySet[Any], *, backward: bool = False) -> QuerySet[Any]:
        return rows.order_by(*(term.order(backward=backward) for term in self.terms))

    def past(self, values: Sequence[Any], *, backward: bool) -> Q:
        """The rows beyond the one that has these values."""
        found, level = NO_ROW, Q()
        for term, value in zip(self.terms, values, strict=True):
            found |= level & term.beyond(value, backward=backward)
            level &= term.same(value)
        return found

    def values(self, row: Model) -> list[Any]:
        return [term.of(row) for term in self.terms]

    # A row in the address: its values, readable, and a signature, so that nothing but what a list wrote is read.

    @property
    def _signer(self) -> Signer:
        terms = ",".join(f"{'-' if term.descending else ''}{term.path}" for term in self.terms)
        return Signer(salt=f"list {terms}")

    def written(self, row: Model) -> str:
        text = json.dumps(self.values(row), default=str, ensure_ascii=False, separators=(",", ":"))
        return self._signer.sign(text)

    def read(self, text: str) -> list[Any]:
        try:
            values = json.loads(self._signer.unsign(text))
        except BadSignature:
            raise BadRequest(
                _("The place “%(text)s” is not one of this list as it is sorted. Open the list again and page on.")
                % {"text": text[:60]}
            ) from None
        return [term.field.to_python(value) for term, value in zip(self.terms, values, strict=True)]


def order_of(rows: QuerySet[Any]) -> Order:
    """The order that the rows have, by themselves or by their model, made complete by the key."""
    asked = rows.query.order_by or (rows.model._meta.ordering if rows.query.default_ordering else ())
    terms = [term for one in asked for term in _terms(rows, one)]
    if not any(term.path == rows.model._meta.pk.name for term in terms):
        terms += _terms(rows, "pk")
    return Order(tuple(terms))


def _terms(rows: QuerySet[Any], one: Any) -> list[Term]:
    """A name to sort by as terms; a relation is sorted as its model is."""
    if isinstance(one, OrderBy):
        path, descending = cast(Any, one.expression).name, one.descending
    else:
        path, descending = one.removeprefix("-"), one.startswith("-")
    if path in rows.query.annotations:
        return [Term(path, rows.query.annotations[path].output_field, descending, nullable=True)]
    names, field, nullable = _followed(rows.model, path)
    if field.is_relation and names[-1] != field.attname:
        return [
            Term(
                f"{LOOKUP_SEP.join(names)}{LOOKUP_SEP}{inner.path}",
                inner.field,
                inner.descending != descending,
                nullable or inner.nullable,
            )
            for inner in order_of(field.related_model._default_manager.all()).terms
        ]
    return [Term(LOOKUP_SEP.join(names), field, descending, nullable)]


def _followed(model: type[Model], path: str) -> tuple[list[str], Any, bool]:
    """The names of a path ("pk" by its own), the field that it ends at, and whether there may be nothing there."""
    names: list[str] = []
    field: Any = None
    nullable = False
    for name in path.split(LOOKUP_SEP):
        within: type[Model] = model if field is None else field.related_model
        try:
            field = within._meta.pk if name == "pk" else within._meta.get_field(name)
        except FieldDoesNotExist:
            raise ValueError(f"{model.__name__} can't be sorted by {path!r}: there is no {name!r}") from None
        names.append(name if name == getattr(field, "attname", "") else field.name)
        nullable = nullable or field.null
    return names, field, nullable


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list the address asks for a page."""

    text: str = ""
    backward: bool = False


def place_in(params: QueryDict) -> Place:
    after, before = params.get(AFTER, ""), params.get(BEFORE, "")
    if after and before:
        raise BadRequest(_("A page comes after a row or before one, not both. Open the list again and page on."))
    return Place(before or after, bool(before))


@dataclass(frozen=True, slots=True)
class Span:
    """Where a page of a list stands: rows `first` to `last` of `count`, and the places before and after it.

    Where `open` there are more than were counted.
    """

    first: int
    last: int
    count: int
    size: int
    before: str = ""
    after: str = ""
    open: bool = False


def page_of(
    rows: QuerySet[Any], place: Place, *, size: int, count: int, most: int | None = None
) -> tuple[list[Any], Span]:
    """The rows of a page, and where it stands. A place that the list has shrunk away from gives the nearest page."""
    order = order_of(rows)
    found, first = _at(rows, order, place, size)
    if not found:
        return [], Span(0, 0, count, size)
    last = first + len(found) - 1
    is_open = most is not None and count > most
    count = max(most if most is not None and is_open else count, last)
    before = order.written(found[0]) if first > 1 else ""
    after = order.written(found[-1]) if last < count or (is_open and len(found) == size) else ""
    return found, Span(first, last, count, size, before, after, is_open)


def _at(rows: QuerySet[Any], order: Order, place: Place, size: int) -> tuple[list[Any], int]:
    """The rows at the place, and the number of the first."""
    if not place.text:
        return list(order.sort(rows)[:size]), 1
    beyond = rows.filter(order.past(order.read(place.text), backward=place.backward))
    found = list(order.sort(beyond, backward=place.backward)[:size])
    if place.backward and len(found) < size:
        return list(order.sort(rows)[:size]), 1
    if not found:
        found, place = list(order.sort(rows, backward=True)[:size]), Place(place.text, backward=True)
    found = found[::-1] if place.backward else found
    number = rows.order_by().filter(order.past(order.values(found[0]), backward=True)).count() + 1 if found else 0
    return found, number
