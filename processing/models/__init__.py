"""What processing keeps. Modules are imported, never names."""

from processing.models import jobs

__all__ = ["jobs"]
