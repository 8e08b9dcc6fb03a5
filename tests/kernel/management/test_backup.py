"""A backup read into an emptied database: the same rows, and nothing leaves until a person says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from techsvc.kernel.actions import policies
from techsvc.kernel.models.places import Branch
from tests.architecture.code import ROOT


def manage(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, on the database of this test."""
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_brings_back_the_rows_and_holds_the_messages(tmp_path: Path) -> None:
    Branch.objects.create(code="MAIN", name="Main Library")
    made = manage("backup", "--to", str(tmp_path))
    assert made.returncode == 0, made.stderr
    (dump,) = tmp_path.glob("techsvc-*.dump")
    Branch.objects.create(code="LATE", name="Opened after the backup")
    assert policies.value("exchange.paused") is False

    restored = manage("restore", str(dump), "--replace")

    assert restored.returncode == 0, restored.stderr
    assert list(Branch.objects.values_list("code", flat=True)) == ["MAIN"]
    assert policies.value("exchange.paused") is True
    assert "No message leaves until a person releases them" in restored.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "There is no file"), (b"MARC records, say", "is not a backup"), (b"PGDMP cut short", "is not empty")],
)
def test_a_refused_restore_changes_nothing(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    Branch.objects.create(code="MAIN", name="Main Library")
    file = tmp_path / "a.dump"
    if content is not None:
        file.write_bytes(content)

    refused = manage("restore", str(file))

    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(Branch.objects.values_list("code", flat=True)) == ["MAIN"]
