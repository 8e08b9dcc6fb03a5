"""One value on a screen and in a CSV file: the kinds of value, and columns and facts made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from techsvc.kernel import clock
from techsvc.kernel.money import Money, places
from techsvc.kernel.pages import tones
from techsvc.kernel.slots import Verb

DATE, TIME, TIME_THIS_YEAR = "j M Y", "j M Y H:i", "j M H:i"
NOTHING = "–"
SHORT, LONG = 24, 26  # letters of a cell that stays on one line, and of a fact that takes the room of two
# A spreadsheet runs a cell that begins with one of these as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Text = Any  # str or a lazy translation
Value = Callable[[Any], Any]
Sheet = tuple[Any, str]  # a value as a spreadsheet keeps it, and the format that it shows it in ("": as it is)
Opens = Callable[[str], bool]  # whether the person who looks may open the page at this address


def as_money(value: Any) -> Money:
    """Money as it is, or made of (minor units, currency)."""
    return value if isinstance(value, Money) else Money(*value)


def grouped(code: str) -> str:
    """A 14-digit barcode in the groups people read aloud: 3 1234 0000 1234 5; others in fours."""
    if not code.isdigit() or len(code) < 8:
        return code
    if len(code) == 14:
        return f"{code[0]} {code[1:5]} {code[5:9]} {code[9:13]} {code[13]}"
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def guarded(text: str) -> str:
    """Text for a CSV cell that no spreadsheet will run."""
    return f"'{text}" if text.startswith(FORMULA) else text


def link(url: str, html: SafeString) -> SafeString:
    """HTML as a link. (Written out: a long list makes thousands of them.)"""
    return SafeString(f'<a href="{escape(url)}">{html}</a>')


def _date_html(value: date) -> str:
    return f'<time datetime="{value.isoformat()}">{_written(value, DATE, get_language())}</time>'


def local(value: datetime) -> datetime:
    """An instant as the library's clocks show it, bare."""
    return timezone.make_naive(value) if timezone.is_aware(value) else value


def time_words(value: datetime) -> str:
    """An instant as the library's clocks show it."""
    return date_format(local(value), TIME)


def _time_html(value: datetime) -> str:
    """The instant; this year's without the year, which only takes room in a list."""
    at = local(value)
    form = TIME_THIS_YEAR if at.year == local(clock.now()).year else TIME
    words, whole = _written(at, form, get_language()), _written(at, TIME, get_language())
    return f'<time datetime="{value.isoformat()}" title="{whole}">{words}</time>'


@lru_cache(maxsize=2048)
def _written(at: date, form: str, _language: str | None) -> SafeString:
    """A date or an instant in a form, for HTML. Remembered: a list shows the same days over and over."""
    return escape(date_format(at, form))


def _number_html(value: Any) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _progress(part: int, whole: int, words: str) -> str:
    words = escape(words)
    most = max(whole, 1)
    bar = f'<progress value="{min(max(part, 0), most)}" max="{most}" aria-label="{words}"></progress>'
    over = " over" if part > whole else ""
    return f'<span class="bar{over}">{bar} <span>{words}</span></span>'


def _bar_html(value: tuple[int, int]) -> str:
    part, whole = value
    words = _("%(part)s of %(whole)s") % {"part": _number_html(part), "whole": _number_html(whole)}
    return _progress(part, whole, words)


def _part(value: tuple[int, int]) -> str:
    return f"{value[0]}/{value[1]}"


def _percent_html(value: Any) -> str:
    return _progress(int(value), 100, f"{_number_html(value)} %")


def _state_html(value: Any) -> str:
    return tones.badge(value).html


def _state_text(value: Any) -> str:
    return tones.badge(value).words


