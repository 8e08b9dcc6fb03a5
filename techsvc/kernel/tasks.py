"""The kernel's tasks: each loads by id and calls one action."""

from __future__ import annotations

from celery import shared_task

from techsvc.kernel.actions import exchange, jobs, notices, printing, schedules, sweeping


@shared_task(name="kernel.tick")
def tick() -> None:
    """Beat's one ring a minute."""
    jobs.ring_schedules()


@shared_task(name="kernel.transmit")
def transmit(outgoing_id: int) -> None:
    exchange.transmit(outgoing_id)


@shared_task(name="kernel.collect")
def collect(connection_id: int) -> None:
    exchange.collect(connection_id)


@shared_task(name="kernel.read")
def read(incoming_id: int) -> None:
    exchange.read(incoming_id)


@shared_task(name="kernel.render")
def render(request_id: int) -> None:
    printing.render(request_id)


@shared_task(name="kernel.poll")
def poll(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, exchange.poll)


@shared_task(name="kernel.sweep")
def sweep(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, sweeping.sweep)


@shared_task(name="kernel.forget")
def forget(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, sweeping.forget)


@shared_task(name="kernel.send_notices")
def send_notices(schedule_id: int) -> None:
    schedules.carry_out(schedule_id, notices.send_due)
