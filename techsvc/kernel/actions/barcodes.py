"""Barcode rules: added, changed and deleted by those who set the library up."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import access, barcodes
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import BarcodeRule, Branch

RIGHT = "kernel.manage_places"
SAID = ("kind", "prefix", "length", "check_digit", "active")


def plain(rule: BarcodeRule) -> dict[str, Any]:
    """A rule as history keeps it."""
    return {"branch": rule.branch.code if rule.branch else ""} | {name: getattr(rule, name) for name in SAID}


def words(rule: BarcodeRule) -> str:
    """A rule as a sentence without its end: "Riverbend, items: begin with 3 1234 and have 14 characters"."""
    where = str(rule.branch or _("The whole library"))
    return f"{where}, {rule.get_kind_display()}: {barcodes.look(rule)}"


@transaction.atomic
def save_rule(rule: BarcodeRule, *, actor: User) -> BarcodeRule:
    """Add a rule, or change one. Refuses one that is there already, and leaving items without any rule."""
    access.require(actor, RIGHT)
    old = BarcodeRule.objects.select_for_update(of=("self",)).filter(pk=rule.pk).first() if rule.pk else None
    return _save(rule, plain(old) if old else {}, "kernel.save_barcode_rule", actor=actor)


def _save(
    rule: BarcodeRule, before: dict[str, Any], verb: str, *, actor: User, undoes: HistoryEvent | None = None
) -> BarcodeRule:
    after = plain(rule)
    if before == after:
        return rule
    try:
        with transaction.atomic():
            rule.save(force_insert=not before)
    except IntegrityError:
        raise Refusal(
            _("There is a rule for this beginning and length already. Change that one."), field="prefix"
        ) from None
    _refuse_none_left()
    history.write(
        rule, verb, actor=actor, summary=words(rule), before=before or {}, after=after, undoes=undoes
    )  # fmt: skip
    return rule


@transaction.atomic
def delete_rule(rule_id: int, *, actor: User) -> None:
    """Take a rule away. Refuses the last one of items: without it no barcode would be read."""
    access.require(actor, RIGHT)
    rule = BarcodeRule.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=rule_id).first()
    if rule is None:
        raise Refusal(_("This rule was taken away already."))
    _delete(rule, "kernel.delete_barcode_rule", actor=actor)


def _delete(rule: BarcodeRule, verb: str, *, actor: User, undoes: HistoryEvent | None = None) -> None:
    summary = _("Taken away: %(rule)s") % {"rule": words(rule)}
    history.write(rule, verb, actor=actor, summary=summary, before=plain(rule), undoes=undoes)
    rule.delete()
    _refuse_none_left()


def _refuse_none_left() -> None:
    if not BarcodeRule.objects.filter(active=True, kind=BarcodeRule.Kind.ITEM).exists():
        raise Refusal(_("Without a rule no barcode of an item would be read. Add the new rule first."))


def undo_save(event: HistoryEvent, *, actor: User) -> None:
    """A rule as it was; one that was new is taken away. Refuses when it was changed since."""
    access.require(actor, RIGHT)
    rule = BarcodeRule.objects.select_for_update(of=("self",)).select_related("branch").get(pk=event.subject_id)
    if plain(rule) != event.after:
        raise Refusal(_("The rule was changed again since. Change it by hand."))
    if not event.before:
        _delete(rule, "kernel.undo_save_barcode_rule", actor=actor, undoes=event)
        return
    _put(rule, event.before)
    _save(rule, event.after, "kernel.undo_save_barcode_rule", actor=actor, undoes=event)


def undo_delete(event: HistoryEvent, *, actor: User) -> BarcodeRule:
    """A rule that was taken away is there again."""
    access.require(actor, RIGHT)
    rule = BarcodeRule(pk=int(event.subject_id))
    _put(rule, event.before)
    return _save(rule, {}, "kernel.undo_delete_barcode_rule", actor=actor, undoes=event)


def _put(rule: BarcodeRule, kept: dict[str, Any]) -> None:
    rule.branch = Branch.objects.get(code=kept["branch"]) if kept["branch"] else None
    for name in SAID:
        setattr(rule, name, kept[name])
