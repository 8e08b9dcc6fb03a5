"""Load profiles: set up, changed, offered or not; every change can be taken back."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from cataloging.models.loads import LoadProfile
from cataloging.rules.profiles import profile_of
from cataloging.rules.starters import STARTERS
from techsvc.kernel import access
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

RIGHT = "cataloging.manage_profiles"
SAVE = "cataloging.save_profile"
COLUMNS = ("name", "note", "matching", "overlay", "fixes", "items", "withdraws", "active")
LONGEST_NAME = 80


@transaction.atomic
def save_profile(profile: LoadProfile, *, actor: User) -> LoadProfile:
    """Add or change a profile. Refuses rules and fixes that are none, by their line, and a name that is taken."""
    access.require(actor, RIGHT)
    return _save(profile, actor=actor)


@transaction.atomic
def copy_profile(profile_id: int, *, actor: User) -> LoadProfile:
    """One more profile that says the same, to be changed from there."""
    access.require(actor, RIGHT)
    old = LoadProfile.objects.get(pk=profile_id)
    words = _("%(name)s, copy") % {"name": old.name[: LONGEST_NAME - 12]}
    taken = set(LoadProfile.objects.filter(name__startswith=words).values_list("name", flat=True))
    names = (words if n == 1 else f"{words} {n}" for n in range(1, len(taken) + 2))
    values = {name: getattr(old, name) for name in COLUMNS}
    return _save(LoadProfile(**values | {"name": next(one for one in names if one not in taken)}), actor=actor)


@transaction.atomic
def offer_profile(profile_id: int, *, offered: bool, actor: User) -> LoadProfile:
    """Offer a profile for files again, or no longer; loads that went by it keep it."""
    access.require(actor, RIGHT)
    profile = LoadProfile.objects.select_for_update().get(pk=profile_id)
    profile.active = offered
    return _save(profile, actor=actor)


@transaction.atomic
def add_starters(*, actor: User) -> LoadProfile:
    """The profiles that most libraries need, to be changed from there; the last one. Refuses when all are there."""
    access.require(actor, RIGHT)
    there = set(LoadProfile.objects.values_list("name", flat=True))
    made = [_save(LoadProfile(**one), actor=actor) for one in STARTERS if one["name"] not in there]
    if not made:
        raise Refusal(_("The usual profiles are all there. Copy one to make another."))
    return made[-1]


@transaction.atomic
def undo_save(event: HistoryEvent, *, actor: User) -> LoadProfile:
    """Give a profile what it said before. Refuses when it was changed since, and to remove one that loads went by."""
    access.require(actor, RIGHT)
    profile = LoadProfile.objects.select_for_update().filter(pk=event.subject_id).first()
    if profile is None or any(getattr(profile, name) != value for name, value in event.after.items()):
        raise Refusal(_("The profile was changed since. Undo that change first."))
    if event.before:
        for name, value in event.before.items():
            setattr(profile, name, value)
        return _save(profile, actor=actor, undoes=event)
    gone, key = LoadProfile(name=profile.name), profile.pk
    try:
        profile.delete()
    except ProtectedError:
        raise Refusal(
            _("Files were loaded by “%(name)s”, so it stays. Stop offering it instead.") % {"name": profile}
        ) from None
    gone.pk = key
    summary = _("%(thing)s removed") % {"thing": gone}
    history.write(gone, "cataloging.undo_save_profile", actor=actor, summary=summary, undoes=event)
    return gone


def _save(profile: LoadProfile, *, actor: User, undoes: HistoryEvent | None = None) -> LoadProfile:
    """Check, write, and tell what changed; no change is no line."""
    profile_of(profile)
    old = LoadProfile.objects.select_for_update().filter(pk=profile.pk).first() if profile.pk else None
    before = _said(old) if old else {}
    after = {name: value for name, value in _said(profile).items() if old is None or value != before[name]}
    if not after:
        return profile
    profile.version = old.version + 1 if old else 1
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError:
        raise Refusal(
            _("There is a profile “%(name)s” already. Choose another name.") % {"name": profile.name}, field="name"
        ) from None
    history.write(
        profile,
        "cataloging.undo_save_profile" if undoes else SAVE,
        actor=actor,
        summary=(_("%(thing)s changed") if old else _("%(thing)s added")) % {"thing": profile},
        before={name: before[name] for name in after if name in before},
        after=after,
        undoes=undoes,
    )
    return profile


def _said(profile: LoadProfile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in COLUMNS}
