"""Labels made: a thousand barcodes as PDF."""

from __future__ import annotations

from collections.abc import Iterator

from processing.labels import pdf, stock
from processing.labels.layout import BarcodeLabel, Label
from techsvc.kernel.identifiers import luhn_digit
from tests.bench.figures import Figure, seconds


def figures() -> Iterator[Figure]:
    """Seconds for a thousand labels."""
    bodies = [f"31234{n:08d}" for n in range(1000)]
    labels: list[Label] = [BarcodeLabel(body + luhn_digit(body), library="Riverbend Public Library") for body in bodies]
    taken = seconds(lambda: pdf.render(labels, sheet=stock.sheet("avery-5160")), runs=1)
    yield Figure("labels.thousand_barcodes", taken, "s", 3, smaller_is_better=True)
