"""Vendors: set up, changed, and told apart by what their codes mean here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.edi.dialects import find_dialect
from acquisitions.models.funds import Fund
from acquisitions.models.vendors import CodeMap, Vendor
from acquisitions.rules.vendor_codes import KINDS
from cataloging.models.items import Collection, ItemType
from techsvc.kernel import access
from techsvc.kernel.actions import history
from techsvc.kernel.actions.places import save_row
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch

# (kind, vendor's code) → key of the branch, fund, collection or item type; None takes the meaning away.
Meanings = Mapping[tuple[str, str], int | None]


@transaction.atomic
def save_vendor(vendor: Vendor, *, actor: User) -> Vendor:
    """Add or change a vendor. Refuses a dialect that nobody speaks and a discount beyond the price."""
    access.require(actor, "acquisitions.edit_vendors")
    find_dialect(vendor.dialect)
    if not 0 <= vendor.discount_percent <= 100:
        raise Refusal(_("A discount lies between 0 and 100 %. Check it."), field="discount_percent")
    return save_row(vendor, "acquisitions.save_vendor", actor=actor)


@transaction.atomic
def map_codes(vendor_id: int, meanings: Meanings, *, actor: User) -> Vendor:
    """Say once what codes of a vendor mean here. Refuses kinds that there are not; nothing to say is refused too."""
    access.require(actor, "acquisitions.map_codes")
    vendor = Vendor.objects.select_for_update().get(pk=vendor_id)
    return _map(vendor, meanings, actor=actor)


def undo_map_codes(event: HistoryEvent, *, actor: User) -> Vendor:
    """Give the codes the meanings they had. What was ordered with them stays as it is."""
    access.require(actor, "acquisitions.map_codes")
    vendor = Vendor.objects.select_for_update().get(pk=event.subject_id)
    before = {(kind, code): _key(kind, own) for (kind, code), own in _read(event.before).items()}
    return _map(vendor, before, actor=actor, undoes=event)


def _map(vendor: Vendor, meanings: Meanings, *, actor: User, undoes: HistoryEvent | None = None) -> Vendor:
    unknown = {kind for kind, _code in meanings} - KINDS.keys()
    if unknown:
        raise ValueError(f"no codes of kind {', '.join(sorted(unknown))}")
    known = {
        (one.kind, one.code): one
        for one in CodeMap.objects.filter(vendor=vendor, code__in=[code for _kind, code in meanings])
    }
    before = {key: getattr(known[key], f"{key[0]}_id") if key in known else None for key in meanings}
    changed = {key: meant for key, meant in meanings.items() if meant != before[key]}
    if not changed:
        raise Refusal(_("No code was given another meaning. Choose at least one."))
    stale = [known[key].pk for key in changed if key in known]
    CodeMap.objects.filter(pk__in=stale).delete()
    CodeMap.objects.bulk_create(
        CodeMap(vendor=vendor, kind=kind, code=code, **{f"{kind}_id": meant})
        for (kind, code), meant in changed.items()
        if meant is not None
    )
    history.write(
        vendor,
        "acquisitions.map_codes" if undoes is None else "acquisitions.undo_map_codes",
        actor=actor,
        summary=ngettext("%(n)d code given a meaning", "%(n)d codes given a meaning", len(changed))
        % {"n": len(changed)},
        before=_told({key: before[key] for key in changed}),
        after=_told(changed),
        undoes=undoes,
    )
    return vendor


MODELS: dict[str, Any] = {"branch": Branch, "fund": Fund, "collection": Collection, "item_type": ItemType}


def _told(meanings: Meanings) -> dict[str, str]:
    """{"branch FRRLS-BA": "BA"} as history keeps it; an empty word where there is no meaning."""
    codes = {
        kind: dict(
            model.objects.filter(pk__in=[pk for (one, _code), pk in meanings.items() if one == kind]).values_list(
                "pk", "code"
            )
        )
        for kind, model in MODELS.items()
    }
    return {f"{kind} {code}": codes[kind].get(meant, "") for (kind, code), meant in meanings.items()}


def _read(told: dict[str, str]) -> dict[tuple[str, str], str]:
    parts = {tuple(key.split(" ", 1)): own for key, own in told.items()}
    return {(kind, code): own for (kind, code), own in parts.items()}


def _key(kind: str, own: str) -> int | None:
    """The row with this code of ours; None for no meaning. Refuses a code that is gone since."""
    if not own:
        return None
    row = MODELS[kind].objects.filter(code=own).first()
    if row is None:
        raise Refusal(
            _("%(code)s is not there any more, so the code can't mean it again. Choose a meaning by hand.")
            % {"code": own}
        )
    return int(row.pk)
