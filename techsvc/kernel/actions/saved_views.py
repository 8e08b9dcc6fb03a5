"""Keeps the questions that people ask of lists, shares them, and pins them to a person's home page.

Habits need no history; a view that is deleted has a line, by which it comes back.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.habits import PinnedView, SavedView
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

KEPT = ("page", "label", "query", "shared", "owner_id")  # what a deleted view is made from again


@transaction.atomic
def save_view(page: str, label: str, query: str, *, shared: bool = False, actor: User) -> SavedView:
    """Keep a question asked of a list. Refuses a name that the person has given to another view of the list."""
    access.require(actor, access.ANY_STAFF)
    view, fresh = SavedView.objects.get_or_create(
        owner=actor, page=page, label=label, defaults={"query": query, "shared": shared, "created_at": clock.now()}
    )
    if not fresh:
        raise _name_taken(label)
    return view


@transaction.atomic
def change_view(view_id: int, *, label: str, shared: bool, actor: User) -> SavedView:
    """Rename, share or take back; only its owner may. What others pinned goes when it is shared no more."""
    view = _locked(view_id)
    if view.owner_id != actor.pk:
        raise Forbidden(_("“%(view)s” is %(owner)s’s view: only they change it. Save your own beside it.") % _of(view))
    view.label, view.shared = label, shared
    try:
        with transaction.atomic():
            view.save(update_fields=["label", "shared"])
    except IntegrityError:
        raise _name_taken(label) from None
    if not shared:
        view.pins.exclude(user=actor).delete()
    return view


@transaction.atomic
def delete_view(view_id: int, *, actor: User) -> SavedView:
    """Delete a view, everybody's pins with it. One's own; a shared one also by who may tidy up."""
    view = _locked(view_id)
    if view.owner_id != actor.pk and not (view.shared and access.allowed(actor, "kernel.tidy_views")):
        raise Forbidden(
            _("“%(view)s” is %(owner)s’s view. Ask them, or a supervisor, to delete it; you may unpin it.") % _of(view)
        )
    before = {name: getattr(view, name) for name in KEPT} | {"pinned_by": [pin.user_id for pin in view.pins.all()]}
    SavedView.objects.filter(pk=view.pk).delete()
    summary = _("Saved view “%(view)s” deleted") % _of(view)
    history.write(view, "kernel.delete_view", actor=actor, summary=summary, before=before)
    return view


@transaction.atomic
def undo_delete(event: HistoryEvent, *, actor: User) -> SavedView:
    """Bring a deleted view back, pinned where it was. For whoever deleted it, and whose it was."""
    kept = {name: event.before[name] for name in KEPT}
    if actor.pk not in (event.actor_id, kept["owner_id"]):
        raise Forbidden(_("This view is not yours: only its owner, or who deleted it, brings it back."))
    try:
        with transaction.atomic():
            view = SavedView.objects.create(pk=int(event.subject_id), created_at=clock.now(), **kept)
    except IntegrityError:
        raise _name_taken(kept["label"]) from None
    there = User.objects.filter(pk__in=event.before["pinned_by"])
    PinnedView.objects.bulk_create(PinnedView(user=user, view=view) for user in there)
    summary = _("Saved view “%(view)s” is back") % _of(view)
    history.write(view, "kernel.undo_delete_view", actor=actor, summary=summary, undoes=event)
    return view


@transaction.atomic
def pin_view(view_id: int, *, actor: User) -> SavedView:
    """Put a view on the person's home page. Refuses what is neither theirs nor shared."""
    view = _locked(view_id)
    if view.owner_id != actor.pk and not view.shared:
        raise _gone()
    PinnedView.objects.get_or_create(user=actor, view=view)
    return view


@transaction.atomic
def unpin_view(view_id: int, *, actor: User) -> SavedView:
    """Take a view off the person's home page."""
    view = _locked(view_id)
    view.pins.filter(user=actor).delete()
    return view


def _locked(view_id: int) -> SavedView:
    view = SavedView.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=view_id).first()
    if view is None:
        raise _gone()
    return view


def _of(view: SavedView) -> dict[str, object]:
    return {"view": view, "owner": view.owner}


def _gone() -> Refusal:
    return Refusal(_("This view is not there any more: its owner deleted it or shares it no more."))


def _name_taken(label: str) -> Refusal:
    return Refusal(
        _("You have a view “%(label)s” of this list already. Choose another name, or delete that one first.")
        % {"label": label},
        field="label",
    )
