"""Checking a file: each finding with its place, and an exit code for what can't be read."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cataloging import make

GOOD = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")
BAD = make.marc("James", author="Everett, Percival", isbn13="9780385550360")


def checked(path: Path, *more: str) -> str:
    out = io.StringIO()
    call_command("check_marc", str(path), *more, stdout=out)
    return out.getvalue()


def test_findings_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(GOOD + b"\n" + BAD + GOOD[:50])
    report = json.loads(checked(path, "--json"))
    findings = report.pop("findings")
    assert report == {"file": str(path), "bytes": path.stat().st_size, "bytes_unaccounted": 0, "records": 2}
    isbn = '020: "9780385550360" is not a valid ISBN. Correct it, or move it to $z.'
    start = len(GOOD) + 1
    assert {"record": 2, "offset": start, "severity": "error", "tag": "020", "ordinal": 1, "text": isbn} in findings
    assert findings[-1]["offset"] == start + len(BAD)
    assert findings[-1]["text"].startswith(f"The record at byte {start + len(BAD)} breaks off")


def test_lines(tmp_path: Path) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(GOOD[:50])
    assert checked(path).splitlines() == [
        f"record 1 (byte 0): error: The record at byte 0 breaks off at byte 50: its leader says {len(GOOD)} bytes, "
        "50 bytes are there.",
        "books.mrc: 50 bytes, 0 of them unaccounted for; 0 records, 1 findings.",
    ]


def test_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "books.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.mrc", GOOD)
        archive.writestr("b.txt", b"hello\n")
    report = json.loads(checked(path, "--json"))
    assert (report["records"], report["bytes_unaccounted"]) == (1, 0)
    assert [finding["record"] for finding in report["findings"] if finding.get("member") == "b.txt"] == [2]


@pytest.mark.parametrize(
    ("body", "sentence"), [(b"%PDF-1", "it is a PDF"), (b"", "is empty"), (None, "can't be opened")]
)
def test_a_file_that_is_no_marc(body: bytes | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(CommandError, match=sentence) as failed:
        checked(path, "--json")
    assert failed.value.returncode == 1
