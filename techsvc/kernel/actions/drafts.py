"""Drafts: what a person typed and did not send is kept for that person alone, and not for ever."""

from __future__ import annotations

import uuid

from django.db import transaction

from techsvc.kernel import clock, sql
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.people import User


@transaction.atomic
def keep_draft(path: str, typed: dict[str, list[str]], *, shown: str, key: str, actor: User) -> None:
    """Keep what differs from what the form showed; nothing of a form that was sent meanwhile, nor of an untouched one.

    `shown` is the seal of what the form showed when it was opened, `key` its submission key.
    """
    sql.take_turn(f"form {path}")
    if not typed or Submission.objects.filter(pk=uuid.UUID(key)).exists():
        drop_draft(path, actor=actor)
        return
    values = {"fields": {"typed": typed, "shown": shown}, "saved_at": clock.now()}
    Draft.objects.update_or_create(user=actor, path=path[:300], defaults=values)


def drop_draft(path: str, *, actor: User) -> None:
    """Forget what the person typed into the form: it was sent, or is not wanted."""
    Draft.objects.filter(user=actor, path=path[:300]).delete()
