"""Exports: each form read back, what is left out, and a file that is whole or not there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cataloging.marc import writing
from cataloging.marc.files import pieces
from cataloging.marc.record import project
from cataloging.models.records import Record
from cataloging.queries import exporting
from techsvc.kernel.errors import Refusal
from tests.cataloging import make

pytestmark = pytest.mark.django_db
TITLES = ["The women", "James", "Orbital"]


@pytest.fixture
def catalog() -> list[Record]:
    return [make.full(make.marc(title, author="Nobody", isbn13=make.isbn(n))) for n, title in enumerate(TITLES)]


def export(out: Path, form: str = "iso2709", *more: str) -> None:
    call_command("export_marc", "--format", form, "--out", str(out), *more)


def titles(out: Path) -> list[str]:
    return [project(piece.record).title for piece in pieces(out.read_bytes()) if piece.record]


@pytest.mark.parametrize("form", ["iso2709", "marcxml", "json"])
def test_every_form_is_read_back(form: str, catalog: list[Record], tmp_path: Path) -> None:
    out = tmp_path / "catalog"
    export(out, form)
    assert titles(out) == TITLES
    raws = [piece.raw for piece in pieces(out.read_bytes()) if piece.record]
    assert raws == [bytes(record.raw) for record in catalog]
    assert [path.name for path in tmp_path.iterdir()] == ["catalog"]


def test_csv_has_the_columns(catalog: list[Record], tmp_path: Path) -> None:
    export(tmp_path / "catalog.csv", "csv")
    rows = list(csv.DictReader((tmp_path / "catalog.csv").open(encoding="utf-8")))
    assert tuple(rows[0]) == exporting.COLUMNS
    assert [(row["id"], row["title"], row["isbn"]) for row in rows] == [
        (str(record.pk), record.title, record.isbn) for record in catalog
    ]


def test_withdrawn_and_hidden_records_stay_in(catalog: list[Record], tmp_path: Path) -> None:
    Record.objects.filter(pk=catalog[0].pk).update(state="withdrawn")
    Record.objects.filter(pk=catalog[1].pk).update(suppressed=True)
    export(tmp_path / "some")
    export(tmp_path / "all", "iso2709", "--all")
    assert titles(tmp_path / "some") == ["Orbital"]
    assert titles(tmp_path / "all") == TITLES


def test_what_changed_since_and_what_a_search_finds(catalog: list[Record], tmp_path: Path) -> None:
    Record.objects.filter(pk=catalog[0].pk).update(updated_at="2020-01-01T00:00:00Z")
    export(tmp_path / "changed", "iso2709", "--changed-since", "2021-01-01")
    export(tmp_path / "found", "iso2709", "--query", "orbital")
    assert titles(tmp_path / "changed") == ["James", "Orbital"]
    assert titles(tmp_path / "found") == ["Orbital"]


def test_a_wrong_moment_is_told(tmp_path: Path) -> None:
    for text in ("yesterday", "2026-13-40", ""):
        with pytest.raises(CommandError, match=f'--changed-since: "{text}" is no moment. Write it as ISO 8601'):
            export(tmp_path / "catalog", "iso2709", "--changed-since", text)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_the_form_cannot_hold_is_named(catalog: list[Record], tmp_path: Path) -> None:
    Record.objects.filter(pk=catalog[1].pk).update(raw=bytes(catalog[1].raw).replace(b"aJames", b"aJ\x0bmes"))
    with pytest.raises(CommandError) as failed:
        export(tmp_path / "catalog", "marcxml")
    assert str(failed.value) == (
        f"1 records were left out, because this form can't hold them:\n  record {catalog[1].pk}, “James”: Field 245 "
        "holds the control character 0x0b, which XML can't write. Take it out first."
    )
    assert titles(tmp_path / "catalog") == ["The women", "Orbital"]


def test_a_killed_export_leaves_the_old_file(
    catalog: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "catalog"
    out.write_bytes(b"before")

    def die(_raw: bytes) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setitem(writing.FORMS, "iso2709", writing.Form("mrc", "", die))
    with pytest.raises(KeyboardInterrupt):
        export(out)
    assert out.read_bytes() == b"before"


def test_a_place_that_can_not_be_written(catalog: list[Record], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be written: No such file or directory"):
        export(tmp_path / "nowhere" / "catalog")


def test_bytes_that_are_no_iso2709() -> None:
    with pytest.raises(Refusal, match="Export it as MARCXML"):
        writing.FORMS["iso2709"].write(b"00000")
