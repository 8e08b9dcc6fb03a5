"""Long loads: in one pass from the command line or by jobs, chunk by chunk, and gone on with after a break."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from cataloging.actions import carrying, loads, passes
from cataloging.marc import marcxml
from cataloging.marc.record import parse
from cataloging.models.loads import Load, LoadProfile
from cataloging.models.records import Record
from techsvc.kernel.actions import history, people
from techsvc.kernel.contents import Content
from techsvc.kernel.models.exchange import Incoming, IncomingPart
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job
from tests.cataloging import make

pytestmark = pytest.mark.django_db
NOTE = (("520", "a", "word " * 800),)


def many(count: int, first: int = 0) -> bytes:
    return b"".join(make.marc(f"Title {n}", isbn13=make.isbn(n), extra=NOTE) for n in range(first, first + count))


LONG = many(400)  # 1.7 MB: two chunks


def command(path: Path, *words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("load_marc", str(path), "--json", *words, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_a_long_file_is_kept_in_parts_and_read_back_to_the_byte() -> None:
    load = loads.open_load(LONG, "long.mrc", actor=people.system())
    incoming = Incoming.objects.get()
    assert (bytes(incoming.body), incoming.size, IncomingPart.objects.count()) == (b"", len(LONG), 2)
    content = Content(incoming)
    assert b"".join(content.pieces()) == LONG
    assert content.read((1 << 20) - 5, 10) == LONG[(1 << 20) - 5 : (1 << 20) + 5]
    assert load.state == "reading"


def test_a_long_file_is_looked_at_and_loaded_by_jobs() -> None:
    load = loads.open_load(BytesIO(LONG), "long.mrc", actor=people.system())
    job = Job.objects.get()
    assert job.total == 400
    carrying.carry_on(job.pk)
    load.refresh_from_db()
    assert (load.state, load.rows.count(), Record.objects.count()) == ("preview", 400, 0)
    loads.commit_load(load.pk, actor=people.system())
    assert (Record.objects.count(), passes.unaccounted(load)) == (400, 0)


def test_looking_goes_on_where_it_broke_off_and_still_knows_what_came_before() -> None:
    load = loads.open_load(LONG + many(2), "long.mrc", actor=people.system())
    next(passes.look(loads.work_of(load, actor=people.system())))
    assert 0 < load.rows.count() < 400
    carrying.carry_on(Job.objects.get().pk)
    assert loads.in_words(loads.counted(load)) == "400 new, 2 held"
    assert load.rows.last().reason.startswith("record 2 of this file is the same: same ISBN")


def test_looking_that_is_cancelled_leaves_nothing_and_the_file_can_come_again() -> None:
    load = loads.open_load(LONG, "long.mrc", actor=people.system())
    Job.objects.update(cancel_asked=True)
    carrying.carry_on(Job.objects.get().pk)
    load.refresh_from_db()
    assert load.state == "discarded"
    assert loads.open_load(LONG, "again.mrc", actor=people.system()).pk == load.pk


def test_one_pass_creates_overlays_holds_and_rejects(tmp_path: Path) -> None:
    make.brief()
    women = make.marc("The women", author="Hannah, Kristin", isbn13="9781250178633")
    path = tmp_path / "vendor.mrc"
    path.write_bytes(women + b"\r\n" + LONG + many(1) + b"00089broken\x1d")
    found = command(path)
    seconds = found.pop("seconds")
    assert seconds > 0
    assert found == {
        "bytes": path.stat().st_size,
        "bytes_unaccounted": 0,
        "records_read": 402,
        "created": 400,
        "overlaid": 1,
        "withdrawn": 0,
        "unchanged": 0,
        "held": 1,
        "rejected": 1,
        "batch": Load.objects.get().pk,
    }
    assert Load.objects.get().rows.get(outcome="held").reason == "record 2 of this file is for the same title"
    out = StringIO()
    call_command("undo_load", str(found["batch"]), stdout=out)
    assert out.getvalue() == f"Load {found['batch']}: 401 records taken back, 0 stay.\n"
    assert list(Record.objects.values_list("title", "state")) == [("The women", "brief")]


def test_a_load_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    load = loads.keep(BytesIO(LONG), "long.mrc", "loading", actor=people.system())
    next(passes.straight(loads.work_of(load, actor=people.system())))
    assert 0 < Record.objects.count() < 400
    path = tmp_path / "long.mrc"
    path.write_bytes(LONG)
    assert command(path)["batch"] == load.pk
    assert (Record.objects.count(), load.rows.count(), passes.unaccounted(load)) == (400, 400, 0)
    history.undo(HistoryEvent.objects.get(verb="cataloging.load").pk, actor=people.system())
    assert Record.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(None, "can't be read: No such file"), (b" \n", "is empty"), (b"%PDF-1.7", "it is a PDF")],
)
def test_the_command_refuses_in_a_sentence(tmp_path: Path, body: bytes | None, sentence: str) -> None:
    path = tmp_path / "file.mrc"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(CommandError, match=sentence):
        command(path)
    with pytest.raises(CommandError, match="Is a directory"):
        command(tmp_path)
    assert not Load.objects.exists()


def test_the_command_refuses_a_profile_that_there_is_not_and_a_file_that_is_here(tmp_path: Path) -> None:
    path = tmp_path / "file.mrc"
    path.write_bytes(many(1))
    with pytest.raises(CommandError, match=r"There is no load profile “Ingram”\. The library has: none yet"):
        command(path, "--profile", "Ingram")
    command(path)
    with pytest.raises(CommandError, match="uploaded this very file"):
        command(path)
    assert Record.objects.count() == 1
    with pytest.raises(CommandError, match="There is no load 999 in the catalog"):
        call_command("undo_load", "999")


def test_a_list_to_withdraw_takes_records_out_and_undo_brings_them_back(tmp_path: Path) -> None:
    profile = LoadProfile.objects.create(name="E-book withdrawals", withdraws=True)
    record = make.full(many(1))
    path = tmp_path / "gone.mrc"
    path.write_bytes(many(2))
    found = command(path, "--profile", "e-book withdrawals")
    record.refresh_from_db()
    assert (found["withdrawn"], found["held"], record.state) == (1, 1, "withdrawn")
    assert Load.objects.get().profile == profile
    assert "nothing to withdraw" in Load.objects.get().rows.get(outcome="held").reason
    loads.undo_batch(found["batch"], actor=people.system())
    record.refresh_from_db()
    assert (record.state, record.version) == ("full", 3)


def test_a_zip_with_two_formats_is_loaded_and_every_byte_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "vendor.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("books.mrc", many(2))
        archive.writestr("films.xml", marcxml.write([parse(make.marc("James", isbn13="9780385550369"))]))
        archive.writestr("readme.txt", "Thank you for your order.")
    found = command(path)
    assert (found["created"], found["rejected"], found["bytes_unaccounted"]) == (3, 1, 0)
    load = Load.objects.get()
    assert load.format == "zip"
    assert list(load.rows.values_list("member", "outcome")) == [
        ("books.mrc", "create"),
        ("books.mrc", "create"),
        ("films.xml", "create"),
        ("readme.txt", "rejected"),
    ]
