"""What a list or report is asked for: filters, saved tabs, and reading both from the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from techsvc.kernel.models.people import User

Choices = Sequence[tuple[Any, Any]]
Options = Mapping[str, list[tuple[str, Any]]]
ON, OFF = "1", "0"


@dataclass(frozen=True, slots=True)
class Filter:
    """One question that narrows a list.

    `lookup` names the field lookup that the value goes to; `apply` (rows, value) → rows does what a lookup
    can't. Kinds: choice (needs `choices`), text, number, date, flag (yes or no). `pairs` answers (key of a row, value)
    of what a row may have several of, so that it can be counted.
    """

    name: str
    label: Any
    choices: Choices | Callable[[User], Iterable[tuple[Any, Any]]] | None = None
    lookup: str = ""
    apply: Callable[[Any, Any], Any] | None = None
    kind: str = "choice"
    pairs: Callable[[], QuerySet[Any, Any]] | None = None

    def __post_init__(self) -> None:
        if self.kind not in READERS:
            raise ValueError(f"filter {self.name}: unknown kind {self.kind!r}; known are {', '.join(READERS)}")

    def options(self, user: User) -> list[tuple[str, Any]]:
        if self.kind == "flag":
            return [(ON, _("Yes")), (OFF, _("No"))]
        pairs = self.choices(user) if callable(self.choices) else self.choices or ()
        return [(str(value), label) for value, label in pairs]

    def narrow(self, rows: Any, value: Any) -> Any:
        if self.apply is not None:
            return self.apply(rows, value)
        return rows.filter(**{self.lookup: value}) if self.lookup else rows


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite():
        raise ValueError
    return number


# kind → the value of what was typed; ValueError when it is not one
READERS: Mapping[str, Callable[[str], Any]] = {
    "choice": str,
    "text": str,
    "number": _number,
    "date": date.fromisoformat,
    "flag": lambda text: text == ON,
}
INPUT_TYPES = {"text": "search", "number": "number", "date": "date"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter, and how many rows it would leave (None: not counted)."""

    value: str
    label: Any
    chosen: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as it stands: its options, what was typed (empty when unused), and the value of that."""

    filter: Filter
    options: list[tuple[str, Any]]
    typed: str = ""
    value: Any = None
    counts: Mapping[str, int] | None = None

    @property
    def choices(self) -> list[Choice]:
        """The options with how many rows each would leave, where that was counted."""
        return [
            Choice(value, label, value == self.typed, None if self.counts is None else self.counts.get(value, 0))
            for value, label in self.options
        ]

    @property
    def words(self) -> str:
        """The value as a person reads it."""
        return str(dict(self.options).get(self.typed, self.typed))

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.filter.kind, "")


def all_options(filters: Iterable[Filter], user: User) -> Options:
    """The options of every filter, so that they are read once however often the filters are asked."""
    return {one.name: one.options(user) for one in filters}


def ready_options(filters: Iterable[Filter], user: User) -> Options:
    """The options that are known without asking the database; values of the other filters are taken as they are."""
    return {one.name: one.options(user) for one in filters if not callable(one.choices)}


def ask(filters: Iterable[Filter], params: QueryDict, options: Options) -> list[Asked]:
    """Every filter with what the address says about it. Raises BadRequest for values that it does not have."""
    return [_ask(one, params.get(one.name, "").replace("\x00", "").strip(), options.get(one.name)) for one in filters]


def _ask(one: Filter, typed: str, options: list[tuple[str, Any]] | None) -> Asked:
    if not typed:
        return Asked(one, options or [])
    known = options is None or one.kind not in ("choice", "flag") or typed in dict(options)
    try:
        value = READERS[one.kind](typed)
    except ValueError:
        known = False
    if not known:
        raise BadRequest(
            _("“%(label)s” can't be “%(value)s”. Choose one of the values in the list.")
            % {"label": one.label, "value": typed[:60]}
        )
    return Asked(one, options or [], typed, value)


def refuse_unknown(params: QueryDict, known: set[str]) -> None:
    """Raise BadRequest when the address asks something that the page does not know."""
    unknown = sorted(set(params) - known)
    if unknown:
        raise BadRequest(
            _("This page has no filter “%(name)s”. Open it from the rail and filter again.") % {"name": unknown[0][:60]}
        )


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view of a list: a label and the query that makes it ("state=late&sort=-due")."""

    label: Any
    query: str = ""
    counted: bool = True
