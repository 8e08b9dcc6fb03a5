"""A load killed with -9 in its middle: whole chunks are in, nothing is in twice, and the same command goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Record, RecordVersion
from techsvc.kernel.identifiers import isbn13
from tests.cataloging import make
from tests.faults.plant import Plant, wait_for
from tests.journeys.house import House

pytestmark = pytest.mark.slow
RECORDS, FIRST = 5000, 978_160_000_0000 // 10


def _isbn(number: int) -> str:
    digits = str(FIRST + number)
    return next(found for check in "0123456789" if (found := isbn13(digits + check)))


def _file(folder: Path) -> Path:
    path = folder / "killed.mrc"
    path.write_bytes(b"".join(make.marc(f"{n:05d} leagues in a long file", isbn13=_isbn(n)) for n in range(RECORDS)))
    return path


def test_a_killed_load_goes_on_and_is_undone_as_a_whole(plant: Plant, house: House, tmp_path: Path) -> None:
    path, before = _file(tmp_path), Record.objects.count()
    process = plant.start("manage.py", "load_marc", str(path), "--json", name="load")
    wait_for(lambda: LoadRow.objects.filter(load__name=path.name).count() > RECORDS / 10, "a tenth of the load")
    plant.kill(process)
    load = Load.objects.get(name=path.name)
    rows = load.rows.count()
    assert 0 < rows < RECORDS
    assert load.rows.exclude(version_after=None).count() == rows
    assert Record.objects.count() - before == rows
    told = json.loads(plant.manage("load_marc", str(path), "--json"))
    assert {name: told[name] for name in ("created", "overlaid", "held", "rejected", "bytes_unaccounted")} == {
        "created": RECORDS, "overlaid": 0, "held": 0, "rejected": 0, "bytes_unaccounted": 0,
    }  # fmt: skip
    assert Record.objects.filter(title__contains="leagues in a long file").values("title").distinct().count() == RECORDS
    assert Record.objects.count() - before == RECORDS
    plant.manage("undo_load", str(told["batch"]))
    assert Record.objects.count() == before
    assert RecordVersion.objects.filter(state="withdrawn").count() >= RECORDS
