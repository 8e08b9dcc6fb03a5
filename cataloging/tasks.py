"""Cataloging's tasks: each loads by id and calls one action."""

from __future__ import annotations

from celery import shared_task

from cataloging.actions import loads


@shared_task(name="cataloging.load")
def load(job_id: int) -> None:
    loads.carry_on(job_id)
