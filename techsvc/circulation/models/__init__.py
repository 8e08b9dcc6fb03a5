"""What circulation keeps. Modules are imported, never names."""

from techsvc.circulation.models import holds

__all__ = ["holds"]
