"""Workroom as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WorkroomConfig(AppConfig):
    name = "techsvc.workroom"
    label = "workroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techsvc.workroom import declarations

        declarations.workroom()
