"""Says of each stretch of a file what loading would make of it. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from cataloging.actions.reading import Piece, Readable
from cataloging.marc.fields import Format
from cataloging.marc.projection import KeyKind
from cataloging.marc.record import parse, to_bytes
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Record
from cataloging.queries import matching
from cataloging.queries.matching import Candidate, Wanted
from cataloging.rules.matching import Facts, Verdict, score
from cataloging.rules.overlay import overlay as overlaid
from cataloging.rules.profiles import Profile


class Judged(NamedTuple):
    """A stretch of the file, and the row that says what becomes of it."""

    row: LoadRow
    piece: Piece


class Seen:
    """What earlier records of the same file are, so that a file doesn't bring one title twice; kept small."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._facts: dict[int, bytes] = {}

    def double(self, wanted: Wanted) -> str:
        """The sentence about an earlier record of the file that is the same; "" when there is none."""
        for key in wanted.keys:
            position = self._places.get(hash(key)) if key[0] != KeyKind.TITLE else None
            if position is None:
                continue
            match = score(wanted.facts, _unpacked(self._facts[position]))
            if match.verdict is Verdict.SAME:
                return _("record %(n)d of this file is the same: %(why)s") % {
                    "n": position,
                    "why": ", ".join(match.reasons),
                }
        return ""

    def note(self, position: int, wanted: Wanted) -> None:
        keys = [hash(key) for key in wanted.keys if key[0] != KeyKind.TITLE]
        fresh = [key for key in keys if key not in self._places]
        self._places.update(dict.fromkeys(fresh, position))
        if fresh:
            self._facts[position] = _packed(wanted.facts)


@dataclass(slots=True)
class Judge:
    """Judges the chunks of one file in their order; `at` is the position of the last record that was judged."""

    load: Load
    profile: Profile
    at: int = 0
    seen: Seen = field(default_factory=Seen)

    def judged(self, chunk: Sequence[Piece]) -> list[Judged]:
        """A row for every stretch of the chunk. Five queries, whatever its length."""
        good = [piece for piece in chunk if isinstance(piece, Readable)]
        wanted = [piece.wanted(self.profile.matching) for piece in good]
        matches = matching.find(wanted, self.profile.matching)
        firsts = [candidates[0] if candidates else None for candidates in matches]
        same = {one.record.pk for one in firsts if one and one.verdict is Verdict.SAME}
        known = _Known(_raws(same), _rivals(self.load, same))
        answers = iter(zip(wanted, firsts, strict=True))
        found = []
        for piece in chunk:
            self.at += 1
            row = _row(self.load, self.at, piece)
            if isinstance(piece, Readable):
                mine, first = next(answers)
                self._settle(row, piece, mine, first, known)
            found.append(Judged(row, piece))
        return found

    def _settle(self, row: LoadRow, piece: Readable, wanted: Wanted, first: Candidate | None, known: _Known) -> None:
        row.outcome, row.reason = self._outcome(piece, wanted, first, known)
        row.title, row.record = piece.projection.title.replace("\x00", ""), first.record if first else None
        self.seen.note(self.at, wanted)

    def _outcome(
        self, piece: Readable, wanted: Wanted, first: Candidate | None, known: _Known
    ) -> tuple[str, str]:  # fmt: skip
        """(outcome, why): create, overlay, withdraw, unchanged, or held for a person."""
        double = self.seen.double(wanted)
        if double:
            return "held", double
        if first is None:
            if self.profile.withdraws:
                return "held", _("the catalog has no such title, so there is nothing to withdraw")
            return "create", piece.note
        why = ", ".join(filter(None, [*first.reasons, piece.note]))
        if first.verdict is not Verdict.SAME:
            return "held", why
        rival = known.rivals.setdefault(first.record.pk, self.at)
        if rival != self.at:
            return "held", _("record %(n)d of this file is for the same title") % {"n": rival}
        if self.profile.withdraws:
            return "withdraw", why
        return ("unchanged" if self._is_same(known.raws[first.record.pk], piece) else "overlay"), why

    def _is_same(self, raw: bytes, piece: Readable) -> bool:
        """Whether an overlay would change nothing."""
        if raw == piece.raw:
            return True
        merged, _happenings = overlaid(parse(raw), piece.record, self.profile.overlay)
        return to_bytes(merged) == raw


class _Known(NamedTuple):
    """Of the records that would be overlaid: their bytes, and which record of the file is for them already."""

    raws: dict[int, bytes]
    rivals: dict[int, int]


def _raws(pks: set[int]) -> dict[int, bytes]:
    return {pk: bytes(raw) for pk, raw in Record.objects.filter(pk__in=pks).values_list("pk", "raw")}


def _rivals(load: Load, pks: set[int]) -> dict[int, int]:
    rows = load.rows.filter(record__in=pks, outcome__in=("create", "overlay", "withdraw", "unchanged"))
    return dict(rows.values_list("record_id", "position")) if pks else {}


def _row(load: Load, position: int, piece: Piece) -> LoadRow:
    why = "" if isinstance(piece, Readable) else piece.why
    return LoadRow(
        load=load,
        position=position,
        member=piece.member[:200],
        offset=piece.offset,
        length=piece.length,
        outcome="rejected",
        reason=why,
    )


def _packed(facts: Facts) -> bytes:
    form = str(facts.format) if facts.format else ""
    numbers = (tuple(facts.isbns13), facts.lccn, facts.oclc, tuple(facts.upcs))
    return json.dumps((facts.title, facts.author, numbers, facts.pub_year, form)).encode()


def _unpacked(packed: bytes) -> Facts:
    title, author, (isbns, lccn, oclc, upcs), pub_year, form = json.loads(packed)
    return Facts(
        title, author, frozenset(isbns), lccn, oclc, frozenset(upcs), pub_year, Format(form) if form else None
    )  # fmt: skip
