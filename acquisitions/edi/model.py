"""What an interchange is made of: segments, messages, the envelope, and each departure from the standard."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """Something that is not as the standard has it, which reading went on in spite of; `offset` counts bytes from 0."""

    offset: int
    text: str

    def __str__(self) -> str:
        return f"{self.text} (byte {self.offset})"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The service characters of an interchange (UNA); `release` is "" where the sender uses none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    terminator: str = "'"


@dataclass(slots=True)
class Segment:
    """One segment: its tag, its elements as lists of components, and the byte where it begins."""

    tag: str
    elements: list[list[str]]
    offset: int = 0

    def at(self, element: int, component: int = 0) -> str:
        """The component without surrounding blanks, both counted from 0 after the tag; "" where there is none."""
        try:
            return self.elements[element][component].strip()
        except IndexError:
            return ""


@dataclass(slots=True)
class Message:
    """One message without its UNH and UNT; `offset` to `end` is where all of it stands in the file, in bytes.

    `error` is a sentence when the message must not be applied unseen (cut off, no type); its segments are kept.
    """

    ref: str
    type: str
    version: str
    offset: int
    segments: list[Segment] = field(default_factory=list)
    end: int = 0
    error: str | None = None
    departures: list[Departure] = field(default_factory=list)
    delimiters: Delimiters = Delimiters()


@dataclass(slots=True)
class Interchange:
    """One interchange, UNB to UNZ; `prepared` is the sender's local time."""

    sender: str = ""
    sender_qualifier: str = ""
    recipient: str = ""
    recipient_qualifier: str = ""
    control_ref: str = ""
    application: str = ""
    prepared: datetime | None = None
    test: bool = False
    charset: str = "latin-1"
    offset: int = 0
    delimiters: Delimiters = Delimiters()
    messages: list[Message] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)

    def all_departures(self) -> list[Departure]:
        """The envelope's departures and those of every message, in the order of the file."""
        every = [*self.departures, *(found for message in self.messages for found in message.departures)]
        return sorted(every, key=lambda departure: departure.offset)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector still: a message makes many small lists and no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
