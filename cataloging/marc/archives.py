"""Archives of files: unpacked one after another, and never to more than a file of records could be."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from techsvc.kernel.errors import BadInput

MAX_MEMBERS = 1_000
MAX_UNPACKED = 1_000_000_000
# MARC shrinks to a tenth and its XML to a thirtieth; what shrinks a lot more is made to fill a disk.
MAX_RATIO, RATIO_COUNTS_FROM = 250, 20_000_000
LONGEST_NAME = 200
ENCRYPTED = 0x1
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name for showing only, its size unpacked, and why it was not opened."""

    name: str
    size: int
    body: bytes
    why: str = ""


def unzipped(body: bytes) -> Iterator[Member]:
    """The files in a zip archive. Raises BadInput for one that is damaged or would unpack to too much."""
    with _opened(body) as archive:
        infos = _files(archive)
        _refuse_too_much(infos, len(body))
        seen: dict[str, int] = {}
        for info in infos:
            name = _shown(info.filename)
            seen[name] = seen.get(name, 0) + 1
            yield _member(archive, info, name if seen[name] == 1 else f"{name} ({seen[name]})")


def unzipped_size(body: bytes) -> int:
    """How many bytes the files of a zip archive have, as it says."""
    with _opened(body) as archive:
        return sum(info.file_size for info in _files(archive))


def _opened(body: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(body))
    except DAMAGED as error:
        raise BadInput(f"The zip archive is damaged: {error}. Ask for it again.") from error


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir()]


def _refuse_too_much(infos: list[zipfile.ZipInfo], packed: int) -> None:
    if not infos:
        raise BadInput("The zip archive is empty: it holds no file. Choose another one.")
    if len(infos) > MAX_MEMBERS:
        raise BadInput(f"The zip archive holds {len(infos):,} files; at most {MAX_MEMBERS:,} are read. Split it.")
    _refuse_size(sum(info.file_size for info in infos), packed)


def _refuse_size(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED:
        raise BadInput(f"The archive unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED:,} are read. Split it.")
    if unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed:
        raise BadInput(
            f"The archive unpacks to {unpacked:,} bytes from {packed:,}, which no file of records does. "
            "It was not opened; ask who sent it."
        )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
    if info.flag_bits & ENCRYPTED:
        return Member(name, info.file_size, b"", "It is encrypted. Unpack it with its password and load the files.")
    try:
        with archive.open(info) as file:
            body = file.read(info.file_size + 1)
    except DAMAGED as error:
        return Member(name, info.file_size, b"", f"It is damaged in the archive: {error}. Ask for it again.")
    if len(body) != info.file_size:
        why = f"It is damaged in the archive: {info.file_size:,} bytes are announced, {len(body):,} are there."
        return Member(name, info.file_size, b"", why)
    return Member(name, len(body), body)


def gunzipped(body: bytes, name: str = "") -> Member:
    """The one file in a gzip archive. Raises BadInput for one that is damaged or would unpack to too much."""
    portions, unpacked, rest = [], 0, bytes(body)
    try:
        while rest.startswith(b"\x1f\x8b"):
            unpacker = zlib.decompressobj(wbits=31)
            portions.append(unpacker.decompress(rest, MAX_UNPACKED + 1 - unpacked))
            unpacked += len(portions[-1])
            _refuse_size(unpacked, len(body))
            if not unpacker.eof:
                raise EOFError("it breaks off")
            rest = unpacker.unused_data
    except DAMAGED as error:
        raise BadInput(f"The gzip archive is damaged: {error}. Ask for it again.") from error
    return Member(_shown(name.removesuffix(".gz")), unpacked, b"".join(portions))


def _shown(name: str) -> str:
    """A name from an archive as it may be shown; nothing is ever opened by it."""
    return "".join(character if character.isprintable() else "?" for character in name)[:LONGEST_NAME]
