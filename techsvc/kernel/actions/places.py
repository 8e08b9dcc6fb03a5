"""Branches, printers and connections: added and changed by those who set the library up."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access
from techsvc.kernel.actions import exchange, history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.secrets import Secret

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
    """Add or change a connection; `password` None keeps the one that is set."""
    access.require(actor, "kernel.manage_connections")
    if password is not None:
        connection.secret = Secret.seal(password, place=exchange.secret_place(connection)) if password else Secret("")
    return save_row(
        connection, "kernel.save_connection", actor=actor, extra={"password": "set anew"} if password else {}
    )


def save_row(row: Row, verb: str, *, actor: User, extra: dict[str, Any] | None = None) -> Row:
    """Save a reference row and write what changed; secrets never reach the history."""
    manager = type(row)._default_manager
    old = manager.filter(pk=row.pk).select_for_update(of=("self",)).first() if row.pk else None
    before = plain(old) if old else {}
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal(_("There is already one with this code. Choose another.")) from None
    after = plain(row)
    changed = [key for key in after if after[key] != before.get(key)]
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
    """The row's own columns as text, for history; never the secret ones."""
    hidden = {"secret", "password", "body", "document", "raw"}
    return {
        f.name: str(f.value_from_object(row))
        for f in row._meta.concrete_fields
        if f.name not in hidden and not f.primary_key
    }
