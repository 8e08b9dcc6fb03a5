"""The classes of a MARC record and the way to decode one, from pymarc: the only place that names the library.

A faster reader with the same classes is put in by changing these imports.
"""

from __future__ import annotations

from pymarc import Field, Indicators, Leader, Record, Subfield
from pymarc.exceptions import PymarcException

__all__ = ["Field", "Indicators", "Leader", "PymarcException", "Record", "Subfield"]
