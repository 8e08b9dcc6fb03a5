"""What the practice vendor remembers: files seen, orders taken, answers written. One JSON file, replaced atomically."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Answer:
    """One answer to give: its message type, file name and numbers are fixed when the order is taken.

    `due` and `moment` are ISO 8601 times; `written` is set when the file lies in out/.
    """

    kind: str
    number: str
    reference: str
    name: str
    due: str
    written: bool = False


@dataclass
class Job:
    """One order taken: where it is kept, the scenario of that day, and its answers in sequence."""

    sender: str
    order: str
    interchange: str
    file: str
    message: str
    received: str
    first_carton: int
    scenario: dict[str, object]
    answers: list[Answer]


@dataclass
class State:
    """Everything. `files` maps the sha256 of a file to its name, `interchanges` sender and reference to a sha256."""

    next_number: int = 1
    next_carton: int = 1
    files: dict[str, str] = field(default_factory=dict)
    interchanges: dict[str, str] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)

    def take_number(self) -> int:
        """The next of the one series that all documents share."""
        self.next_number += 1
        return self.next_number - 1

    def take_cartons(self, count: int) -> int:
        """The first serial of `count` cartons."""
        self.next_carton += count
        return self.next_carton - count

    def job_for(self, sender: str, order: str) -> Job | None:
        """The order of that number from that sender, if it was taken before."""
        return next((job for job in self.jobs if (job.sender, job.order) == (sender, order)), None)


def load(path: Path) -> State:
    """The state, new when there is none yet."""
    if not path.exists():
        return State()
    kept = json.loads(path.read_text("utf-8"))
    jobs = [Job(**(job | {"answers": [Answer(**answer) for answer in job["answers"]]})) for job in kept.pop("jobs")]
    return State(**kept, jobs=jobs)


def save(path: Path, state: State) -> None:
    """Replace the file; after a crash it is the old one or the new one."""
    write_whole(path, json.dumps(asdict(state), indent=1).encode())


def write_whole(path: Path, body: bytes) -> None:
    """Write under a temporary name, flush, rename: nobody sees half a file."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process works in this directory; the system lets go when a process dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
