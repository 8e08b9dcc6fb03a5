"""Acquisitions as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AcquisitionsConfig(AppConfig):
    name = "acquisitions"
    label = "acquisitions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from acquisitions import declarations

        declarations.acquisitions()
