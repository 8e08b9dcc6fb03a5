"""From the bytes of a file to its segments, each with the byte where it begins (ISO 9735, syntax rules 1 to 4).

Liberal in what it takes: any UNA or none, line breaks anywhere, text before the interchange, an apostrophe that was
not released, a curly quote as terminator. What it can't make sense of at all is refused with the byte position.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from acquisitions.edi.charsets import decode_text
from acquisitions.edi.model import Delimiters, Departure, Segment
from techsvc.kernel.errors import BadInput

MAX_BYTES = 10 * 1024 * 1024
MAX_SEGMENT = 5 * 1024
MAX_SEGMENTS = 600_000
MAX_NOTES = 1000
STANDARD = Delimiters()
# Syntax level B may use the separators of ISO 646 that do not print.
NON_PRINTING = Delimiters(component="\x1f", element="\x1d", decimal=".", release="", terminator="\x1c")
UNA = re.compile(rb"UNA[^A-Za-z0-9]{5,6}\s{0,8}(?=UN[BGH])")
START = re.compile(UNA.pattern + rb"|UN[BGH](?=[+\x1d])")
REPERTOIRE = re.compile(rb"UNB[^A-Z]([A-Z]{4})")
TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
BLANK = " \t\r\n\x00\x1a\ufeff"
USUAL = {
    "ALC", "BGM", "CNT", "CPS", "CUX", "DTM", "FTX", "GIN", "GIR", "IMD", "LIN", "LOC", "MOA", "NAD", "PAC", "PCD",
    "PIA", "PRI", "QTY", "RFF", "TAX", "UNB", "UNH", "UNS",
}  # fmt: skip
CLOSING = frozenset({"UNT", "UNE", "UNZ"})
CURLY_TERMINATORS = ((b"\xe2\x80\x99", b"'  "), (b"\x92", b"'"))
# Only before tags of the book trade's messages: in "D\u2019ORO+VIA ROMA" the curly quote is text.
BEFORE_TAG = (
    rb"(?=\s*(?:ALC|BGM|CNT|CPS|CUX|DTM|FTX|GIN|GIR|IMD|LIN|LOC|MOA|NAD|PAC|PCD|PIA|PRI|QTY|RFF|TAX|UNS|UNT|UNZ)\+)"
)
X12_SETS = {
    "810": "invoice",
    "850": "purchase order",
    "855": "purchase order acknowledgement",
    "856": "advance ship notice",
    "860": "purchase order change",
    "997": "functional acknowledgement",
}
OTHER_FORMATS = (
    (b"STX=", "This is a TRADACOMS file"),
    (b"<", "This is an XML or HTML file"),
    (b"%PDF", "This is a PDF file"),
    (b"PK\x03\x04", "This is a ZIP file"),
    (b"\xff\xfe", "This file is in UTF-16"),
    (b"\xfe\xff", "This file is in UTF-16"),
)
ASK_VENDOR = "Ask the vendor for EDIFACT D.96A"


@dataclass(slots=True)
class Tokens:
    """The segments of one interchange, and what departed from the standard.

    `ends` tells by the offset of a closing segment where it ends; `oversized` holds the offsets of segments too long
    to be read.
    """

    delimiters: Delimiters
    codec: str = "latin-1"
    segments: list[Segment] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    oversized: set[int] = field(default_factory=set)
    departures: list[Departure] = field(default_factory=list)

    def note(self, offset: int, text: str) -> None:
        """Record a departure; a file that is wrong throughout is told of by its first thousand."""
        if len(self.departures) < MAX_NOTES:
            self.departures.append(Departure(offset, text))


def tokenize(data: bytes) -> list[Tokens]:
    """The segments of a file, apart for each UNA in it.

    Raises BadInput when the file is not EDIFACT, is too large or ends before its first segment does.
    """
    refuse_other_formats(data)
    first = START.search(data)
    if first is None:
        raise BadInput(f"This is not an EDIFACT file: no UNB or UNH from byte 0 on. {ASK_VENDOR}.", offset=0)
    starts = [first.start(), *(found.start() for found in UNA.finditer(data, first.end()))]
    parts = [_part(data, first.start(), starts[1] if len(starts) > 1 else len(data))]
    for start, stop in zip(starts[1:], [*starts[2:], len(data)], strict=False):
        try:
            parts.append(_part(data, start, stop))
        except BadInput as why:
            parts[-1].note(start, why.text)
    if not parts[0].segments:
        text = f"The file breaks off in its first segment, at byte {len(data)}. Fetch it again."
        raise BadInput(text, offset=first.start())
    if data[: first.start()].removeprefix(b"\xef\xbb\xbf").strip(BLANK[:-1].encode()):
        text = f"{first.start()} bytes before the interchange were passed over."
        parts[0].departures.insert(0, Departure(0, text))
    return parts


def refuse_other_formats(data: bytes) -> None:
    """Raise BadInput with a sentence for an empty or huge file and for the formats that come instead of EDIFACT."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise BadInput("The file is empty (byte 0). Fetch it again or ask the vendor.", offset=0)
    if len(data) > MAX_BYTES:
        text = (
            f"The file is too large: only {MAX_BYTES} bytes are read, it has {len(data)}. Ask the vendor to split it."
        )
        raise BadInput(text, offset=MAX_BYTES)
    if head.startswith(b"ISA"):
        raise BadInput(f"{_x12_sentence(head)} (byte 0). {ASK_VENDOR}.", offset=0)
    for signature, sentence in OTHER_FORMATS:
        if head.startswith(signature):
            raise BadInput(f"{sentence}, not EDIFACT (byte 0). {ASK_VENDOR}.", offset=0)


