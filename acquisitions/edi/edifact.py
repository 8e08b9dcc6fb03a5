"""EDIFACT interchanges (ISO 9735): bytes to messages, liberally; messages to bytes, strictly.

`decode` keeps every departure from the standard as a sentence with its byte, and never lets one bad message drop the
others. `encode` writes nothing that a strict reader could refuse: text is brought into the character set first and
escaped afterwards, and all counts and references are computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from acquisitions.edi.charsets import CODECS, transliterate
from acquisitions.edi.model import Departure, Interchange, Message, Segment, collector_paused
from acquisitions.edi.tokens import Tokens, tokenize
from techsvc.kernel.errors import Refusal

D96A = ("D", "96A", "UN", "EAN008")
LARGEST_REFERENCE = 10**14 - 1
SYNTAX = {"UNOA": "2", "UNOB": "2", "UNOY": "4", "UNOW": "4"}
ESCAPED = str.maketrans({character: f"?{character}" for character in "?+:'"})


# Reading


def decode(data: bytes) -> Interchange:
    """The interchange of a file; when there are more in it, their messages stand in the first, with a departure.

    Raises BadInput for what can't be read at all (empty, another format, cut off in the first segment).
    """
    first, *others = decode_all(data)
    for other in others:
        text = f"A further interchange ({other.control_ref}) begins here; its messages are read as well."
        first.departures += [Departure(other.offset, text), *other.departures]
        first.messages += other.messages
    return first


def decode_all(data: bytes) -> list[Interchange]:
    """Every interchange of a file apart (at least one); raises BadInput as decode() does."""
    with collector_paused():
        return [interchange for tokens in tokenize(data) for interchange in _Envelopes(tokens).read()]


class _Envelopes:
    """Sorts segments into messages and interchanges, and checks what the closing segments claim."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.done: list[Interchange] = []
        self.interchange: Interchange | None = None
        self.message: Message | None = None
        self.groups = 0
        self.before_group = 0
        self.stray = False

    def read(self) -> list[Interchange]:
        for segment in self.tokens.segments:
            envelope = ENVELOPE.get(segment.tag)
            if envelope is not None:
                self.stray = False
                envelope(self, segment)
            elif self.message is not None:
                self.message.segments.append(segment)
            elif not self.stray:
                self.stray = True
                self.open().departures.append(
                    Departure(segment.offset, f"{segment.tag} and what follows stands outside a message.")
                )
        self.finish()
        return self.done

    def open(self) -> Interchange:
        """The interchange that segments go to; one without UNB when none is open."""
        if self.interchange is None:
            offset = self.tokens.segments[0].offset
            self.interchange = Interchange(charset=self.tokens.codec, delimiters=self.tokens.delimiters, offset=offset)
            if not self.done:
                self.interchange.departures.append(Departure(offset, "The file has no interchange header (UNB)."))
        return self.interchange

    def finish(self) -> None:
        """At the end of the segments: what is still open was cut off."""
        offset = self.tokens.segments[-1].offset if self.tokens.segments else 0
        self.close_message_early(offset)
        if self.interchange is not None:
            self.interchange.departures.append(Departure(offset, "The interchange has no end (UNZ)."))
            self.done.append(self.interchange)
        if self.done:
            self.done[0].departures[:0] = self.tokens.departures

    def begin_interchange(self, unb: Segment) -> None:
        self.close_message_early(unb.offset)
        if self.interchange is not None:
            self.interchange.departures.append(Departure(unb.offset, "The interchange has no end (UNZ)."))
            self.done.append(self.interchange)
        self.interchange = Interchange(
            sender=unb.at(1),
            sender_qualifier=unb.at(1, 1),
            recipient=unb.at(2),
            recipient_qualifier=unb.at(2, 1),
            control_ref=unb.at(4),
            application=unb.at(6),
            prepared=_prepared(unb.at(3), unb.at(3, 1)),
            test=unb.at(10) == "1",
            charset=self.tokens.codec,
            delimiters=self.tokens.delimiters,
            offset=unb.offset,
        )
        self.groups = 0

    def end_interchange(self, unz: Segment) -> None:
        self.close_message_early(unz.offset)
        interchange = self.open()
        count, what = (self.groups, "groups") if self.groups else (len(interchange.messages), "messages")
        if _whole(unz.at(0)) != count:
            self.note(unz, f"UNZ counts {unz.at(0) or 'no'} {what}, the interchange has {count}.")
        if unz.at(1) != interchange.control_ref:
            self.note(unz, f"UNZ refers to {unz.at(1)!r}, UNB to {interchange.control_ref!r}.")
        self.done.append(interchange)
        self.interchange = None

    def begin_group(self, ung: Segment) -> None:
        self.close_message_early(ung.offset)
        self.groups += 1
        self.before_group = len(self.open().messages)

    def end_group(self, une: Segment) -> None:
        self.close_message_early(une.offset)
        count = len(self.open().messages) - self.before_group
        if _whole(une.at(0)) != count:
            self.note(une, f"UNE counts {une.at(0) or 'no'} messages, the group has {count}.")

    def begin_message(self, unh: Segment) -> None:
        self.close_message_early(unh.offset)
        version = ".".join(filter(None, (unh.at(1, 1), unh.at(1, 2))))
        self.message = Message(unh.at(0), unh.at(1), version, unh.offset, delimiters=self.tokens.delimiters)
        if not self.message.type:
            self.message.error = f"The message at byte {unh.offset} does not say what it is (UNH without a type)."
        self.open().messages.append(self.message)

    def end_message(self, unt: Segment) -> None:
        message = self.message
        if message is None:
            self.note(unt, "UNT closes a message that never began.")
            return
        message.end = self.tokens.ends[unt.offset]
        count, ref = unt.at(0), unt.at(1)
        if not ref and unt.at(0, 1):
            ref = unt.at(0, 1)
            message.departures.append(Departure(unt.offset, "UNT parts count and reference by the wrong character."))
        if _whole(count) != len(message.segments) + 2:
            text = f"UNT counts {count or 'no'} segments, the message has {len(message.segments) + 2}."
            message.departures.append(Departure(unt.offset, text))
        if ref != message.ref:
            message.departures.append(Departure(unt.offset, f"UNT refers to {ref!r}, UNH to {message.ref!r}."))
        self.close_message(message)

    def close_message(self, message: Message) -> None:
        """Compare the lines of a message with its control total, and leave it."""
        lines = 0
        for segment in message.segments:
            if segment.tag == "LIN":
                lines += 1
            elif segment.tag == "CNT" and segment.at(0) == "2" and _whole(segment.at(0, 1)) != lines:
                text = f"CNT counts {segment.at(0, 1) or 'no'} lines, the message has {lines}."
                message.departures.append(Departure(segment.offset, text))
        if self.tokens.oversized and any(segment.offset in self.tokens.oversized for segment in message.segments):
            message.error = f"The message at byte {message.offset} has a segment that is too long to be read."
        self.message = None

    def close_message_early(self, offset: int) -> None:
        """Leave a message that has no UNT before byte `offset`."""
        if self.message is None:
            return
        message = self.message
        message.end = offset
        message.error = (
            f"Message {message.ref or '(no reference)'} at byte {message.offset} has no end (UNT): it was cut off. "
            "Fetch the file again or ask the vendor to send it again."
        )
        message.departures.append(Departure(offset, "The message has no end (UNT)."))
        self.close_message(message)

    def note(self, segment: Segment, text: str) -> None:
        self.open().departures.append(Departure(segment.offset, text))


