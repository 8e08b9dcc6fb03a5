"""The department's tasks: each loads by id and calls one action."""

from __future__ import annotations

from functools import partial

from celery import shared_task

from acquisitions.actions import claiming, messages, requests
from techsvc.kernel.actions import people, schedules


@shared_task(name="acquisitions.take_in")
def take_in(incoming_id: int) -> None:
    messages.take_in(incoming_id)


@shared_task(name="acquisitions.draft_late_claims")
def draft_late_claims(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, partial(claiming.draft_late_claims, actor=people.system()))


@shared_task(name="acquisitions.fulfil_ready")
def fulfil_ready(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, partial(requests.fulfil_ready, actor=people.system()))
