"""Envelopes: what they say, what they claim wrongly, and the strict writer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acquisitions.edi.charsets import transliterate
from acquisitions.edi.edifact import Address, Envelope, Outgoing, decode, decode_all, encode, segment, segment_text
from acquisitions.edi.model import Segment
from techsvc.kernel.errors import Refusal
from tests.acquisitions.edi.samples import PREPARED, decoded_or_refused, interchange

ENVELOPE = Envelope(Address("1234567"), Address("1697978"), 42, PREPARED, application="ORDERS")


def texts(data: bytes) -> list[str]:
    return [departure.text for departure in decode(data).all_departures()]


def test_the_envelope_is_read() -> None:
    found = decode(
        b"UNB+UNOC:3+1556150:31B+8888888:91+070618:1556+2045++ORDRSP++++1'"
        b"UNH+723+ORDRSP:D:96A:UN:EAN008'BGM+231+582822+29'UNT+3+723'UNZ+1+2045'"
    )
    assert (found.sender, found.sender_qualifier) == ("1556150", "31B")
    assert (found.recipient, found.recipient_qualifier) == ("8888888", "91")
    assert (found.control_ref, found.application, found.test) == ("2045", "ORDRSP", True)
    assert str(found.prepared) == "2007-06-18 15:56:00"
    message = found.messages[0]
    assert (message.ref, message.type, message.version, message.error) == ("723", "ORDRSP", "D.96A", None)
    assert (message.offset, message.end) == (64, 64 + 31 + 18 + 10)


def test_the_span_of_a_message_is_what_stands_in_the_file() -> None:
    data = interchange("ORDRSP", "BGM+231+7+4", "LIN+1+5")
    message = decode(data).messages[0]
    assert data[message.offset : message.end] == b"UNH+1+ORDRSP:D:96A:UN'BGM+231+7+4'LIN+1+5'UNT+4+1'"


@pytest.mark.parametrize(
    ("right", "wrong", "departures"),
    [
        (b"UNT+4+1", b"UNT+9+1", ["UNT counts 9 segments, the message has 4."]),
        (b"UNT+4+1", b"UNT+4+2", ["UNT refers to '2', UNH to '1'."]),
        (b"UNT+4+1", b"UNT+4:1", ["UNT parts count and reference by the wrong character."]),
        (b"UNZ+1+4711", b"UNZ+2+4711", ["UNZ counts 2 messages, the interchange has 1."]),
        (b"UNZ+1+4711", b"UNZ+1+4712", ["UNZ refers to '4712', UNB to '4711'."]),
        (b"CNT+2:0'", b"CNT+2:3'", ["CNT counts 3 lines, the message has 0."]),
        (b"UNZ+1+4711'", b"", ["The interchange has no end (UNZ)."]),
        (b"UNZ+1+4711'", b"UNZ+1+4711", ["The last segment (UNZ) has no terminator."]),
        (b"UNZ+1+4711'", b"'UNZ+1+4711'", ["An empty segment was passed over."]),
        (b"UNZ+1+4711'", b"LIN+1'PIA+5'UNZ+1+4711'", ["LIN and what follows stands outside a message."]),
    ],
)
def test_wrong_claims_are_departures(right: bytes, wrong: bytes, departures: list[str]) -> None:
    data = interchange("ORDRSP", "BGM+231+7+4", "CNT+2:0")
    assert texts(data) == []
    assert texts(data.replace(right, wrong)) == departures
    assert decode(data.replace(right, wrong)).messages[0].error is None


def test_a_message_that_is_cut_off_is_an_error_and_the_others_are_read() -> None:
    found = decode(
        b"UNB+UNOC:3+A+B+260303:0915+1'UNH+1+ORDRSP:D:96A:UN'BGM+231+7+4'"
        b"UNH+2+ORDRSP:D:96A:UN'BGM+231+8+4'UNT+3+2'UNH+3'BGM+231+9+4'UNT+3+3'UNZ+3+1'"
    )
    first, second, third = found.messages
    assert first.error == (
        "Message 1 at byte 29 has no end (UNT): it was cut off. "
        "Fetch the file again or ask the vendor to send it again."
    )
    assert (second.error, second.segments[0].at(1)) == (None, "8")
    assert third.error == "The message at byte 105 does not say what it is (UNH without a type)."


def test_a_message_without_envelope_is_read() -> None:
    found = decode(b"UNH+000000101+ORDERS:D: 96A:UN:EAN008'BGM+220+1+9'UNT+3+000000101'")
    assert (found.messages[0].version, found.sender) == ("D.96A", "")
    assert [departure.text for departure in found.departures] == [
        "The file has no interchange header (UNB).",
        "The interchange has no end (UNZ).",
    ]


def test_groups_are_read_and_counted() -> None:
    grouped = interchange("ORDRSP", "BGM+231+7+4").replace(b"UNH+1", b"UNG+ORDRSP+A+B+260303:0915+9+UN+D  'UNH+1")
    assert texts(grouped.replace(b"UNZ", b"UNE+1+9'UNZ")) == []
    assert texts(grouped.replace(b"UNZ+1", b"UNE+1+9'UNZ+2")) == ["UNZ counts 2 groups, the interchange has 1."]
    assert texts(grouped.replace(b"UNZ", b"UNE+2+9'UNZ")) == ["UNE counts 2 messages, the group has 1."]


def test_two_interchanges_in_one_file() -> None:
    one, two = interchange("ORDRSP", "BGM+231+7+4"), interchange("ORDRSP", "BGM+231+8+4").replace(b"4711", b"4712")
    assert [found.control_ref for found in decode_all(one + b"'\n" + two)] == ["4711", "4712"]
    together = decode(one + two)
    assert [message.segments[0].at(1) for message in together.messages] == ["7", "8"]
    assert "A further interchange (4712) begins here; its messages are read as well." in texts(one + two)


def test_a_damaged_second_interchange_does_not_drop_the_first() -> None:
    found = decode(interchange("ORDRSP", "BGM+231+7+4") + interchange("ORDRSP", "BGM+231+8+4", una="UNA++.? '"))
    assert [message.segments[0].at(1) for message in found.messages] == ["7"]
    assert "two purposes" in found.departures[0].text


def test_latin1_utf8_and_windows_files_are_told_apart() -> None:
    data = interchange("INVOIC", "BGM+380+7+9", "IMD+L+050+:::Caf\xe9")
    assert (decode(data).charset, texts(data)) == ("latin-1", [])
    as_utf8 = data.decode("latin-1").encode("utf-8")
    assert decode(as_utf8).messages[0].segments[1].at(2, 3) == "Café"
    assert texts(as_utf8) == ["The file says UNOC but is in UTF-8."]
    windows = data.replace(b"\xe9", b"\x93\xe9\x94")
    assert decode(windows).messages[0].segments[1].at(2, 3) == "Caf“é”"
    assert texts(windows) == ["The file says UNOC but is in Windows-1252."]


@pytest.mark.parametrize("step", range(0, 50, 7))
def test_a_file_cut_anywhere_is_refused_or_departs(step: int) -> None:
    data = interchange("INVOIC", "BGM+380+7+9", "LIN+1++9780439139595:EN", "IMD+L+050+:::Harry??", "QTY+47:1", "UNS+S")
    for stop in range(step, len(data) - 1, 7):
        found = decoded_or_refused(data[:stop])
        assert found is None or found.all_departures() != []


# Writing


def test_an_interchange_is_written_strictly() -> None:
    body = [segment("BGM", "220", "PO-1", "9"), segment("NAD", "BY", ["1234567", "", "31B"], "", "")]
    assert encode(ENVELOPE, [Outgoing(7, "ORDERS", body), Outgoing(8, "ORDERS", body)]) == (
        b"UNA:+.? 'UNB+UNOC:3+1234567:31B+1697978:31B+260303:0915+42++ORDERS'"
        b"UNH+7+ORDERS:D:96A:UN:EAN008'BGM+220+PO-1+9'NAD+BY+1234567::31B'UNT+4+7'"
        b"UNH+8+ORDERS:D:96A:UN:EAN008'BGM+220+PO-1+9'NAD+BY+1234567::31B'UNT+4+8'UNZ+2+42'"
    )


@pytest.mark.parametrize(
    ("charset", "text", "written"),
    [
        ("UNOC", "Don\u2019t look now", b"Don?'t look now"),
        ("UNOC", "\u201cO\u02bbahu\u201d", b'"O?\'ahu"'),
        ("UNOC", "Le prol\u00e8gue \u2014 1 + 1?", b"Le prol\xe8gue - 1 ?+ 1??"),
        ("UNOC", "e\u0301tude", b"\xe9tude"),
        ("UNOC", "\u0141\u00f3d\u017a", b"L\xf3dz"),
        ("UNOC", "\u0412\u043e\u0439\u043d\u0430 \u0438 \u043c\u0438\u0440", b"Voina i mir"),
        ("UNOC", "\u56fd", b"??"),
        ("UNOC", "a\r\nb\tc", b"a  b c"),
        ("UNOA", "Café au lait", b"CAFE AU LAIT"),
        ("UNOB", "Café", b"Cafe"),
        ("UNOY", "Don\u2019t \u56fd", "Don\u2019t \u56fd".encode()),
    ],
)
def test_text_is_transliterated_before_it_is_escaped(charset: str, text: str, written: bytes) -> None:
    envelope = Envelope(Address("1"), Address("2"), 1, PREPARED, charset=charset)
    data = encode(envelope, [Outgoing(1, "ORDERS", [segment("FTX", "LIN", "", "", text)])])
    assert b"'FTX+LIN+++" + written + b"'UNT" in data


@pytest.mark.parametrize("ref", [0, -1, 10**14])
def test_references_have_1_to_14_digits(ref: int) -> None:
    body = [segment("BGM", "220")]
    with pytest.raises(Refusal, match="1 to 14 digits"):
        encode(ENVELOPE, [Outgoing(ref, "ORDERS", body)])
    with pytest.raises(Refusal, match="1 to 14 digits"):
        encode(Envelope(Address("1"), Address("2"), ref, PREPARED), [Outgoing(1, "ORDERS", body)])


def test_nothing_to_send_is_refused() -> None:
    with pytest.raises(Refusal, match="no message to send"):
        encode(ENVELOPE, [])


def test_a_test_is_marked() -> None:
    envelope = Envelope(Address("1"), Address("2"), 1, PREPARED, test=True)
    assert decode(encode(envelope, [Outgoing(1, "ORDERS", [segment("BGM", "220")])])).test


elements = st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=5), min_size=1, max_size=6)
tricky = st.lists(st.lists(st.text(alphabet="?+:' a\u2019\u00e9\n", max_size=12), min_size=1, max_size=4), min_size=1)


def trimmed(raw: list[list[str]], charset: str) -> list[list[str]]:
    """What should come back: transliterated, without what is empty at the end of elements and segment."""
    found = []
    for element in raw:
        components = [transliterate(text, charset) for text in element]
        while len(components) > 1 and not components[-1]:
            components.pop()
        found.append(components)
    while found and found[-1] == [""]:
        found.pop()
    return found


@given(st.one_of(elements, tricky), st.sampled_from(["UNOA", "UNOB", "UNOC", "UNOY"]))
def test_any_text_comes_back(raw: list[list[str]], charset: str) -> None:
    envelope = Envelope(Address("1"), Address("2"), 1, PREPARED, charset=charset)
    data = encode(envelope, [Outgoing(1, "ORDERS", [Segment("FTX", raw), segment("QTY", ["21", "1"])])])
    found = decode(data)
    assert found.all_departures() == []
    assert [part.elements for part in found.messages[0].segments] == [trimmed(raw, charset), [["21", "1"]]]


@given(st.text())
def test_transliteration_is_done_once(text: str) -> None:
    once = transliterate(text)
    assert transliterate(once) == once
    once.encode("latin-1")


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_are_read_or_refused(junk: bytes) -> None:
    found = decoded_or_refused(b"UNA:+.? 'UNB+UNOC:3+A+B+260303:0915+1'UNH+1+ORDERS:D:96A:UN'" + junk)
    assert found is None or found.control_ref == "1"


def test_segment_text_drops_what_is_empty_at_the_end() -> None:
    assert segment_text(segment("PIA", "5", ["030788743X", "IB", ""], "", [""])) == "PIA+5+030788743X:IB'"
