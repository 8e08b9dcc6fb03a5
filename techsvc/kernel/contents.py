"""The bytes of an incoming file, wherever they lie: in its row, or in parts when it is long."""

from __future__ import annotations

from collections.abc import Iterator

from techsvc.kernel.models.exchange import Incoming, IncomingPart

PART = 1 << 20


class Content:
    """Reads stretches of a file; holds one part of it at a time."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming, self.size = incoming, incoming.size
        self._number, self._part = -1, b""

    def read(self, start: int, length: int) -> bytes:
        """The bytes from `start`, fewer than `length` only at the end of the file."""
        if self.is_whole:
            return bytes(self.incoming.body[start : start + length])
        end = min(start + length, self.size)
        found = [self._part_of(number) for number in range(start // PART, -(-end // PART))]
        return b"".join(found)[start % PART :][: end - start] if found else b""

    def pieces(self) -> Iterator[bytes]:
        """All of it, a part at a time."""
        return (self.read(start, PART) for start in range(0, self.size, PART))

    @property
    def is_whole(self) -> bool:
        """Whether the row holds all of it."""
        return len(self.incoming.body) == self.size

    def _part_of(self, number: int) -> bytes:
        if number != self._number:
            part = IncomingPart.objects.values_list("body", flat=True).get(incoming=self.incoming, number=number)
            self._number, self._part = number, bytes(part)
        return self._part