def _x12_sentence(head: bytes) -> str:
    """Which X12 transaction set the file holds; the element separator is the byte after ISA."""
    found = re.search(rb"\bST" + re.escape(head[3:4]) + rb"([0-9]{3})", head)
    code = found.group(1).decode() if found else ""
    kind = f" {code}" if code else ""
    name = f" ({X12_SETS[code]})" if code in X12_SETS else ""
    return f"This is an X12{kind} file{name}; only EDIFACT is read here"


def read_una(data: bytes, start: int) -> tuple[Delimiters, int, list[Departure]]:
    """(delimiters, byte where the first segment begins, departures).

    UNA names six characters: component, element and decimal marks, release, a reserved blank, the terminator.
    """
    found = UNA.match(data, start)
    if found is None:
        return (NON_PRINTING if data[start + 3 : start + 4] == b"\x1d" else STANDARD), start, []
    chars = data[start + 3 : start + 9].decode("latin-1")
    departures = []
    if len(found.group()) < 9 or (chars[5].isspace() and not chars[4].isspace()):
        chars = f"{chars[:4]} {chars[4]}"
        departures.append(Departure(start, "UNA has five characters instead of six; the reserved blank is missing."))
    component, element, decimal, release, _, terminator = tuple(chars)
    release = release.strip()
    if len({component, element, release, terminator}) < 4:
        text = f"UNA gives one character two purposes ({chars!r}, byte {start}). Ask the vendor to correct it."
        raise BadInput(text, offset=start)
    return Delimiters(component, element, decimal, release, terminator), found.end(), departures


def _part(data: bytes, start: int, stop: int) -> Tokens:
    """The segments of what stands from byte `start` to before byte `stop`."""
    delimiters, body, departures = read_una(data, start)
    named = REPERTOIRE.match(data, body)
    tokens = Tokens(delimiters, departures=departures)
    source = _mend_curly_terminators(data[body:stop], tokens, body)
    decoded = decode_text(source, named.group(1).decode() if named else "")
    tokens.codec = decoded.codec
    if decoded.remark:
        tokens.note(body, decoded.remark)
    _fill(tokens, _unwrapped(decoded.text, delimiters), body)
    return tokens


def _mend_curly_terminators(data: bytes, tokens: Tokens, body: int) -> bytes:
    """A curly quote just before a tag ends a segment: put an apostrophe in its place, at the same length."""
    if tokens.delimiters.terminator != "'":
        return data
    for curly, straight in CURLY_TERMINATORS:
        if curly in data:
            pattern = re.compile(curly + BEFORE_TAG)
            for found in pattern.finditer(data):
                tokens.note(body + found.start(), "A curly quote stands where an apostrophe should end the segment.")
            data = pattern.sub(straight, data)
    return data


def _unwrapped(text: str, marks: Delimiters) -> str:
    """Text of the same length in which no line break parts a release character from what it releases."""
    if not marks.release or marks.terminator in "\r\n" or not ("\n" in text or "\r" in text):
        return text
    return re.sub(f"({re.escape(marks.release)}+)([\r\n]+)", r"\2\1", text)


