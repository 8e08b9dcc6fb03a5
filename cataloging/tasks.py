"""Cataloging's tasks: each loads by id and calls one action."""

from __future__ import annotations

from functools import partial

from celery import shared_task

from cataloging.actions import carrying, duplicates, spellings
from techsvc.kernel.actions import people, schedules


@shared_task(name="cataloging.load")
def load(job_id: int) -> None:
    carrying.carry_on(job_id)


@shared_task(name="cataloging.find_duplicates")
def find_duplicates(job_id: int) -> None:
    duplicates.carry_on(job_id)


@shared_task(name="cataloging.find_duplicates_nightly")
def find_duplicates_nightly(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, partial(duplicates.search_changed, actor=people.system()))


@shared_task(name="cataloging.gather_spellings")
def gather_spellings(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, partial(spellings.gather_spellings, actor=people.system()))
