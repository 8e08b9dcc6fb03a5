"""What cataloging keeps. Modules are imported, never names: `from cataloging.models import items`."""

from cataloging.models import duplicates, items, loads, records

__all__ = ["duplicates", "items", "loads", "records"]
