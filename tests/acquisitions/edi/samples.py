"""Messages for the tests of the EDIFACT codec, put together from facts: real titles, ISBNs and list prices."""

from __future__ import annotations

from datetime import datetime

from acquisitions.edi.edifact import decode
from acquisitions.edi.model import Interchange, Message
from techsvc.kernel.errors import BadInput

PREPARED = datetime(2026, 3, 3, 9, 15)  # noqa: DTZ001 - local time, as UNB has it


def interchange(kind: str, *segments: str, una: str = "UNA:+.? '", charset: str = "UNOC:3") -> bytes:
    """An interchange with one message; the counts of UNT and UNZ are right, the text is Latin-1."""
    parts = [
        f"UNB+{charset}+1697684:31B+3618129:31B+260303:0915+4711",
        f"UNH+1+{kind}:D:96A:UN",
        *segments,
        f"UNT+{len(segments) + 2}+1",
        "UNZ+1+4711",
    ]
    return (una + "".join(f"{part}'" for part in parts)).encode("latin-1")


def message(kind: str, *segments: str) -> Message:
    """The message of interchange()."""
    return decode(interchange(kind, *segments)).messages[0]


def response(*segments: str) -> Message:
    """An ORDRSP to order PO-2026-00041 with the given line segments."""
    lines = sum(1 for segment in segments if segment.startswith("LIN"))
    return message("ORDRSP", "BGM+231+R77+4", "RFF+ON:PO-2026-00041", *segments, "UNS+S", f"CNT+2:{lines}")


def invoice(*segments: str, summary: tuple[str, ...] = (), bgm: str = "BGM+380+INV-9001+9") -> Message:
    """An INVOIC with the given line segments and summary."""
    lines = sum(1 for segment in segments if segment.startswith("LIN"))
    head = (bgm, "DTM+137:20260303:102", "CUX+2:usd:4")
    return message("INVOIC", *head, *segments, "UNS+S", f"CNT+2:{lines}", *summary)


def decoded_or_refused(data: bytes) -> Interchange | None:
    """The interchange, or None when it was refused as it should be: by BadInput with a byte."""
    try:
        return decode(data)
    except BadInput as refusal:
        if refusal.offset is None:
            raise
        return None
