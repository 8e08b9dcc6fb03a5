"""Processing: make an item ready for the shelf, mend it, let it go."""

from __future__ import annotations
