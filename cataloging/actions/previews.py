"""Reads a file of records and says of each stretch of it what loading would make of it. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from cataloging.marc import iso2709
from cataloging.marc.iso2709 import Span, SpanKind
from cataloging.marc.projection import KeyKind, Projection
from cataloging.marc.record import Record as Marc
from cataloging.marc.record import parse, project, to_bytes
from cataloging.models.loads import LoadRow
from cataloging.models.records import Record
from cataloging.queries import matching
from cataloging.queries.matching import Candidate, Wanted
from cataloging.rules.matching import Facts, Verdict, score
from cataloging.rules.overlay import KEEP_LOCAL
from cataloging.rules.overlay import overlay as overlaid
from techsvc.kernel.errors import BadInput, Refusal

# So many records are read, matched and forgotten at a time, whatever the size of the file.
CHUNK = 500
BLANK = b"\xef\xbb\xbf\r\n\t \x00\x1a"


@dataclass(frozen=True, slots=True)
class Readable:
    """A record of the file: where it stands, what it says, and a note when its lengths were put right."""

    position: int
    span: Span
    record: Marc
    projection: Projection
    note: str

    @property
    def wanted(self) -> Wanted:
        return Wanted.projected(self.projection)


@dataclass(slots=True)
class Seen:
    """What earlier records of the same file are and want, so that a file doesn't bring one title twice."""

    by_key: dict[tuple[str, str], tuple[int, Facts]] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)

    def double(self, wanted: Wanted) -> str:
        """The sentence about an earlier record of the file that is the same; "" when there is none."""
        for key in wanted.keys:
            if key[0] == KeyKind.TITLE or key not in self.by_key:
                continue
            position, facts = self.by_key[key]
            match = score(wanted.facts, facts)
            if match.verdict is Verdict.SAME:
                return _("record %(n)d of this file is the same: %(why)s") % {
                    "n": position,
                    "why": ", ".join(match.reasons),
                }
        return ""

    def note(self, position: int, wanted: Wanted) -> None:
        for key in wanted.keys:
            self.by_key.setdefault(key, (position, wanted.facts))


def rows(body: bytes) -> Iterator[LoadRow]:
    """A LoadRow for every stretch but blanks between records, in the order of the file. Four queries for 500."""
    seen = Seen()
    pieces = _pieces(body)
    while chunk := list(islice(pieces, CHUNK)):
        good = [piece for piece in chunk if isinstance(piece, Readable)]
        matches = matching.find([piece.wanted for piece in good])
        found = dict(zip((piece.position for piece in good), matches, strict=True))
        raws = _raws([candidates[0] for candidates in matches if candidates])
        for piece in chunk:
            yield _judged(piece, found[piece.position], raws, seen) if isinstance(piece, Readable) else piece


def readable(data: bytes) -> tuple[Marc, str]:
    """The record in a stretch of the file and a note when its lengths had to be put right; else BadInput."""
    try:
        return parse(data), ""
    except BadInput:
        mended = iso2709.mend(data)
        if mended is None:
            raise
        return parse(mended), _("its lengths were wrong and were put right")


def is_blank(span: Span) -> bool:
    """Whether a stretch is only line ends and blanks between records."""
    return not span.data.strip(BLANK)


def _pieces(body: bytes) -> Iterator[Readable | LoadRow]:
    """Every stretch: what can be read, and rows for what can't."""
    spans = (span for span in iso2709.split(body) if not is_blank(span))
    return (_piece(position, span) for position, span in enumerate(spans, 1))


def _piece(position: int, span: Span) -> Readable | LoadRow:
    if span.kind is SpanKind.JUNK:
        return _row(position, span, "rejected", span.why)
    try:
        record, note = readable(span.data)
        to_bytes(record)
    except Refusal as fault:
        return _row(position, span, "rejected", span.why or fault.text)
    projection = project(record)
    if not projection.title:
        return _row(position, span, "rejected", _("it has no title (field 245)"))
    return Readable(position, span, record, projection, note)


def _raws(first: Sequence[Candidate]) -> dict[int, bytes]:
    """The bytes of the records that would be overlaid."""
    pks = {one.record.pk for one in first if one.verdict is Verdict.SAME}
    return {pk: bytes(raw) for pk, raw in Record.objects.filter(pk__in=pks).values_list("pk", "raw")}


def _judged(piece: Readable, candidates: Sequence[Candidate], raws: dict[int, bytes], seen: Seen) -> LoadRow:
    """The row of a readable record, with the record of the catalog that it is about."""
    first = candidates[0] if candidates else None
    outcome, why = _outcome(piece, first, raws, seen)
    seen.note(piece.position, piece.wanted)
    row = _row(piece.position, piece.span, outcome, why)
    row.title = piece.projection.title.replace("\x00", "")
    row.record = first.record if first else None
    return row


def _outcome(piece: Readable, first: Candidate | None, raws: dict[int, bytes], seen: Seen) -> tuple[str, str]:
    """(outcome, why): create, overlay, unchanged, or held for a person."""
    double = seen.double(piece.wanted)
    if double:
        return "held", double
    if first is None:
        return "create", piece.note
    why = ", ".join(filter(None, [*first.reasons, piece.note]))
    if first.verdict is not Verdict.SAME:
        return "held", why
    rival = seen.targets.setdefault(first.record.pk, piece.position)
    if rival != piece.position:
        return "held", _("record %(n)d of this file is for the same title") % {"n": rival}
    return ("unchanged" if _same(raws[first.record.pk], piece.record) else "overlay"), why


def _same(raw: bytes, incoming: Marc) -> bool:
    """Whether an overlay would change nothing."""
    merged, _happenings = overlaid(parse(raw), incoming, KEEP_LOCAL)
    return to_bytes(merged) == raw


def _row(position: int, span: Span, outcome: str, why: str) -> LoadRow:
    return LoadRow(position=position, offset=span.offset, length=span.length, outcome=outcome, reason=why)
