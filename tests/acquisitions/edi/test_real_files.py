"""Vendors' and other systems' real files, where they lie beside the checkout: none may break a reader."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pydifact.parser import Parser

from acquisitions.edi.desadv import read_desadv
from acquisitions.edi.edifact import decode
from acquisitions.edi.explain import explain
from acquisitions.edi.invoic import read_invoic
from acquisitions.edi.model import Interchange, Message
from acquisitions.edi.orders import read_orders
from acquisitions.edi.ordrsp import outcome, read_ordrsp
from tests.acquisitions.edi.samples import decoded_or_refused

FOLDERS = ("book", "koha", "edifact", "general")
READERS: dict[str, Callable[[Message], object]] = {
    "ORDERS": read_orders,
    "ORDRSP": read_ordrsp,
    "DESADV": read_desadv,
    "INVOIC": read_invoic,
}
# Files in which the other reader can't or won't see what we see.
OTHER_READER = {
    "brodart_onorder_marc_with_funds.mrc": "a MARC file",
    "bergware_x12_850.edi": "without UNB",
    "evergreen_asn_desadv.edi": "UNA of five characters",
    "evergreen_orders_nad_regular.edi": "text around the interchange",
    "folio_di_ediFileForC377019_f13b.edi": "an apostrophe that was not released",
    "koha_invoice_errors.edi": "two interchanges",
    "invoic_wrapped80.edi": "line breaks inside segments",
    "koha_ordrsp3_malformed.edi": "curly quotes as terminators",
    "koha_ordrsp4_malformed.edi": "curly quotes as terminators",
}


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    found = sorted(path for folder in FOLDERS for path in (shared_data / "edi" / folder).glob("*"))
    if not found:
        pytest.skip("There are no EDI files in the folder of shared data.")
    return found


def read(data: bytes) -> Interchange | None:
    """Decode and read everything; None when the file is refused, with a byte."""
    interchange = decoded_or_refused(data)
    for message in interchange.messages if interchange else []:
        if message.type in READERS:
            READERS[message.type](message)
            if message.type == "ORDRSP":
                for line in read_ordrsp(message).lines:
                    outcome(line)
    return interchange


def test_every_file_is_read_and_every_offset_is_right(files: list[Path]) -> None:
    refused = []
    for path in files:
        data = path.read_bytes()
        interchange = read(data)
        if interchange is None:
            refused.append(path.name)
            continue
        assert interchange.messages, path.name
        assert [message.error for message in interchange.messages if message.error] == [], path.name
        for message in interchange.messages:
            assert data[message.offset : message.offset + 3] == b"UNH", path.name
            for segment in message.segments:
                at = data[segment.offset : segment.offset + 9].replace(b"\r", b"").replace(b"\n", b"")
                assert at.startswith(segment.tag.encode()), (path.name, segment)
        assert explain(data), path.name
    assert refused == ["brodart_onorder_marc_with_funds.mrc"]


def test_files_cut_anywhere_are_read_or_refused(files: list[Path]) -> None:
    for path in files:
        data = path.read_bytes()
        step = max(50, len(data) // 60 // 50 * 50)
        for stop in range(step, len(data), step):
            read(data[:stop])


def test_invoices_of_the_book_trade_add_up(files: list[Path]) -> None:
    wrong = []
    for path in files:
        if path.parent.name not in ("book", "koha"):
            continue
        interchange = read(path.read_bytes())
        messages = interchange.messages if interchange else []
        invoices = [read_invoic(message) for message in messages if message.type == "INVOIC"]
        wrong += [(path.name, invoice.number) for invoice in invoices if not invoice.totals_agree]
    # Made by hand for another system's tests: an invoice without lines and total.
    assert wrong == [("koha_invoice_errors.edi", "INV00002")]


def test_segments_are_those_of_an_independent_reader(files: list[Path]) -> None:
    """Compared without empty components, which the other reader collapses."""
    for path in files:
        if path.name in OTHER_READER:
            continue
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        interchange = decode(data)
        text = data.decode(interchange.charset)
        with warnings.catch_warnings():
            # It has no tables for the service segments of syntax 3, and says so each time.
            warnings.simplefilter("ignore")
            peer = [segment for segment in Parser().parse(text) if segment.tag not in SERVICE]
        ours = [segment for message in interchange.messages for segment in message.segments]
        assert [(segment.tag, _texts(segment.elements)) for segment in ours] == [
            (segment.tag, _texts(segment.elements)) for segment in peer
        ], path.name


SERVICE = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"})


def _texts(elements: Sequence[str | list[str]]) -> list[str]:
    """What stands in the elements, one after the other, without what is empty."""
    found = []
    for element in elements:
        found += [str(part) for part in (element if isinstance(element, list) else [element]) if str(part)]
    return found