def _fill(tokens: Tokens, text: str, start: int) -> None:
    """Cut text, which begins at byte `start`, into segments."""
    marks = tokens.delimiters
    if text.count(marks.terminator) > MAX_SEGMENTS:
        text = f"The file has more than {MAX_SEGMENTS} segments (from byte {start}). Ask the vendor to split it."
        raise BadInput(text, offset=start)
    width = _byte_width(tokens.codec, text)
    broken = "\n" in text or "\r" in text
    *pieces, tail = split_released(text, marks.terminator, marks.release)
    for raw in pieces:
        end = start + width(raw) + 1
        piece = raw
        if raw[:1] <= " ":
            piece = raw.lstrip(BLANK)
            start += len(raw) - len(piece)
        if broken and ("\n" in piece or "\r" in piece):
            piece = piece.replace("\r", "").replace("\n", "")
        if piece:
            _take(tokens, piece, start, end)
        elif not raw:
            tokens.note(start, "An empty segment was passed over.")
        start = end
    _take_tail(tokens, tail, start)


def _byte_width(codec: str, text: str) -> Callable[[str], int]:
    """How many bytes a piece of the text has in the file."""
    if codec != "utf-8" or text.isascii():
        return len
    return lambda piece: len(piece) if piece.isascii() else len(piece.encode("utf-8"))


def _take(tokens: Tokens, piece: str, start: int, end: int) -> None:
    """Add the segment of a piece, or join a piece that is none to the segment before it."""
    if len(piece) > MAX_SEGMENT:
        tokens.note(start, f"A segment has {len(piece)} characters, more than the {MAX_SEGMENT} that are read.")
        tokens.oversized.add(start)
        piece = piece[:3]
    tag, elements = split_segment(piece, tokens.delimiters)
    if tag not in USUAL and not TAG.fullmatch(tag):
        tag = tag.partition(tokens.delimiters.component)[0].strip()
        if not TAG.fullmatch(tag):
            _join(tokens, piece, start)
            return
    tokens.segments.append(Segment(tag, elements, start))
    if tag in CLOSING:
        tokens.ends[start] = end


def _join(tokens: Tokens, piece: str, start: int) -> None:
    """Text without a tag is what follows an apostrophe that was not released: give it back to its element."""
    before = tokens.segments[-1] if tokens.segments else None
    if before is None or before.tag in CLOSING or not before.elements or len(before.elements[-1][-1]) > MAX_SEGMENT:
        tokens.note(start, f"{piece[:20]!r} is no segment and was passed over.")
        return
    _, (first, *more) = split_segment("TAG" + tokens.delimiters.element + piece, tokens.delimiters)
    last = before.elements[-1]
    last[-1] += tokens.delimiters.terminator + first[0]
    last.extend(first[1:])
    before.elements.extend(more)
    tokens.note(start, "An apostrophe in the text was not released; the text after it was joined to its segment.")


def _take_tail(tokens: Tokens, tail: str, start: int) -> None:
    """What follows the last terminator: nothing, a closing segment without terminator, or the stump of a cut file."""
    piece = tail.strip(BLANK)
    if not piece:
        return
    start += len(tail) - len(tail.lstrip(BLANK))
    if tokens.segments and tokens.segments[-1].tag == "UNZ":
        tokens.note(start, "Text after the end of the interchange (UNZ) was passed over.")
    elif piece[:3] in CLOSING:
        tokens.note(start, f"The last segment ({piece[:3]}) has no terminator.")
        _take(tokens, piece.replace("\r", "").replace("\n", ""), start, start + len(tail))
    else:
        tokens.note(start, "The file breaks off in the middle of a segment.")


def split_released(text: str, separator: str, release: str) -> list[str]:
    """Split at each separator that is not released (that no odd run of release characters stands before)."""
    pieces = text.split(separator)
    if not release or release not in text:
        return pieces
    joined: list[str] = []
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if not piece.endswith(release) or (len(piece) - len(piece.rstrip(release))) % 2 == 0:
            joined.append(separator.join(held) if len(held) > 1 else piece)
            held = []
    if held:
        joined.append(separator.join(held))
    return joined


def split_segment(piece: str, marks: Delimiters) -> tuple[str, list[list[str]]]:
    """(tag, elements as lists of components) of one segment without its terminator."""
    component, release = marks.component, marks.release
    if not release or release not in piece:
        tag, *texts = piece.split(marks.element)
        return tag, [text.split(component) for text in texts]
    tag, *texts = split_released(piece, marks.element, release)
    unescape = _released(marks).sub
    return tag, [[unescape(r"\1", part) for part in split_released(text, component, release)] for text in texts]


@lru_cache(maxsize=64)
def _released(marks: Delimiters) -> re.Pattern[str]:
    """A released service character; before any other character the release character is text ("Who am I?").

    The asterisk, which separates repetitions in syntax 4, is released by some vendors.
    """
    special = re.escape(marks.component + marks.element + marks.release + marks.terminator + "*")
    return re.compile(f"{re.escape(marks.release)}([{special}])")
