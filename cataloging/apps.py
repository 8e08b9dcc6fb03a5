"""Cataloging as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogingConfig(AppConfig):
    name = "cataloging"
    label = "cataloging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cataloging import declarations

        declarations.cataloging()
