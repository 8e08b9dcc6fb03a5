"""Circulation's tasks."""

from __future__ import annotations

from celery import shared_task

from techsvc.circulation.actions import holds
from techsvc.kernel.actions import people


@shared_task(name="circulation.expire_uncollected")
def expire_uncollected(_schedule_id: int) -> None:
    holds.expire_uncollected(actor=people.system())
