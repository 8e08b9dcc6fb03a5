"""Circulation as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    name = "techsvc.circulation"
    label = "circulation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techsvc.circulation import declarations

        declarations.circulation()
