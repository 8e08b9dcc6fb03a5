"""What has to be done to each kind of material before it can stand on the shelf: defaults that a library edits.

Sources: processing checklists that public and academic libraries publish. Times are minutes for one item, to plan a
day's work with; supplies are counted down as steps are done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from cataloging.marc.fields import Format
from processing.rules.lifecycle import StepState


class StepCode(StrEnum):
    """The steps that we know from the start; a library may add its own."""

    CHECK_CONTENTS = "check_contents"
    STAMP = "stamp"
    BARCODE = "barcode"
    SPINE_LABEL = "spine_label"
    LABEL_PROTECTOR = "label_protector"
    JACKET_COVER = "jacket_cover"
    REINFORCE = "reinforce"
    CASE = "case"
    CASE_INSERT = "case_insert"
    DISC_HUB = "disc_hub"
    PIECE_COUNT = "piece_count"
    CONTENTS_LIST = "contents_list"
    GENRE_STICKER = "genre_sticker"
    RATING_STICKER = "rating_sticker"
    RFID = "rfid"
    SECURITY = "security"
    FINAL_CHECK = "final_check"


@dataclass(frozen=True)
class Step:
    """One kind of work. `supply` names what is used up; `scan` means that scanning the item completes the step."""

    code: str
    label: str
    minutes: float
    supply: str = ""
    scan: bool = False


@dataclass(frozen=True)
class PlannedStep:
    """A step of one job: open, or already done by the vendor (shelf-ready)."""

    step: Step
    state: StepState
    by_vendor: bool = False


STEPS: dict[str, Step] = {
    step.code: step
    for step in (
        Step(StepCode.CHECK_CONTENTS, "Count pieces and check that they play", 2.0),
        Step(StepCode.STAMP, "Property stamp, top and bottom edge", 0.5),
        Step(StepCode.BARCODE, "Barcode", 0.5, "barcode label", scan=True),
        Step(StepCode.SPINE_LABEL, "Spine label", 0.7, "spine label"),
        Step(StepCode.LABEL_PROTECTOR, "Label protector", 0.3, "label protector"),
        Step(StepCode.JACKET_COVER, "Jacket cover", 2.5, "jacket cover"),
        Step(StepCode.REINFORCE, "Reinforce the paperback", 3.0, "laminate"),
        Step(StepCode.CASE, "Solid or locking case", 1.0, "case"),
        Step(StepCode.CASE_INSERT, "Label on the insert", 0.7, "spine label"),
        Step(StepCode.DISC_HUB, "Library and barcode on each disc's hub", 0.5),
        Step(StepCode.PIECE_COUNT, "Label with the number of pieces", 0.5, "piece label"),
        Step(StepCode.CONTENTS_LIST, "Contents list in the kit", 5.0),
        Step(StepCode.GENRE_STICKER, "Genre sticker", 0.3, "genre sticker"),
        Step(StepCode.RATING_STICKER, "Rating sticker", 0.3, "rating sticker"),
        Step(StepCode.RFID, "RFID tag, written and read back", 0.7, "RFID tag", scan=True),
        Step(StepCode.SECURITY, "Security strip or ring", 0.5, "security strip"),
        Step(StepCode.FINAL_CHECK, "Call number and barcode match the record", 0.3, scan=True),
    )
}

_BOOK = ("stamp", "barcode", "spine_label", "label_protector", "jacket_cover", "final_check")
_DISC = ("check_contents", "barcode", "case", "case_insert", "disc_hub")

ROUTES: dict[Format, tuple[str, ...]] = {
    Format.BOOK: _BOOK,
    Format.LARGE_PRINT: _BOOK,
    Format.SCORE: ("stamp", "barcode", "spine_label", "reinforce", "piece_count", "final_check"),
    Format.SERIAL: ("stamp", "barcode", "final_check"),
    Format.MAP: ("stamp", "barcode", "case", "final_check"),
    Format.AUDIOBOOK_CD: (*_DISC, "piece_count", "final_check"),
    Format.MUSIC_CD: (*_DISC, "final_check"),
    Format.DVD: (*_DISC, "rating_sticker", "final_check"),
    Format.BLU_RAY: (*_DISC, "rating_sticker", "final_check"),
    Format.VIDEO_GAME: (*_DISC, "rating_sticker", "final_check"),
    Format.KIT: ("check_contents", "barcode", "case", "contents_list", "piece_count", "final_check"),
    Format.EBOOK: (),
    Format.EAUDIO: (),
    Format.OTHER: ("stamp", "barcode", "spine_label", "final_check"),
}

# Where a binding needs another step than the route has: (format, binding) -> (step of the route, step instead).
VARIANTS: dict[tuple[Format, str], tuple[str, str]] = {
    (Format.BOOK, "paperback"): ("jacket_cover", "reinforce"),
    (Format.LARGE_PRINT, "paperback"): ("jacket_cover", "reinforce"),
}


@dataclass(frozen=True)
class Practice:
    """What one library adds or leaves out everywhere. `quality_percent` of shelf-ready items are checked by hand."""

    rfid: bool = False
    security: bool = False
    genre_stickers: bool = False
    leave_out: frozenset[str] = frozenset()
    quality_percent: int = 10


USUAL = Practice()


def route(
    form: Format,
    *,
    binding: str = "",
    practice: Practice = USUAL,
    done_by_vendor: Collection[str] = (),
    barcode: str = "",
) -> tuple[PlannedStep, ...]:
    """The steps of an item in order.

    `binding` is a word such as "paperback"; `done_by_vendor` the codes of the steps that a shelf-ready delivery brings
    done. They are ticked, except on the sample of items (chosen by `barcode`) where a person repeats the check.
    """
    codes = [code for code in with_practice(varied(form, binding), practice) if code not in practice.leave_out]
    inspected = bool(done_by_vendor) and in_sample(barcode, practice.quality_percent)
    return tuple(planned(STEPS[code], code in done_by_vendor, inspected) for code in codes)


def varied(form: Format, binding: str) -> list[str]:
    """The route of a format, with the step that a binding replaces."""
    replaced, step = VARIANTS.get((form, binding.lower()), ("", ""))
    return [step if code == replaced else code for code in ROUTES[form]]


def with_practice(codes: list[str], practice: Practice) -> list[str]:
    """The library's extra steps before the final check; what needs no step (an e-book) gets none."""
    if not codes:
        return []
    extra = [
        code
        for wanted, code in (
            (practice.genre_stickers, "genre_sticker"),
            (practice.rfid, "rfid"),
            (practice.security, "security"),
        )
        if wanted
    ]
    return [*codes[:-1], *extra, codes[-1]]


def planned(step: Step, by_vendor: bool, inspected: bool) -> PlannedStep:
    """A step of the plan; in the sample a vendor's step is open again, to be looked at."""
    if not by_vendor:
        return PlannedStep(step, StepState.OPEN)
    if inspected:
        return PlannedStep(replace(step, label=f"{step.label} (check the vendor's work)"), StepState.OPEN, True)
    return PlannedStep(step, StepState.DONE, True)


def in_sample(key: str, percent: int) -> bool:
    """Whether an item is one of the `percent` in a hundred that are inspected; the same answer for the same barcode."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 100 < percent


def minutes(steps: Collection[PlannedStep]) -> float:
    """The work that is left, in minutes."""
    return sum(planned.step.minutes for planned in steps if planned.state is StepState.OPEN)


def supplies(steps: Collection[PlannedStep]) -> dict[str, int]:
    """What the open steps will use up."""
    used: dict[str, int] = {}
    for each in steps:
        if each.state is StepState.OPEN and each.step.supply and not each.by_vendor:
            used[each.step.supply] = used.get(each.step.supply, 0) + 1
    return used
