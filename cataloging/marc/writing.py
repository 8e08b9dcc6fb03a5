"""Files of records, written as they are read from the catalog: one record after another, in any form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cataloging.marc import iso2709, marcjson, marcxml, mnemonic
from cataloging.marc.record import parse
from techsvc.kernel.errors import Refusal

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file: how it ends in a name, what it is called on the web, and how a record goes into it."""

    ending: str
    content_type: str
    write: Callable[[bytes], bytes]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


def _as_it_is(raw: bytes) -> bytes:
    fault = iso2709.fault(raw)
    if fault or len(raw) > iso2709.MAX_RECORD:
        size = f"It has {len(raw):,} bytes and ISO 2709 holds {iso2709.MAX_RECORD:,}."
        raise Refusal(f"{fault or size} Export it as MARCXML.")
    return raw


FORMS = {
    "iso2709": Form("mrc", "application/marc", _as_it_is),
    "marcxml": Form(
        "xml",
        "application/marcxml+xml",
        lambda raw: marcxml.write_one(parse(raw)).encode(),
        head=marcxml.HEAD.encode(),
        tail=marcxml.TAIL.encode(),
    ),
    "json": Form(
        "json",
        "application/json",
        lambda raw: marcjson.write_one(parse(raw)).encode(),
        head=marcjson.HEAD.encode(),
        between=marcjson.BETWEEN.encode(),
        tail=marcjson.TAIL.encode(),
    ),
    "mnemonic": Form("mrk", "text/plain; charset=utf-8", lambda raw: mnemonic.write([parse(raw)]).encode()),
}


def written(form: Form, raws: Iterable[tuple[Key, bytes]], left_out: dict[Key, str]) -> Iterator[bytes]:
    """The portions of a file with these records; those that the form can't hold go to `left_out` with the reason."""
    yield form.head
    between = b""
    for key, raw in raws:
        try:
            one = form.write(raw)
        except Refusal as refusal:
            left_out[key] = refusal.text
            continue
        yield between + one
        between = form.between
    yield form.tail
