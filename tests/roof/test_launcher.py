"""The launcher's parts: a port that is taken, and a part that dies."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from techsvc import launcher


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"^Port {port} on 127\.0\.0\.1 can't be used .* PORT=\d+ make run$"):
            launcher.refuse_taken_port("127.0.0.1", port)


def test_a_part_that_dies_starts_again_later_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TECHSVC_VAR", str(tmp_path))
    part = launcher.Part("short-lived", ["-c", "print('last words'); raise SystemExit(3)"])
    pauses: list[int] = []
    for _ in range(3):
        part.due = 0.0
        part.tend()
        assert part.process is not None
        part.process.wait()
        part.tend()
        assert part.process is None
        pauses.append(round(part.due - time.monotonic()))
    assert pauses == [1, 2, 4]
    assert "The short-lived ended with code 3; it starts again in 1 s." in capsys.readouterr().out
    assert part.log.read_text() == "last words\n" * 3


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=rf"^PORT='{port}': must be a whole number from 1 to 65535$"):
        launcher.main()
