"""How a scanner is set up: what to set, codes to try it with, and what is wrong with what it sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from techsvc.kernel.identifiers import (
    AIM,
    CODABAR,
    LIBRARY_PATTERNS,
    OUR_NUMBER_SHAPE,
    BarcodePattern,
    Scan,
    ean_ok,
    luhn_digit,
    plain_digits,
    read_scan,
)

SLOWEST = 35  # ms between two characters; what is slower is a person (static/js/keys.js)
SHORTEST = 6

# (length, first digits) of codes whose last digit is missing: ISBN, product codes.
ONE_SHORT = ((12, "978"), (12, "979"), (11, ""))

# What to set, as manuals of scanners call it; and why.
SETTINGS: tuple[tuple[StrPromise, StrPromise], ...] = (
    (gettext_lazy("Suffix: Enter (CR)"), gettext_lazy("A scan is taken when Enter or Tab follows it.")),
    (gettext_lazy("AIM code identifiers: on"), gettext_lazy("They tell a carton's label from a book's.")),
    (gettext_lazy("Codabar start and stop: off"), gettext_lazy("The letters are no part of a library barcode.")),
    (gettext_lazy("Check digits: sent"), gettext_lazy("They show whether a barcode was read as a whole.")),
    (gettext_lazy("Delay between characters: none"), gettext_lazy("Slow scans look like a person typing.")),
)


def _library_barcode(kind: str) -> str:
    """A barcode of an institution that does not exist."""
    body = f"{kind}000000000001"
    return body + luhn_digit(body)


@dataclass(frozen=True)
class TestCode:
    """A code of the set-up sheet: what it is, how it is printed, what it says."""

    label: StrPromise
    symbology: str
    value: str


TEST_CODES = (
    TestCode(gettext_lazy("An item's barcode (Codabar)"), "Codabar", _library_barcode("3")),
    TestCode(gettext_lazy("A patron's card (Codabar)"), "Codabar", _library_barcode("2")),
    TestCode(gettext_lazy("An ISBN (EAN-13)"), "EAN13", "9780306406157"),
    TestCode(gettext_lazy("A product code (UPC-A)"), "UPCA", "012345678905"),
    TestCode(gettext_lazy("An order number (Code 128)"), "Code128", "PO-2026-00001"),
    TestCode(gettext_lazy("An invoice number (Code 39)"), "Standard39", "INV-2026-00001"),
)


@dataclass(frozen=True)
class Heard:
    """What came from a scanner: the keys, how they ended (enter, tab, none; empty: nobody knows), the median gap.

    `patterns` is how the library's barcodes look.
    """

    raw: str
    end: str = ""
    gap: int | None = None
    patterns: Sequence[BarcodePattern] = LIBRARY_PATTERNS

    @cached_property
    def scan(self) -> Scan:
        return read_scan(self.raw, self.patterns)

    @cached_property
    def aim(self) -> str:
        found = AIM.match(self.raw)
        return found.group() if found else ""

    @cached_property
    def body(self) -> str:
        """What follows the AIM identifier."""
        return self.raw.strip()[len(self.aim) :]

    @cached_property
    def letters(self) -> str:
        """Codabar's letters, where they stand around digits."""
        found = CODABAR.fullmatch(self.body)
        return f"{self.body[0]} … {self.body[-1]}" if found else ""

    @property
    def slow(self) -> bool:
        return self.gap is not None and self.gap > SLOWEST

    @property
    def misses_check_digit(self) -> bool:
        """One digit shorter than a library barcode, an ISBN or a product code, and none of them."""
        code = self.scan.value
        lengths = (*((one.length - 1, one.prefix) for one in self.patterns), *ONE_SHORT)
        short = any(len(code) == length and code.startswith(first) for length, first in lengths)
        return short and plain_digits(code) and not ean_ok(code)

    @property
    def swapped_case(self) -> bool:
        return bool(OUR_NUMBER_SHAPE.fullmatch(self.body.swapcase())) and self.body != self.body.upper()


@dataclass(frozen=True)
class Finding:
    """One thing that is right or wrong with a scanner: ok, warn or stop, and a sentence."""

    tone: str
    text: str


Test = Callable[[Heard], Any]
RULES: tuple[tuple[Test, str, StrPromise], ...] = (
    (
        lambda heard: heard.end == "none",
        "stop",
        gettext_lazy("Your scanner sends no Enter, so nothing happens after a scan. Set its suffix to Enter (CR)."),
    ),
    (lambda heard: heard.end == "enter", "ok", gettext_lazy("Enter follows the code.")),
    (lambda heard: heard.end == "tab", "ok", gettext_lazy("Tab follows the code: that is as good as Enter.")),
    (
        lambda heard: heard.slow,
        "stop",
        gettext_lazy(
            "%(gap)s ms pass between two characters, as when a person types. Switch off the delay between characters."
        ),
    ),
    (
        lambda heard: heard.gap is not None and not heard.slow,
        "ok",
        gettext_lazy("%(gap)s ms pass between two characters: fast enough."),
    ),
    (
        lambda heard: len(heard.raw.strip()) < SHORTEST,
        "warn",
        gettext_lazy("Codes of fewer than 6 characters are taken for typing. Try a longer one."),
    ),
    (
        lambda heard: heard.misses_check_digit,
        "stop",
        gettext_lazy("The last digit is missing. Have the scanner send check digits."),
    ),
    (
        lambda heard: heard.letters,
        "warn",
        gettext_lazy(
            "Codabar's start and stop letters (%(letters)s) come with the code. They are taken off here; switch them "
            "off for other programs."
        ),
    ),
    (
        lambda heard: heard.swapped_case,
        "warn",
        gettext_lazy("Capital and small letters are swapped. Switch off Caps Lock."),
    ),
    (lambda heard: heard.aim, "ok", gettext_lazy("It says which kind of bars it read (%(aim)s).")),
    (
        lambda heard: not heard.aim and heard.end,
        "warn",
        gettext_lazy("It does not say which kind of bars it read. Switch on AIM code identifiers."),
    ),
)


def findings(heard: Heard) -> list[Finding]:
    """What is right and wrong, what is worst first."""
    words = {"gap": heard.gap, "letters": heard.letters, "aim": heard.aim}
    found = [Finding(tone, str(sentence) % words) for test, tone, sentence in RULES if test(heard)]
    return sorted(found, key=lambda one: ("stop", "warn", "ok").index(one.tone))
