"""Variables: what is accepted, and the sentence for what is not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from techsvc import environment


@pytest.mark.parametrize(("given", "value"), [("1", 1), ("65535", 65535), ("08", 8)])
def test_numbers(monkeypatch: pytest.MonkeyPatch, given: str, value: int) -> None:
    monkeypatch.setenv("PORT", given)
    assert environment.number("PORT", 8000, low=1, high=65535) == value


@pytest.mark.parametrize("given", ["abc", "", "0", "65536", "-1", "80.0", " 80", "٨", "9" * 5000])
def test_numbers_that_are_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.number("PORT", 8000, low=1, high=65535)
    assert str(refused.value) == f"PORT={given!r}: must be a whole number from 1 to 65535"


@pytest.mark.parametrize(("given", "value"), [("on", True), ("TRUE", True), ("1", True), ("off", False), ("no", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, given: str, value: bool) -> None:
    monkeypatch.setenv("DEBUG", given)
    assert environment.flag("DEBUG", default=not value) is value


def test_a_flag_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG='maybe': must be on or off$"):
        environment.flag("DEBUG", default=False)


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set: see docs/operations\.md"):
        environment.text("SECRET_KEY")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "postgresql://ann:p%40ss@db.example.org:5433/library?sslmode=require",
            ("db.example.org", "5433", "ann", "p@ss", "library", "require"),
        ),
        ("postgres://ann@/library?host=%2Frun%2Fmy%20pg", ("/run/my pg", "", "ann", "", "library", None)),
    ],
)
def test_addresses_of_databases(
    monkeypatch: pytest.MonkeyPatch, address: str, expected: tuple[str | None, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    found = environment.database("DATABASE_URL", statement_seconds=30)
    options = found["OPTIONS"]
    keys = ("HOST", "PORT", "USER", "PASSWORD", "NAME")
    assert (*(found[key] for key in keys), options.get("sslmode")) == expected
    assert options["options"] == "-c lock_timeout=5s -c statement_timeout=30s"


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db/library")
    with pytest.raises(ImproperlyConfigured, match="must begin with postgresql:// or postgres://"):
        environment.database("DATABASE_URL", statement_seconds=30)


def test_a_server_of_ones_own_needs_a_key_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("TECHSVC_VAR", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/library")
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set"):
        environment.secret_key()
    monkeypatch.delenv("DATABASE_URL")
    assert environment.secret_key() != environment.secret_key()  # no rows, so any will do


def test_a_choice_is_one_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARC_LIBRARY", raising=False)
    assert environment.choice("MARC_LIBRARY", "pymarc", "rmarc") == "pymarc"
    monkeypatch.setenv("MARC_LIBRARY", "rmarc")
    assert environment.choice("MARC_LIBRARY", "pymarc", "rmarc") == "rmarc"
    monkeypatch.setenv("MARC_LIBRARY", "marcxml")
    with pytest.raises(ImproperlyConfigured, match="MARC_LIBRARY='marcxml': must be pymarc or rmarc"):
        environment.choice("MARC_LIBRARY", "pymarc", "rmarc")
