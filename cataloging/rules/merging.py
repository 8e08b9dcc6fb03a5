"""Two records of one title made into one: which fields stand side by side, which are kept, what comes of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from cataloging.marc.fields import plain
from cataloging.marc.record import Field, Leader, Record, Subfield, as_line, parse, shown, to_bytes
from cataloging.rules.overlay import place
from techsvc.kernel.errors import Refusal

# Numbers, subjects, local fields and web addresses of both records are kept; of the description, the survivor's.
JOINED = ("020", "022", "024", "028", "035", "049", "09X", "59X", "6XX", "852", "856", "9XX")
# What enriches a description is taken from the other record where the survivor has none.
FILLED = ("010", "050", "082", "505", "520", "521", "586")
# Fields that a record may have once; of the main entries (1XX) it has one at most.
ONCE = frozenset({"001", "003", "005", "008", "010", "018", "240", "245", "254", "256", "263", "306"})
OWN = frozenset({"001", "003", "005"})  # the survivor's, always
LEFT, RIGHT = "a", "b"


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of one of the records: the key by which it is chosen, its text, whether it is kept to begin with."""

    key: str
    text: str
    kept: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class MergeRow:
    """The survivor's field beside the other record's; one of them may be missing. `same`: both say this."""

    tag: str
    left: Cell | None
    right: Cell | None
    same: bool = False


def side_by_side(survivor: Record, loser: Record) -> list[MergeRow]:
    """Every field of both, in the order of tags; what both say stands in one row, and is kept once."""
    left, right = _keyed(survivor, LEFT), _keyed(loser, RIGHT)
    rows = []
    for tag in sorted({field.tag for _key, field in (*left, *right)}):
        mine = [(key, field) for key, field in left if field.tag == tag]
        theirs = [(key, field) for key, field in right if field.tag == tag]
        rows += _rows(tag, mine, theirs, survivor)
    return rows


Keyed = tuple[str, Field]


def _rows(tag: str, mine: list[Keyed], theirs: list[Keyed], survivor: Record) -> list[MergeRow]:
    rows, lonely = [], []
    for key, field in mine:
        twin = next((one for one in theirs if alike(one[1], field)), None)
        if twin is None:
            lonely.append((key, field))
            continue
        theirs.remove(twin)
        rows.append(MergeRow(tag, _cell(key, field), _cell(*twin, kept=False), same=True))
    for own, other in zip_longest(lonely, theirs):
        right = None if other is None else _cell(*other, kept=_joins(other[1], survivor))
        rows.append(MergeRow(tag, None if own is None else _cell(*own), right))
    return rows


def _cell(key: str, field: Field, *, kept: bool = True) -> Cell:
    return Cell(key, shown(as_line(field)), kept, fixed=field.tag in OWN)


def default_choice(survivor: Record, loser: Record) -> frozenset[str]:
    """The keys of the fields that are kept unless somebody says otherwise."""
    rows = side_by_side(survivor, loser)
    return frozenset(cell.key for row in rows for cell in (row.left, row.right) if cell is not None and cell.kept)


def merged(survivor: Record, loser: Record, choice: Collection[str]) -> Record:
    """The record of the chosen fields. The survivor's number stays; the other one's is kept as 035.

    Says no to two fields where a record may have one. The leader goes with the title. A field that both records have
    comes once, however often it was chosen. Neither record given is changed.
    """
    old, other = parse(to_bytes(survivor)), parse(to_bytes(loser))
    taken: list[Field] = []
    from_other = False
    for key, field in (*_keyed(old, LEFT), *_keyed(other, RIGHT)):
        wanted = key in choice if field.tag not in OWN else key.startswith(LEFT)
        if not wanted or (key.startswith(RIGHT) and any(alike(field, one) for one in taken)):
            continue
        taken.append(field)
        from_other = from_other or (field.tag == "245" and key.startswith(RIGHT))
    taken += [field for field in _number_of(other, old) if not any(alike(field, one) for one in taken)]
    _refuse_doubles(taken)
    result = Record()
    result.leader = Leader(str((other if from_other else old).leader))
    result.fields = sorted(taken, key=place)
    return result


def takes_title_of_other(survivor: Record, choice: Collection[str], loser: Record) -> bool:
    """Whether the chosen title, and with it the description, is the other record's."""
    return any(key in choice for key, field in _keyed(loser, RIGHT) if field.tag == "245") and not any(
        key in choice for key, field in _keyed(survivor, LEFT) if field.tag == "245"
    )


def alike(one: Field, other: Field) -> bool:
    """Whether two fields say the same: letters count, capitals, accents and punctuation don't.

    Fields of codes and numbers have to be equal.
    """
    if one.tag != other.tag:
        return False
    if one.control_field:
        return bool(one.data == other.data)
    return _said(one) == _said(other)


def _said(field: Field) -> tuple[object, ...]:
    """Web addresses and local data to the letter; all else in plain letters. Of indicators only a subject's source."""
    to_the_letter = field.tag in ("856", "852") or field.tag.startswith("9")
    parts = [(one.code, one.value.strip() if to_the_letter else plain(one.value)) for one in field.subfields]
    source = field.indicator2 if field.tag.startswith("6") else ""
    return source, tuple(part for part in parts if part[1])


def _joins(field: Field, survivor: Record) -> bool:
    """Whether a field of the other record is kept to begin with."""
    marked = field.tag not in OWN and not field.control_field
    if any(_covers(tag, field.tag) for tag in JOINED) or (marked and _is_local(field)):
        return True
    return field.tag in FILLED and not survivor.get_fields(field.tag)


def _is_local(field: Field) -> bool:
    return bool(field.get_subfields("5")) or any("local" in value.lower() for value in field.get_subfields("9"))


def _covers(pattern: str, tag: str) -> bool:
    return all(wanted in ("X", found) for wanted, found in zip(pattern, tag, strict=True))


def _number_of(other: Record, survivor: Record) -> list[Field]:
    """The other record's control number as a 035, so that a scan of it still leads to the title."""
    number, source = other.get("001"), other.get("003")
    mine = survivor.get("001")
    if number is None or not (number.data or "").strip() or (mine is not None and mine.data == number.data):
        return []
    prefix = f"({source.data.strip()})" if source is not None and source.data else ""
    return [Field(tag="035", subfields=[Subfield("a", prefix + (number.data or "").strip())])]


def _refuse_doubles(fields: Sequence[Field]) -> None:
    tags = ["1XX" if field.tag.startswith("1") else field.tag for field in fields]
    twice = [tag for tag in sorted(set(tags)) if tags.count(tag) > 1 and (tag in ONCE or tag == "1XX")]
    if twice:
        raise Refusal(f"A record has field {', '.join(twice)} once, and two are ticked. Leave one of each.")


def _keyed(record: Record, side: str) -> list[Keyed]:
    return [(f"{side}{place}", field) for place, field in enumerate(record.fields)]
