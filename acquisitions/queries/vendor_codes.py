"""What a vendor's codes mean here, and which codes to send it: the map that people made, else equal codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from acquisitions.models.funds import Fund
from acquisitions.models.vendors import CodeMap, Vendor
from acquisitions.rules import vendor_codes
from cataloging.models.items import Collection, ItemType
from techsvc.kernel.models.places import Branch


@dataclass(frozen=True, slots=True)
class Codes:
    """A vendor's codes: `mapped` by people as (kind, code) → row; `own` are the library's rows by kind and code."""

    mapped: dict[tuple[str, str], Any]
    own: dict[str, dict[str, Any]]

    def meaning(self, kind: str, code: str) -> Any | None:
        """The branch, fund, collection or item type that the code stands for; None when nobody has said."""
        if (kind, code) in self.mapped:
            return self.mapped[kind, code]
        same = vendor_codes.own(code, self.own[kind])
        return self.own[kind][same] if same else None

    def guess(self, kind: str, code: str) -> Any | None:
        """What to propose for a code without a meaning."""
        close = vendor_codes.guess(code, self.own[kind])
        return self.own[kind][close] if close else None

    def to_send(self, kind: str, row: Model | None) -> str:
        """The code by which the vendor knows our row: the first that stands for it, else our own."""
        if row is None:
            return ""
        theirs = [code for (one, code), meant in self.mapped.items() if one == kind and code and meant.pk == row.pk]
        return min(theirs, default=str(getattr(row, "code")))  # noqa: B009 - each of the four has a code


def codes_of(vendor: Vendor) -> Codes:
    """Five queries, whatever there is."""
    maps = CodeMap.objects.filter(vendor=vendor).select_related("branch", "fund", "collection", "item_type")
    rows: dict[str, list[Any]] = {
        "branch": list(Branch.objects.filter(active=True)),
        "fund": list(Fund.objects.filter(active=True)),
        "collection": list(Collection.objects.all()),
        "item_type": list(ItemType.objects.all()),
    }
    return Codes(
        mapped={(one.kind, one.code): getattr(one, one.kind) for one in maps},
        own={kind: {row.code: row for row in found} for kind, found in rows.items()},
    )
