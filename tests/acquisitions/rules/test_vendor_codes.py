"""What a vendor's code is taken for before anybody has said."""

from __future__ import annotations

import pytest

from acquisitions.rules.vendor_codes import guess, own

CODES = ["BA", "FA", "CENTRAL", "TRAL", "A"]


@pytest.mark.parametrize(
    ("code", "expected"), [("BA", "BA"), ("ba ", "BA"), ("central", "CENTRAL"), ("X", None), ("", None)]
)
def test_a_code_of_ours_but_for_capitals(code: str, expected: str | None) -> None:
    assert own(code, CODES) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FRRLS-BA", "BA"),
        ("frrls-fa", "FA"),
        ("LIB-CENTRAL", "CENTRAL"),
        ("LIB-TRAL", "TRAL"),
        ("X-A", None),
        ("ZZ", None),
        ("", None),
    ],
)
def test_the_one_that_it_ends_with(code: str, expected: str | None) -> None:
    assert guess(code, CODES) == expected


def test_two_that_fit_as_well_are_no_guess() -> None:
    assert guess("X-BA", ["BA", "ba"]) is None
