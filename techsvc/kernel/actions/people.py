"""Staff, roles and patrons: made, changed, given rights."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from techsvc.kernel import access
from techsvc.kernel.actions import exchange, history, jobs, places, signing_in
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Grant, Patron, Role, Scope, User
from techsvc.kernel.models.places import Branch

SYSTEM, MANAGE = "system", "kernel.manage_people"
CHANGEABLE = {"display_name", "email", "branch", "is_active"}
PATRON_FIELDS = {"card", "name", "email", "phone", "branch", "category", "expires_on", "wants_notices"}


def system() -> User:
    """The person that jobs act as; a row like any other, so that history names it."""
    return User.objects.get(username=SYSTEM)


def seed_after_migrate(**_kwargs: Any) -> None:
    """Roles, their default rights, the system's own person, schedules and standing connections, where missing."""
    jobs.seed_schedules()
    exchange.seed_connections()
    User.objects.get_or_create(
        username=SYSTEM, defaults={"display_name": "techsvc", "is_system": True, "password": "!"}
    )
    Role.objects.bulk_create([Role(code=code, name=name) for code, name in access.ROLES.items()], ignore_conflicts=True)
    roles = {role.code: role for role in Role.objects.all()}
    # A right that a role has, or that was ever given or taken, was decided by the library: only new ones get defaults.
    decided = HistoryEvent.objects.filter(verb__in=("kernel.set_grant", "kernel.undo_set_grant"))
    known = {
        *Grant.objects.values_list("permission", flat=True),
        *decided.values_list("after__permission", flat=True),
    }
    Grant.objects.bulk_create(
        Grant(role=roles[code], permission=right.name, scope=scope, up_to_minor=right.up_to_minor)
        for right in access.DECLARED.values()
        if right.name not in known
        for scope, codes in ((Scope.ALL, right.roles), (Scope.OWN, right.own_branch))
        for code in codes
    )


@transaction.atomic
def create_user(
    username: str,
    *,
    display_name: str,
    password: str,
    branch: Branch | None,
    roles: Iterable[Role],
    email: str = "",
    actor: User,
) -> User:
    """A new member of staff. Refuses weak passwords and a user name that is taken."""
    _require_over(actor, branch)
    user = User(username=username, display_name=display_name, email=email, branch=branch)
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refusal(
            _("There is already somebody called %(name)s. Choose another user name.") % {"name": username},
            field="username",
        ) from None
    chosen = list(roles)
    user.roles.set(chosen)
    history.write(
        user,
        "kernel.create_user",
        actor=actor,
        summary=_("%(name)s joined as %(roles)s")
        % {"name": display_name, "roles": ", ".join(r.name for r in chosen) or _("no role")},
        after={"username": username, "roles": sorted(r.code for r in chosen)},
    )
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), field="password") from None


def _require_over(actor: User, branch: Branch | None) -> None:
    """Who manages the people of one branch has nothing to say about those of others, or of no branch."""
    access.require(actor, "kernel.manage_people", branch=branch)
    if branch is None:
        _require_everywhere(actor)


def _require_everywhere(actor: User) -> None:
    access.require(actor, "kernel.manage_people")
    if access.branch_limit(actor, "kernel.manage_people") is not None:
        raise Forbidden(_("You manage the people of your own branch only. Ask somebody who manages everybody."))


@transaction.atomic
def update_user(user_id: int, *, actor: User, **changes: Any) -> User:
    """Change `display_name`, `email`, `branch` or `is_active` of a person. Nobody changes their own."""
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"update_user() does not change {sorted(unknown)}")
    user = _other(user_id, actor)
    if "branch" in changes:
        _require_over(actor, changes["branch"])
    before = _shown(user, changes)
    for key, new in changes.items():
        setattr(user, key, new)
    with _keeping_a_manager():
        user.save(update_fields=list(changes))
    after = _shown(user, changes)
    history.write(
        user,
        "kernel.update_user",
        actor=actor,
        summary=_("%(name)s changed") % {"name": user},
        before=before,
        after=after,
    )
    return user


@transaction.atomic
def switch_person(user_id: int, *, actor: User, why: str = "") -> User:
    """Keep a person from signing in, or let them again; their sessions end at once. Roles and history stay."""
    return _switch(_other(user_id, actor), "kernel.switch_person", actor=actor, why=why)


def undo_switch_person(event: HistoryEvent, *, actor: User) -> User:
    """Switch a person back. Refuses when it was done by hand since."""
    user = _other(int(event.subject_id), actor)
    if user.is_active != event.after["may_sign_in"]:
        raise Refusal(_("%(name)s was switched back already.") % {"name": user})
    return _switch(user, "kernel.undo_switch_person", actor=actor, why=_("Undone"), undoes=event)


