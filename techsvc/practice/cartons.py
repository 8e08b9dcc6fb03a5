"""Packing: which copies travel in which carton, and the numbers on the cartons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from techsvc.practice.scenario import Decision

COMPANY_PREFIX = "0999999"  # GS1 prefixes of seven digits; this one is for rehearsal


@dataclass(frozen=True)
class Packed:
    """Copies of one line in one carton."""

    decision: Decision
    copies: int


@dataclass(frozen=True)
class Carton:
    """One carton under its serial shipping container code (SSCC), 18 digits."""

    sscc: str
    contents: tuple[Packed, ...]

    @property
    def copies(self) -> int:
        """How many copies are inside."""
        return sum(packed.copies for packed in self.contents)


def pack(decisions: Sequence[Decision], size: int, first_serial: int) -> tuple[Carton, ...]:
    """Fill cartons of `size` copies in line order; a line may go on in the next carton."""
    cartons: list[list[Packed]] = []
    room = 0
    for decision in decisions:
        left = decision.accepted
        while left:
            if room == 0:
                cartons.append([])
                room = size
            copies = min(left, room)
            cartons[-1].append(Packed(decision, copies))
            left, room = left - copies, room - copies
    return tuple(Carton(sscc(first_serial + n), tuple(contents)) for n, contents in enumerate(cartons))


def carton_count(decisions: Sequence[Decision], size: int) -> int:
    """How many cartons `pack` will fill."""
    return -(-sum(decision.accepted for decision in decisions) // size)


def sscc(serial: int) -> str:
    """Extension digit 0, company prefix, serial of nine digits, check digit (modulo 10, weights 3 and 1)."""
    digits = f"0{COMPANY_PREFIX}{serial % 10**9:09d}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)


def packing_slip(slip: str, order: str, cartons: Sequence[Carton], *, short: bool) -> str:
    """What lies in the cartons, as the paper in the first one says it; `short` leaves one copy out."""
    lines = [f"PACKING SLIP {slip}", f"Your order {order}", ""]
    missing = 1 if short else 0
    for number, carton in enumerate(cartons, start=1):
        lines.append(f"Carton {number} of {len(cartons)}   (00) {carton.sscc}")
        for packed in carton.contents:
            copies = packed.copies - missing
            missing = 0
            line = packed.decision.line
            identifier = line.ids[0][0] if line.ids else line.reference
            lines.append(f"  {copies:>4} x {identifier:<14} {line.title}".rstrip())
        lines.append("")
    return "\n".join(lines)
