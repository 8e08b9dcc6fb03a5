"""Branches, printers and connections: added and changed by those who set the library up."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import UniqueViolation

from techsvc.kernel import access
from techsvc.kernel.actions import exchange, history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.models.secrets import SecretField
from techsvc.kernel.secrets import Secret, key_ring

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def save_branch(branch: Branch, *, actor: User) -> Branch:
    """Add or change a branch."""
    access.require(actor, "kernel.manage_places")
    return save_row(branch, "kernel.save_branch", actor=actor)


@transaction.atomic
def save_printer(printer: Printer, *, actor: User) -> Printer:
    """Add or change a printer."""
    access.require(actor, "kernel.manage_places")
    return save_row(printer, "kernel.save_printer", actor=actor)


@transaction.atomic
def save_connection(connection: Connection, *, password: str | None = None, actor: User) -> Connection:
    """Add or change a connection; `password` None keeps the one that is set, "" takes it away.

    Refuses to keep a password when the host, transport or code changes: it goes only where it was set for.
    """
    access.require(actor, "kernel.manage_connections")
    place = exchange.secret_place(connection)
    if password is not None:
        connection.secret = Secret.seal(password, place=place) if password else Secret("")
    elif connection.pk:
        old = Connection.objects.select_for_update().get(pk=connection.pk)
        if old.secret and exchange.secret_place(old) != place:
            raise Refusal(
                _("The password was set for another host, transport or code, and goes nowhere else. Set it again."),
                field="password",
            )
        connection.secret = old.secret
    extra = {} if password is None else {"password": "set anew" if password else "taken away"}
    return save_row(connection, "kernel.save_connection", actor=actor, extra=extra)


@transaction.atomic
def reseal_passwords(*, actor: User) -> int:
    """Seal every stored password with the newest key, so that the older ones can be destroyed; returns how many.

    Refuses as a whole when one can't be opened.
    """
    access.require(actor, "kernel.manage_connections")
    newest = next(iter(key_ring()))
    rows = [
        connection
        for connection in Connection.objects.exclude(secret="").select_for_update().order_by("pk")
        if connection.secret.key_id != newest
    ]
    for connection in rows:
        place = exchange.secret_place(connection)
        connection.secret = Secret.seal(connection.secret.open(place=place), place=place)
        connection.save(update_fields=["secret"])
        summary = _("Password of %(name)s sealed with key %(key)s") % {"name": connection, "key": newest}
        history.write(connection, "kernel.reseal", actor=actor, summary=summary)
    return len(rows)


def save_row(row: Row, verb: str, *, actor: User, extra: dict[str, Any] | None = None) -> Row:
    """Save a reference row and write what changed; secrets never reach the history, and no change is no line."""
    manager = type(row)._default_manager
    old = manager.filter(pk=row.pk).select_for_update(of=("self",)).first() if row.pk else None
    before = plain(old) if old else {}
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:
        if not isinstance(clash.__cause__, UniqueViolation):
            raise
        raise Refusal(_("There is already one with this code. Choose another."), field="code") from None
    after = plain(row)
    changed = [key for key in after if after[key] != before.get(key)]
    if changed or extra:
        history.write(
            row,
            verb,
            actor=actor,
            summary=_("%(thing)s changed") % {"thing": row} if old else _("%(thing)s added") % {"thing": row},
            before={key: before[key] for key in changed if key in before},
            after={key: after[key] for key in changed} | (extra or {}),
        )
    return row


def plain(row: models.Model) -> dict[str, str]:
    """The row's own columns as text, for history; never passwords and contents."""
    return {
        field.name: str(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if not field.primary_key and field.editable and not isinstance(field, (SecretField, models.BinaryField))
    }
