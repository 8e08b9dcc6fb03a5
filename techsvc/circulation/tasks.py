"""Circulation's tasks."""

from __future__ import annotations

from functools import partial

from celery import shared_task

from techsvc.circulation.actions import holds
from techsvc.kernel.actions import people, schedules


@shared_task(name="circulation.expire_uncollected")
def expire_uncollected(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, partial(holds.expire_uncollected, actor=people.system()))
