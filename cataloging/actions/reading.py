"""Cuts the file of a load into records and what is none, a chunk at a time, however long it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from cataloging.actions import versions
from cataloging.actions.versions import Draft, Lines
from cataloging.marc import files, iso2709, strict
from cataloging.marc.files import FileFormat
from cataloging.marc.iso2709 import Span, SpanKind
from cataloging.marc.projection import Projection
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import parse, project, to_bytes
from cataloging.models.loads import Load
from cataloging.queries.matching import Wanted
from cataloging.rules.lifecycle import RecordState
from cataloging.rules.matching import MatchRules
from cataloging.rules.profiles import DEFAULT, Profile, prepared
from techsvc.kernel import clock
from techsvc.kernel.contents import Content
from techsvc.kernel.errors import BadInput, Refusal

BLANK = b"\xef\xbb\xbf\r\n\t \x00\x1a"
# So many chunks are read ahead in another thread while the database is busy with one.
AHEAD = 2
# So many records of a file in another format than ISO 2709 at a time.
CHUNK = 500

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Readable:
    """A record of the file: where it stands, its bytes as the catalog would keep them, what it says.

    `note` is a sentence when its lengths were put right; `lines` is it as a new record, when it is read to be loaded.
    """

    member: str
    offset: int
    length: int
    raw: bytes
    projection: Projection
    note: str
    lines: Lines | None

    @property
    def record(self) -> Marc:
        """Read anew where it is wanted: a chunk of records as objects would take far more room than their bytes."""
        return parse(self.raw)

    def wanted(self, rules: MatchRules) -> Wanted:
        """What to look for in the catalog."""
        return Wanted.projected(self.projection, rules)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stretch of the file that is no record, and why."""

    member: str
    offset: int
    length: int
    why: str


Piece = Readable | Unreadable


class Stretch(NamedTuple):
    """A place in the file, or in a file of the archive."""

    member: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class File:
    """The file of a load, in the format that it was found to have."""

    content: Content
    form: str
    name: str

    @classmethod
    def of(cls, load: Load) -> File:
        return cls(Content(load.incoming), load.format, load.name)

    def others(self) -> Iterator[files.Piece]:
        """The pieces of a file that isn't ISO 2709, without the blanks between records."""
        whole = self.content.read(0, self.content.size)
        return (piece for piece in files.pieces(whole, self.name) if piece.record is not None or piece.why)


class Place(NamedTuple):
    """Where reading goes on: how many stretches lie before, and how many bytes."""

    done: int = 0
    byte: int = 0


START = Place()


def chunks(file: File, profile: Profile, *, place: Place = START, source: str = "") -> Iterator[list[Piece]]:
    """All of the file but blanks between records, in its order, from a place on.

    With a source, each record is made ready to be written as a new one.
    """
    if file.form != FileFormat.ISO2709:
        return _others(file, profile, place, source)
    content, start = file.content, place.byte
    return _ahead(partial(_pieces, profile, source), iso2709.windows(content.read, content.size, start))


def _others(file: File, profile: Profile, place: Place, source: str) -> Iterator[list[Piece]]:
    found = islice(file.others(), place.done, None)
    while some := list(islice(found, CHUNK)):
        yield [_other(piece, profile, source) for piece in some]


def _other(piece: files.Piece, profile: Profile, source: str) -> Piece:
    stretch = Stretch(piece.member, piece.offset, piece.length)
    if piece.record is None:
        return Unreadable(*stretch, piece.why)
    return _made(stretch, (piece.record, piece.raw, piece.note), profile, source)


def is_blank(span: Span) -> bool:
    """Whether a stretch is only line ends and blanks between records."""
    return not span.data.strip(BLANK)


def _ahead(work: Callable[[Given], Made], things: Iterable[Given]) -> Iterator[Made]:
    """The work on each thing, in order; while one is used, another thread works on the next, by the caller's clock."""
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for thing in things:
            waiting.append(pool.submit(copy_context().run, work, thing))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _pieces(profile: Profile, source: str, window: tuple[int, bytes]) -> list[Piece]:
    at, data = window
    return [_piece(span, profile, source) for span in iso2709.split(data, at) if not is_blank(span)]


def _piece(span: Span, profile: Profile, source: str) -> Piece:
    stretch = Stretch("", span.offset, span.length)
    if span.kind is SpanKind.JUNK:
        return Unreadable(*stretch, span.why)
    try:
        return _made(stretch, _read(span.data), profile, source)
    except Refusal as fault:
        return Unreadable(*stretch, span.why or fault.text)


def _made(stretch: Stretch, read: tuple[Marc, bytes, str], profile: Profile, source: str) -> Piece:
    """The record as the profile wants it, projected."""
    record, raw, note = read
    try:
        if profile is not DEFAULT:
            record = prepared(record, profile)
            raw = to_bytes(record)
    except Refusal as fault:
        return Unreadable(*stretch, fault.text)
    projection = project(record)
    if not projection.title:
        return Unreadable(*stretch, _("it has no title (field 245)"))
    lines = versions.lined(Draft(raw, RecordState.FULL, source, projection), clock.now()) if source else None
    return Readable(*stretch, raw, projection, note, lines)


def _read(data: bytes) -> tuple[Marc, bytes, str]:
    """The record in a stretch, its bytes as UTF-8, and a note when its lengths had to be put right; else BadInput."""
    quick = strict.read(data)
    if quick is not None:
        return quick, data, ""
    record, note = _mended(data)
    return record, to_bytes(record), note


def _mended(data: bytes) -> tuple[Marc, str]:
    try:
        return parse(data), ""
    except BadInput:
        mended = iso2709.mend(data)
        if mended is None:
            raise
        return parse(mended), _("its lengths were wrong and were put right")
