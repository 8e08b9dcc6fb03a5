"""What interlibrary loan keeps. Modules are imported, never names."""

from ill.models import borrowing

__all__ = ["borrowing"]
