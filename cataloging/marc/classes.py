"""The classes of a MARC record and the way to decode one: the only place that names the library behind them.

pymarc, or with MARC_LIBRARY=rmarc in the environment rmarc, which has the same classes, written in Rust: a reader of
three to four times the speed and a young one, so that each installation chooses (docs/operations.md).
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["LIBRARIES", "LIBRARY", "Field", "Indicators", "Leader", "PymarcException", "Record", "Subfield"]

LIBRARIES = ("pymarc", "rmarc")
LIBRARY = os.environ.get("MARC_LIBRARY", LIBRARIES[0])
if LIBRARY not in LIBRARIES:
    raise ValueError(f"MARC_LIBRARY={LIBRARY!r}: must be {' or '.join(LIBRARIES)}")

if TYPE_CHECKING:
    from pymarc import Field, Indicators, Leader, Record, Subfield
    from pymarc.exceptions import PymarcException
else:
    _classes = import_module(LIBRARY)
    Field, Indicators, Leader = _classes.Field, _classes.Indicators, _classes.Leader
    Record, Subfield = _classes.Record, _classes.Subfield
    PymarcException = import_module(f"{LIBRARY}.exceptions").PymarcException
