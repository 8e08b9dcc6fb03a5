"""How somebody likes their lists. It is theirs alone and nothing of the library changes, so no history tells of it."""

from __future__ import annotations

from django.db import transaction

from techsvc.kernel import access
from techsvc.kernel.models.habits import ListHabit
from techsvc.kernel.models.people import User


@transaction.atomic
def keep_list_habit(page: str, *, actor: User, columns: list[str] | None = None, size: int | None = None) -> ListHabit:
    """Show this list with these columns, or so many rows a page, from now on; what is not said stays as it is."""
    access.require(actor, access.ANY_STAFF)
    said: dict[str, str | int] = {} if columns is None else {"columns": ",".join(columns)}
    said |= {} if size is None else {"size": size}
    return ListHabit.objects.update_or_create(user=actor, page=page, defaults=said)[0]


@transaction.atomic
def forget_list_habit(page: str, *, actor: User) -> None:
    """Show this list to the person as it is shown to everybody."""
    access.require(actor, access.ANY_STAFF)
    ListHabit.objects.filter(user=actor, page=page).delete()
