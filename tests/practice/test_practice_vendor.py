"""The vendor at work: once each, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from techsvc.practice import state, vendor
from techsvc.practice.vendor import Places
from tests.practice.conftest import NOW, orders_file

ALL = {"ORDRSP_O0000001.edi", "DESADV_D0000002.edi", "INVOIC_I0000003.edi"}


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir() if p.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_answers_come_one_after_another(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver()
    told = [vendor.step(places, NOW + timedelta(seconds=s)) for s in (0, 1, 2, 3, 4, 5, 6, 7)]
    assert told == [0, 0, 1, 0, 1, 0, 1, 0]
    assert names(places.outgoing) == ALL
    assert names(places.incoming) == set()


def test_the_same_file_twice_is_answered_once(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver()
    vendor.step(places, NOW, patient=False)
    for path in places.outgoing.iterdir():
        path.unlink()
    deliver(name="m1.edi")
    deliver(name="m1-again.edi")
    assert vendor.step(places, NOW, patient=False) == 0
    assert names(places.outgoing) == names(places.incoming) == names(places.refused) == set()


def test_other_content_under_the_same_reference_is_refused(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver()
    vendor.step(places, NOW, patient=False)
    deliver(orders_file("PO-1002"), "m2.edi")
    assert vendor.step(places, NOW, patient=False) == 0
    assert names(places.refused) == {"m2.edi", "m2.edi.txt"}
    assert (
        (places.refused / "m2.edi.txt")
        .read_text()
        .startswith("Interchange 17 came before with other content. Nothing of it was taken.")
    )


def test_an_order_sent_again_in_a_new_interchange_is_not_supplied_twice(
    places: Places, deliver: Callable[..., bytes]
) -> None:
    deliver()
    vendor.step(places, NOW, patient=False)
    deliver(orders_file("PO-1001", "PO-1002", reference="18"), "m2.edi")
    assert vendor.step(places, NOW, patient=False) == 3
    assert "Order PO-1001 came before, in interchange 17 on 2026-11-24" in (places.refused / "m2.edi.txt").read_text()
    assert names(places.outgoing) - ALL == {"ORDRSP_O0000004.edi", "DESADV_D0000005.edi", "INVOIC_I0000006.edi"}


def test_what_is_no_order_is_set_aside_with_a_reason(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver(b"Dear vendor, please send ten books.", "letter.txt")
    deliver(orders_file("PO-7").replace(b"QTY+21:3", b"QTY+21:x"), "bad.edi")
    (places.incoming / ".m9.edi.part").write_bytes(b"half an upl")
    assert vendor.step(places, NOW, patient=False) == 0
    reasons = {
        n: (places.refused / n).read_text() for n in names(places.refused) if n.endswith(".txt.txt") or "edi.t" in n
    }
    assert reasons.keys() == {"letter.txt.txt", "bad.edi.txt"}
    assert reasons["letter.txt.txt"].startswith("This is not an EDIFACT interchange:")
    assert reasons["bad.edi.txt"].startswith("Message 1: Line 2: the quantity ordered")
    assert names(places.incoming) == {".m9.edi.part"}


def test_forgetting_starts_afresh(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver()
    vendor.step(places, NOW, patient=False)
    vendor.forget(places)
    assert names(places.outgoing) == set()
    deliver()
    assert vendor.step(places, NOW, patient=False) == 3
    assert names(places.outgoing) == ALL


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("after_the_write", [False, True])
@pytest.mark.parametrize("nth", range(1, 11))
def test_killed_at_any_write_the_outcome_is_the_same(
    places: Places, deliver: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch, nth: int, after_the_write: bool
) -> None:
    undisturbed = Places(places.root.with_name("undisturbed"))
    (undisturbed.incoming / "m1.edi").write_bytes(deliver())
    vendor.step(undisturbed, NOW, patient=False)
    write, calls = state.write_whole, 0

    def dying(path: Path, body: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == nth and not after_the_write:
            raise Killed
        write(path, body)
        if calls == nth:
            raise Killed

    monkeypatch.setattr(state, "write_whole", dying)
    if nth <= 9:  # the order kept, the state, then a slip and three answers, each followed by the state
        with pytest.raises(Killed):
            vendor.step(places, NOW, patient=False)
    monkeypatch.setattr(state, "write_whole", write)
    vendor.step(places, NOW, patient=False)
    assert contents(places.outgoing) == contents(undisturbed.outgoing)
    assert contents(places.slips) == contents(undisturbed.slips)
    assert names(places.incoming) == set()


def test_an_answer_that_was_fetched_before_a_crash_is_not_given_again(
    places: Places, deliver: Callable[..., bytes]
) -> None:
    deliver()
    vendor.step(places, NOW, patient=False)
    memory = state.load(places.state)
    memory.jobs[0].answers[0].written = False
    state.save(places.state, memory)
    done = places.outgoing / "done"
    done.mkdir()
    (places.outgoing / "ORDRSP_O0000001.edi").rename(done / "ORDRSP_O0000001.edi")
    vendor.step(places, NOW, patient=False)
    assert names(places.outgoing) == ALL - {"ORDRSP_O0000001.edi"}


def environment(places: Places, **more: str) -> dict[str, str]:
    return dict(os.environ) | {"PRACTICE_DIR": str(places.root), "PRACTICE_PORT": "0"} | more


def test_the_command_once(places: Places, deliver: Callable[..., bytes]) -> None:
    deliver()
    command = [sys.executable, "-m", "techsvc.practice", "--once"]
    done = subprocess.run(command, env=environment(places), capture_output=True, text=True, check=True)
    assert names(places.outgoing) == ALL
    assert done.stderr.splitlines()[0] == "Order PO-1001 received: 4 lines."
    places.scenario.write_text("{")
    failed = subprocess.run(command, env=environment(places), capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    assert failed.stderr.startswith("scenario.json is not JSON")
    assert "Traceback" not in failed.stderr


@pytest.mark.slow
def test_the_command_serves_until_it_is_killed_and_goes_on_afterwards(
    places: Places, deliver: Callable[..., bytes]
) -> None:
    places.scenario.write_text('{"delay": 0}')
    command = [sys.executable, "-m", "techsvc.practice"]
    with subprocess.Popen(command, env=environment(places), stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: (places.root / "host_key.pub").exists())
        deliver()
        wait_for(lambda: names(places.outgoing) >= ALL)
        process.send_signal(signal.SIGKILL)
    key = (places.root / "host_key.pub").read_text()
    with subprocess.Popen(command, env=environment(places), stderr=subprocess.PIPE, text=True) as process:
        deliver(orders_file("PO-1002", reference="18"), "m2.edi")
        wait_for(lambda: len(names(places.outgoing)) == 6)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert (places.root / "host_key.pub").read_text() == key
    assert not [n for n in names(places.outgoing) if n.startswith(".")]


def wait_for(happened: Callable[[], bool]) -> None:
    """Poll, because the other process has no way to tell us."""
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "The vendor did not get there in time."
        time.sleep(0.05)
