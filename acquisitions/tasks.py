"""The department's tasks: each loads by id and calls one action."""

from __future__ import annotations

from celery import shared_task

from acquisitions.actions import claiming, messages, requests
from techsvc.kernel.actions import people


@shared_task(name="acquisitions.take_in")
def take_in(incoming_id: int) -> None:
    messages.take_in(incoming_id)


@shared_task(name="acquisitions.draft_late_claims")
def draft_late_claims(_schedule_id: int) -> None:
    claiming.draft_late_claims(actor=people.system())


@shared_task(name="acquisitions.fulfil_ready")
def fulfil_ready(_schedule_id: int) -> None:
    requests.fulfil_ready(actor=people.system())
