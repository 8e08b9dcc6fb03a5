"""System checks: mistakes in declarations are found when the program starts, not when a page is opened."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.core.checks import CheckMessage, Error, register

from techsvc.kernel import access, slots
from techsvc.kernel.actions import exchange, jobs, printing


@register
def slots_are_known(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"A slot is filled for {kind!r}, which no page declares.",
            hint="slots.open_kind() in its apps.py.",
            id="kernel.E001",
        )
        for kind in sorted(slots.unknown_kinds())
    ]


@register
def tiles_have_entries(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Tiles belong to {name!r}, which is no entry of the rail.",
            hint="slots.add_nav() in its apps.py.",
            id="kernel.E005",
        )
        for name in sorted(slots.unknown_entries())
    ]


@register
def tasks_exist(**_kwargs: Any) -> list[CheckMessage]:
    named = {*exchange.READERS.values(), *(schedule.task for schedule in jobs.SCHEDULES)}
    return [
        Error(
            f"Task {name!r} is named but not registered.",
            hint="Declare it in the department's tasks.py.",
            id="kernel.E002",
        )
        for name in sorted(named - current_app.tasks.keys())
    ]


@register
def rights_are_complete(**_kwargs: Any) -> list[CheckMessage]:
    asked = slots.permissions() - {access.ANY_STAFF}
    return [
        Error(
            f"Permission {name!r} is asked for but not declared.", hint="access.declare() in apps.py.", id="kernel.E003"
        )
        for name in sorted(asked - access.DECLARED.keys())
    ]


@register
def prints_have_renderers(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Nothing renders print requests of kind {kind!r}.",
            hint="printing.register() in apps.py.",
            id="kernel.E004",
        )
        for kind in sorted(printing.KINDS.keys() - printing.RENDERERS.keys())
    ]
