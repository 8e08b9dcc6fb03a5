"""Which two records of the catalog are suspected to be of one title."""

from __future__ import annotations

from cataloging.marc.fields import plain
from cataloging.marc.projection import KeyKind
from cataloging.rules.matching import TITLE_DIFFERS, WITHIN, Facts, Match, Verdict, agreement, score

# The keys by which two records may meet; what they then have in common decides.
KINDS = (KeyKind.ISBN, KeyKind.ISSN, KeyKind.LCCN, KeyKind.OCLC, KeyKind.UPC, KeyKind.PUBLISHER_NO, KeyKind.TITLE)
# A key that so many records have tells nothing ("Selected poems" without an author, an ISBN of zeros).
TOO_COMMON = 50


def suspicion(one: Facts, other: Facts) -> Match | None:
    """Why two records may be of one title; None when there is no reason to look.

    Two facts have to agree: a number alone is often misprinted or used again, and a title alone is nobody's. Without a
    number in common, other editions and other subtitles are other things. Where the titles differ, a number and the
    author are what volumes of a set share: two numbers have to agree.
    """
    found, match = agreement(one, other), score(one, other, WITHIN)
    agreeing = len(found.numbers) + len(found.support)
    if match.verdict is Verdict.DIFFERENT or agreeing < 2:
        return None
    if TITLE_DIFFERS in found.against and len(found.numbers) < 2:
        return None
    if not found.numbers and (editions_differ(one, other) or subtitles_differ(one, other)):
        return None
    return match


def subtitles_differ(one: Facts, other: Facts) -> bool:
    """Whether both titles go on, and not in the same way: "School arithmetic : primary book" and " : advanced book"."""
    short, long = sorted((plain(one.title), plain(other.title)), key=len)
    return not long.startswith(short)


def editions_differ(one: Facts, other: Facts) -> bool:
    """Whether both say which edition they are, and not the same."""
    return bool(one.edition and other.edition) and plain(one.edition) != plain(other.edition)