ENVELOPE: dict[str, Callable[[_Envelopes, Segment], None]] = {
    "UNB": _Envelopes.begin_interchange,
    "UNG": _Envelopes.begin_group,
    "UNH": _Envelopes.begin_message,
    "UNT": _Envelopes.end_message,
    "UNE": _Envelopes.end_group,
    "UNZ": _Envelopes.end_interchange,
}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _prepared(day: str, time: str) -> datetime | None:
    """UNB's yymmdd or ccyymmdd and hhmm; None when they are no date and time."""
    if len(day) not in (6, 8) or not (day + time).isdecimal():
        return None
    full = day if len(day) == 8 else ("20" if day < "70" else "19") + day
    time = (time + "0000")[:4]
    try:
        # The sender's local time; its zone is not told.
        return datetime(int(full[:4]), int(full[4:6]), int(full[6:]), int(time[:2]), int(time[2:]))  # noqa: DTZ001
    except ValueError:
        return None


# Writing


@dataclass(frozen=True, slots=True)
class Address:
    """Who sends or gets an interchange; 31B is a SAN, 14 an EAN, 91 the vendor's own number, 92 the buyer's."""

    id: str
    qualifier: str = "31B"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What UNB says. `prepared` is local time; the control reference is a number of the library's own series."""

    sender: Address
    recipient: Address
    control_ref: int
    prepared: datetime
    application: str = ""
    charset: str = "UNOC"
    test: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be written: its reference, its type ("ORDERS") and the segments between UNH and UNT."""

    ref: int
    type: str
    segments: Sequence[Segment]
    version: tuple[str, ...] = D96A


def segment(tag: str, *elements: str | Sequence[str]) -> Segment:
    """A segment to be written; a plain text is an element of one component."""
    return Segment(tag, [[element] if isinstance(element, str) else list(element) for element in elements])


def encode(envelope: Envelope, messages: Sequence[Outgoing]) -> bytes:
    """The bytes of an interchange, with UNA; raises Refusal when a reference is out of range or nothing is sent."""
    if envelope.charset not in CODECS:
        raise Refusal(f"{envelope.charset} is not a character set of EDIFACT. Use UNOC or UNOY.")
    if not messages:
        raise Refusal("There is no message to send. Choose at least one order.")
    control = _reference(envelope.control_ref)
    parts = [_unb(envelope, control)]
    for message in messages:
        ref = _reference(message.ref)
        parts.append(segment("UNH", ref, [message.type, *message.version]))
        parts.extend(message.segments)
        parts.append(segment("UNT", str(len(message.segments) + 2), ref))
    parts.append(segment("UNZ", str(len(messages)), control))
    text = "UNA:+.? '" + "".join(segment_text(part, envelope.charset) for part in parts)
    return text.encode(CODECS[envelope.charset])


def segment_text(part: Segment, charset: str = "UNOC") -> str:
    """One segment as it is sent, transliterated, then escaped, without empty elements at its end."""
    elements = [":".join(_filled(_escaped(text, charset) for text in element)) for element in part.elements]
    return "+".join([part.tag, *_filled(elements)]) + "'"


def _unb(envelope: Envelope, control: str) -> Segment:
    version = SYNTAX.get(envelope.charset, "3")
    day = envelope.prepared.strftime("%Y%m%d" if version == "4" else "%y%m%d")
    return segment(
        "UNB",
        [envelope.charset, version],
        [envelope.sender.id, envelope.sender.qualifier],
        [envelope.recipient.id, envelope.recipient.qualifier],
        [day, envelope.prepared.strftime("%H%M")],
        control,
        "",
        envelope.application,
        "",
        "",
        "",
        "1" if envelope.test else "",
    )


def _reference(number: int) -> str:
    if not 0 < number <= LARGEST_REFERENCE:
        raise Refusal(f"{number} can't be a control reference: it must have 1 to 14 digits. Check the number series.")
    return str(number)


def _escaped(text: str, charset: str) -> str:
    return transliterate(text, charset).translate(ESCAPED)


def _filled(texts: Iterable[str]) -> list[str]:
    """The texts without the empty ones at the end."""
    kept = list(texts)
    while kept and not kept[-1]:
        kept.pop()
    return kept
