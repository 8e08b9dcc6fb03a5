"""Ill as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class IllConfig(AppConfig):
    name = "ill"
    label = "ill"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ill import declarations

        declarations.ill()