def _yes(value: Any) -> str:
    return _("yes") if value else _("no")


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a kind are written on screen, in CSV and in a spreadsheet, and the class of their cells."""

    html: Callable[[Any], str] = conditional_escape
    csv: Callable[[Any], str] = field(default=lambda value: guarded(str(value)))
    css: str = ""
    sheet: Callable[[Any], Sheet] = field(default=lambda value: (str(value), ""))


def _money_html(value: Any) -> str:
    return conditional_escape(str(as_money(value)))


def _money_csv(value: Any) -> str:
    return str(as_money(value).amount)


def _money_sheet(value: Any) -> Sheet:
    money = as_money(value)
    decimals = f".{'0' * places(money.currency)}".rstrip(".")
    return money.amount, f"#,##0{decimals} [${money.currency}]"


def _iso(value: date) -> str:
    return value.isoformat()


KINDS = {
    "text": Kind(),
    "code": Kind(css="code"),
    "barcode": Kind(html=lambda value: conditional_escape(grouped(str(value))), css="code"),
    "number": Kind(html=_number_html, csv=str, css="num", sheet=lambda value: (value, "")),
    "money": Kind(html=_money_html, csv=_money_csv, css="num", sheet=_money_sheet),
    "date": Kind(html=_date_html, csv=_iso, css="date", sheet=lambda value: (value, "yyyy-mm-dd")),
    "datetime": Kind(html=_time_html, csv=_iso, css="date", sheet=lambda value: (local(value), "yyyy-mm-dd hh:mm")),
    "state": Kind(html=_state_html, csv=_state_text, sheet=lambda value: (_state_text(value), "")),
    "bool": Kind(html=_yes, csv=_yes, sheet=lambda value: (_yes(value), "")),
    "bar": Kind(html=_bar_html, csv=_part, sheet=lambda value: (_part(value), "")),
    "percent": Kind(html=_percent_html, csv=str, sheet=lambda value: (Decimal(value) / 100, "0 %")),
}


def follow(row: Any, path: str) -> Any:
    """The value at "vendor.name": attributes or keys; methods are called; None on the way ends it."""
    for name in path.split("."):
        if row is None:
            return None
        row = row.get(name) if isinstance(row, Mapping) else getattr(row, name)
        row = row() if callable(row) else row
    return row


DASH = SafeString(f'<span class="nothing">{NOTHING}</span>')


def shown(value: Any, kind: str) -> SafeString:
    """A value as HTML; nothing is a dash that screen readers skip over quickly."""
    return DASH if value is None or value == "" else SafeString(KINDS[kind].html(value))


def anywhere(_url: str) -> bool:
    """For pages that link to nothing but what everybody may open."""
    return True


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list, a table or a report.

    `value` is a path ("vendor.name") or a function of the row; `sort` the order_by expression that
    makes it sortable; `url` a function of the row that makes it a link; `hidden` keeps it off until chosen,
    `wide` leaves it out on a narrow screen.
    """

    key: str
    label: Text
    value: str | Value = ""
    kind: str = "text"
    sort: str = ""
    url: Callable[[Any], str] | None = None
    hidden: bool = False
    wide: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: unknown kind {self.kind!r}; known are {', '.join(KINDS)}")

    @property
    def css(self) -> str:
        return " ".join(filter(None, (KINDS[self.kind].css, "wide" if self.wide else "")))

    def of(self, row: Any) -> Any:
        return follow(row, self.value or self.key) if isinstance(self.value, str) else self.value(row)

    def html(self, row: Any, url: str = "", opens: Opens = anywhere) -> SafeString:
        return self.cell(row, url, opens)[1]

    def cell(self, row: Any, url: str = "", opens: Opens = anywhere) -> tuple[str, SafeString]:
        """(css class, html); a link where the person may go there. Short words stay on one line."""
        value = self.of(row)
        html = shown(value, self.kind)
        url = self.url(row) if self.url else url
        css = self.css if self.kind != "text" or len(html) > SHORT else f"{self.css} short".strip()
        return css, link(url, html) if url and opens(url) else html

    def csv(self, row: Any) -> str:
        value = self.of(row)
        return "" if value is None else KINDS[self.kind].csv(value)

    def sheet(self, row: Any) -> Sheet:
        value = self.of(row)
        return ("", "") if value is None or value == "" else KINDS[self.kind].sheet(value)


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value of one thing."""

    label: Text
    value: Any
    kind: str = "text"
    url: str = ""

    @property
    def given(self) -> bool:
        """Whether there is anything to say."""
        return self.value is not None and self.value != ""

    @property
    def html(self) -> SafeString:
        text = shown(self.value, self.kind)
        return link(self.url, text) if self.url and self.value else text

    @property
    def css(self) -> str:
        return KINDS[self.kind].css

    @property
    def long(self) -> bool:
        """Whether it needs the room of two."""
        return self.kind in ("text", "code") and len(str(self.value)) > LONG


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a rendered table: (css class, html) per cell, what can be done with it, its key."""

    cells: list[tuple[str, SafeString]]
    pk: Any = None
    url: str = ""
    verbs: Sequence[Verb] = ()


def rendered(
    columns: Sequence[Column],
    row: Any,
    *,
    url: str = "",
    verbs: Sequence[Verb] = (),
    opens: Opens = anywhere,
) -> Row:
    """A row with its cells; `url` makes the first cell the link to the thing."""
    url = url if url and opens(url) else ""
    cells = [column.cell(row, url if i == 0 else "", opens) for i, column in enumerate(columns)]
    return Row(cells, getattr(row, "pk", None), url, verbs)


@dataclass(frozen=True, slots=True)
class Table:
    """A small table on a page, without paging: the lines of an order, the items of a record."""

    title: Text
    columns: Sequence[Column]
    rows: Any
    empty: Text = ""
    verbs: Sequence[Verb] = ()
    row_url: Callable[[Any], str] | None = None
    row_verbs: Callable[[Any], Sequence[Verb]] | None = None

    @property
    def has_verbs(self) -> bool:
        """Whether rows have verbs. (A template that names the function would call it.)"""
        return self.row_verbs is not None

    def lines(self, opens: Opens = anywhere) -> list[Row]:
        return [
            rendered(
                self.columns,
                row,
                url=self.row_url(row) if self.row_url else "",
                verbs=self.row_verbs(row) if self.row_verbs else (),
                opens=opens,
            )
            for row in self.rows
        ]
