"""What cataloging keeps. Modules are imported, never names: `from cataloging.models import items`."""

from cataloging.models import items, loads, records

__all__ = ["items", "loads", "records"]
