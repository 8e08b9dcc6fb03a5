"""The kernel as a Django app: reads the departments' tasks and declarations when it starts."""

from __future__ import annotations

from celery import current_app
from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "techsvc.kernel"
    label = "kernel"
    verbose_name = "techsvc"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from techsvc.kernel import checks, declarations  # noqa: F401  (checks register on import)
        from techsvc.kernel.actions import people

        declarations.kernel()
        current_app.autodiscover_tasks(force=True)
        # The one signal of the house: roles are rows that a flushed database has to get back.
        post_migrate.connect(people.seed_after_migrate, sender=self, dispatch_uid="kernel.seed")