def _switch(user: User, verb: str, *, actor: User, why: str, undoes: HistoryEvent | None = None) -> User:
    user.is_active = not user.is_active
    with _keeping_a_manager():
        user.save(update_fields=["is_active"])
    words = _("%(name)s may sign in again") if user.is_active else _("%(name)s may not sign in any more")
    history.write(
        user,
        verb,
        actor=actor,
        why=why,
        summary=words % {"name": user},
        before={"may_sign_in": not user.is_active},
        after={"may_sign_in": user.is_active},
        undoes=undoes,
    )
    return user


def managers() -> QuerySet[User]:
    """Those who may sign in and manage everybody's accounts."""
    return User.objects.filter(
        is_active=True, is_system=False, roles__grants__permission=MANAGE, roles__grants__scope=Scope.ALL
    ).distinct()


@contextmanager
def _keeping_a_manager() -> Iterator[None]:
    """Refuse what would leave nobody who manages people; of two such acts at once the second waits for the first."""
    list(Role.objects.filter(grants__permission=MANAGE).select_for_update(of=("self",)).order_by("pk"))
    somebody = managers().exists()
    yield
    if somebody and not managers().exists():
        raise Refusal(_("Then nobody could manage people any more. Give somebody else a role with that right first."))


@transaction.atomic
def unlock(user_id: int, *, actor: User) -> User:
    """Let a person try their password again at once, after too many wrong ones. Refuses who is not locked out."""
    user = _other(user_id, actor)
    if not signing_in.forgive(user.username):
        raise Refusal(
            _("%(name)s is not locked out: there were no wrong passwords. They can sign in.") % {"name": user}
        )
    history.write(user, "kernel.unlock", actor=actor, summary=_("%(name)s may sign in again at once") % {"name": user})
    return user


def _shown(user: User, names: Iterable[str]) -> dict[str, str]:
    """Columns as history has them."""
    return {name: "" if getattr(user, name) is None else str(getattr(user, name)) for name in names}


@transaction.atomic
def set_password(user_id: int, password: str, *, actor: User) -> User:
    """A new password for somebody who forgot theirs, by who manages people."""
    return _set_password(_other(user_id, actor), password, actor=actor)


@transaction.atomic
def change_own_password(current: str, password: str, *, actor: User) -> User:
    """A new password for oneself. Refuses who does not know the present one."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    if not user.check_password(current):
        raise Refusal(
            _("This is not your present password. Try again, or ask a supervisor for a new one."), field="current"
        )
    return _set_password(user, password, actor=actor)


def _set_password(user: User, password: str, *, actor: User) -> User:
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    signing_in.forgive(user.username)
    history.write(user, "kernel.set_password", actor=actor, summary=_("Password of %(name)s set") % {"name": user})
    return user


@transaction.atomic
def set_roles(user_id: int, roles: Iterable[Role], *, actor: User, why: str = "") -> User:
    """Give a person exactly these roles. Nobody changes their own."""
    return _set_roles(_other(user_id, actor), sorted(role.code for role in roles), actor=actor, why=why)


def _set_roles(user: User, codes: list[str], *, actor: User, why: str, undoes: HistoryEvent | None = None) -> User:
    before = sorted(user.roles.values_list("code", flat=True))
    with _keeping_a_manager():
        user.roles.set(Role.objects.filter(code__in=codes))
    history.write(
        user,
        "kernel.set_roles" if undoes is None else "kernel.undo_set_roles",
        actor=actor,
        why=why,
        undoes=undoes,
        summary=_("Roles of %(name)s: %(roles)s") % {"name": user, "roles": ", ".join(codes) or _("none")},
        before={"roles": before},
        after={"roles": codes},
    )
    return user


def undo_set_roles(event: HistoryEvent, *, actor: User) -> User:
    """Give a person back the roles of before. Refuses when they were changed since."""
    user = _other(int(event.subject_id), actor)
    if sorted(user.roles.values_list("code", flat=True)) != event.after["roles"]:
        raise Refusal(_("The roles of %(name)s were changed since. Set them by hand.") % {"name": user})
    return _set_roles(user, event.before["roles"], actor=actor, why=_("Undone"), undoes=event)


def _other(user_id: int, actor: User) -> User:
    """Somebody else's account, locked, if the actor has a say over it."""
    if user_id == actor.pk:
        raise Forbidden(_("Nobody changes their own roles or account. Ask another supervisor."))
    user = User.objects.select_for_update(of=("self",)).select_related("branch").get(pk=user_id)
    if user.is_system:
        raise Forbidden(_("This is the program's own account, which nobody changes."))
    _require_over(actor, user.branch)
    return user


