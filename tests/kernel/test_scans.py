"""What a bench or a field takes: what it refuses, it refuses in a sentence that says what it is."""

from __future__ import annotations

import pytest

from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import ScanKind, read_scan
from techsvc.kernel.scans import THINGS, TITLES, WHAT_IT_IS, require, require_item
from tests.kernel.test_identifiers import CARD, CARTON, ITEM

INSTEAD = "Scan the ISBN."


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CARD, "This is a patron's card. Scan the ISBN."),
        (f"]F0A{CARD}B", "This is a patron's card. Scan the ISBN."),
        (f"c{CARD}d", "This is a patron's card. Scan the ISBN."),
        (CARD[:-1] + "9", "That is not a whole barcode: scan it again."),
        (ITEM, "This is one of our own barcodes. Scan the ISBN."),
        ("PO-2026-00042", "This is the number of an order. Scan the ISBN."),
        ("INV-2026-00007", "This is the number of an invoice. Scan the ISBN."),
        (CARTON, "This is the label of a carton. Scan the ISBN."),
        ("0378-5955", "This is an issue of a periodical. Scan the ISBN."),
        ("9781416594238", "That is not a whole barcode: scan it again."),
        ("qwerty", "“qwerty” is not known here. Scan the ISBN."),
        ("", "The scan is empty. Scan again."),
    ],
)
def test_what_is_not_taken_is_named(code: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        require(read_scan(code), TITLES, instead=INSTEAD)
    assert refused.value.text == sentence


def test_what_is_taken_passes() -> None:
    scan = read_scan("9781416594239")
    assert require(scan, TITLES, instead=INSTEAD) is scan


def test_cards_and_unknown_codes_are_taken_only_where_they_are_asked_for() -> None:
    assert frozenset(ScanKind) - THINGS == {ScanKind.PATRON_CARD, ScanKind.UNKNOWN}
    assert frozenset(ScanKind) - WHAT_IT_IS.keys() == {ScanKind.UNKNOWN}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CARD, "This is a patron's card. Scan the library's barcode on the item."),
        (ITEM[:-1] + "9", "That is not a whole barcode: scan it again."),
        ("9781416594239", "This is an ISBN. Scan the library's barcode on the item."),
    ],
)
def test_an_items_field_takes_the_barcodes_of_items_alone(code: str, sentence: str) -> None:
    assert require_item(read_scan(ITEM)) == ITEM
    with pytest.raises(Refusal) as refused:
        require_item(read_scan(code))
    assert (refused.value.text, refused.value.field) == (sentence, "barcode")
