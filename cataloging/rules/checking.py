"""Checking a file of records without loading it: what can't be read, and what each record has wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cataloging.marc.files import Piece, pieces
from cataloging.rules.validation import Fault, Severity, faults


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its place: the record's ordinal and byte in the file, or in the file of an archive."""

    record: int
    member: str
    offset: int
    fault: Fault


@dataclass(slots=True)
class Count:
    """What was read so far."""

    records: int = 0
    bytes: int = 0


def findings(body: bytes, name: str, count: Count) -> Iterator[Finding]:
    """Every finding in a file, in its order, counting what was read. Raises BadInput for a file that is no MARC."""
    ordinal = 0
    for piece in pieces(body, name):
        count.bytes += piece.length
        if piece.record is None and not piece.why:
            continue
        ordinal += 1
        count.records += piece.record is not None
        for fault in _of_piece(piece):
            yield Finding(ordinal, piece.member, piece.offset, fault)


def _of_piece(piece: Piece) -> Iterator[Fault]:
    if piece.record is None:
        yield Fault(Severity.ERROR, "", 0, piece.why)
        return
    if piece.note:
        yield Fault(Severity.WARNING, "", 0, f"{piece.note[:1].upper()}{piece.note[1:]}.")
    yield from faults(piece.record)