@transaction.atomic
def save_role(role: Role, *, actor: User) -> Role:
    """Add a role, or change its name and description. It has no rights until it is given some."""
    _require_everywhere(actor)
    return places.save_row(role, "kernel.save_role", actor=actor)


@transaction.atomic
def set_grant(
    role: Role, permission: str, *, scope: str | None, up_to_minor: int | None = None, actor: User, why: str = ""
) -> Grant | None:
    """Give a role a right (`scope` all or own), or take it away (`scope` None)."""
    _require_everywhere(actor)
    if permission not in access.DECLARED:
        raise Refusal(_("There is no right called %(name)s.") % {"name": permission})
    if scope is None:
        return _set_grant(role, permission, None, actor=actor, why=why)
    return _set_grant(role, permission, {"scope": scope, "up_to_minor": up_to_minor}, actor=actor, why=why)


def _set_grant(
    role: Role,
    permission: str,
    reach: dict[str, Any] | None,
    *,
    actor: User,
    why: str,
    undoes: HistoryEvent | None = None,
) -> Grant | None:
    if actor.roles.filter(pk=role.pk).exists():
        raise Forbidden(_("Nobody changes the rights of a role that they have themselves. Ask another supervisor."))
    before, grant = _reach(role, permission), None
    with _keeping_a_manager():
        if reach is None:
            Grant.objects.filter(role=role, permission=permission).delete()
        else:
            grant, _made = Grant.objects.update_or_create(role=role, permission=permission, defaults=reach)
    history.write(
        role,
        "kernel.set_grant" if undoes is None else "kernel.undo_set_grant",
        actor=actor,
        why=why,
        summary=f"{role}: {access.DECLARED[permission].label}",
        before={"permission": permission, "reach": before},
        after={"permission": permission, "reach": reach},
        undoes=undoes,
    )
    return grant


def _reach(role: Role, permission: str) -> dict[str, Any] | None:
    grant = Grant.objects.filter(role=role, permission=permission).first()
    return None if grant is None else {"scope": grant.scope, "up_to_minor": grant.up_to_minor}


def undo_set_grant(event: HistoryEvent, *, actor: User) -> None:
    """Put a role's right back. Refuses when it was changed since."""
    _require_everywhere(actor)
    role, permission = Role.objects.get(pk=event.subject_id), event.after["permission"]
    if _reach(role, permission) != event.after["reach"]:
        raise Refusal(_("This right of %(role)s was changed since. Set it by hand.") % {"role": role})
    _set_grant(role, permission, event.before["reach"], actor=actor, why=_("Undone"), undoes=event)


@transaction.atomic
def add_patron(
    card: str,
    *,
    name: str,
    branch: Branch,
    actor: User,
    email: str = "",
    phone: str = "",
    category: str = "adult",
    expires_on: date | None = None,
) -> Patron:
    """A patron with the least data. Refuses a card number that is in use."""
    access.require(actor, "kernel.edit_patrons", branch=branch)
    try:
        with transaction.atomic():
            patron = Patron.objects.create(
                card=card.strip(),
                name=name.strip(),
                email=email,
                phone=phone,
                branch=branch,
                category=category,
                expires_on=expires_on,
            )
    except IntegrityError:
        raise Refusal(
            _("Card %(card)s belongs to somebody already. Scan another card.") % {"card": card}, field="card"
        ) from None
    history.write(
        patron, "kernel.add_patron", actor=actor, summary=_("Patron added at %(branch)s") % {"branch": branch}
    )
    return patron


@transaction.atomic
def change_patron(patron_id: uuid.UUID, *, actor: User, **changes: Any) -> Patron:
    """Correct what is kept of a patron. History names the fields that changed, never what they hold."""
    if unknown := changes.keys() - PATRON_FIELDS:
        raise TypeError(f"change_patron() does not change {sorted(unknown)}")
    patron = Patron.objects.select_for_update(of=("self",)).select_related("branch").get(pk=patron_id)
    for branch in (patron.branch, changes.get("branch", patron.branch)):
        access.require(actor, "kernel.edit_patrons", branch=branch)
    changed = [name for name, new in changes.items() if getattr(patron, name) != new]
    if not changed:
        return patron
    for name in changed:
        setattr(patron, name, changes[name])
    try:
        with transaction.atomic():
            patron.save(update_fields=changed)
    except IntegrityError:
        raise Refusal(
            _("Card %(card)s belongs to somebody already. Scan another card.") % {"card": patron.card}, field="card"
        ) from None
    labels = ", ".join(str(field.verbose_name) for field in Patron._meta.fields if field.name in changed)
    history.write(patron, "kernel.change_patron", actor=actor, summary=_("Changed: %(what)s") % {"what": labels})
    return patron
