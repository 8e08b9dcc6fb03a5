"""The Celery application: rings the bell for work whose rows are in Postgres."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging, task_postrun, task_prerun

from techsvc import embedded
from techsvc.kernel import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techsvc.settings")
app = Celery("techsvc")
app.config_from_object("django.conf:settings", namespace="CELERY")


@celeryd_init.connect
@beat_init.connect
def hold_services(**_: Any) -> None:
    """A worker and a beat keep the built-in services up for as long as they run."""
    embedded.ensure()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Django has set up the logs already; a receiver here keeps Celery from doing it again."""


@task_prerun.connect
def name_job(task_id: str, **_: Any) -> None:
    """Every log line of a task carries the task's id."""
    logs.job_id.set(task_id)


@task_postrun.connect
def forget_job(**_: Any) -> None:
    """The id does not outlive its task."""
    logs.job_id.set("")
