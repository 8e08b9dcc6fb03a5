"""Fields that a scanner fills."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages.fields import CardField, CodeField
from tests.kernel.test_identifiers import CARD, ITEM

pytestmark = pytest.mark.django_db  # codes are read by the library's rules


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("B766274", "B766274"),
        ("]C0B766274", "B766274"),
        (" b 766 ", "b 766"),
        (f"]F0A{ITEM}B", ITEM),
        (f"a{ITEM}b", ITEM),
        ("A1234B", "A1234B"),
        ("", ""),
    ],
)
def test_a_code_is_kept_without_what_a_scanner_adds(typed: str, code: str) -> None:
    assert CodeField(required=False).clean(typed) == code


def test_a_code_of_a_refused_kind_gets_a_sentence() -> None:
    field = CodeField(refused={ScanKind.PATRON_CARD}, instead="Scan the carton.")
    assert field.clean(ITEM) == ITEM
    with pytest.raises(ValidationError) as refused:
        field.clean(f"]F0a{CARD}b")
    assert refused.value.messages == ["This is a patron's card. Scan the carton."]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [CARD, f" {CARD} ", f"]F0A{CARD}B", f"d{CARD}a", f"]A0{CARD}"])
def test_a_card_gives_its_patron_however_it_is_scanned(central: Branch, typed: str) -> None:
    patron = Patron.objects.create(card=CARD, name="Ada Reader", branch=central)
    assert CardField().clean(typed) == patron


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (ITEM, "This is one of our own barcodes. Scan the patron's card."),
        (CARD, "No patron has this card. Check the number, or add the patron first."),
        ("", "This field is required."),
    ],
)
def test_a_card_of_nobody_gets_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CardField().clean(typed)
    assert refused.value.messages == [sentence]


@pytest.mark.django_db
def test_a_card_may_be_left_out_where_nobody_is_meant() -> None:
    assert CardField(required=False).clean(" ") is None
