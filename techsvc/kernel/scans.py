"""Which scans a field or a bench takes: everything else is refused in words, before anything is done with it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan, ScanKind

WHAT_IT_IS: dict[ScanKind, StrPromise] = {
    ScanKind.PATRON_CARD: gettext_lazy("This is a patron's card."),
    ScanKind.ITEM_BARCODE: gettext_lazy("This is one of our own barcodes."),
    ScanKind.ISBN: gettext_lazy("This is an ISBN."),
    ScanKind.UPC: gettext_lazy("This is a product code."),
    ScanKind.ISSN: gettext_lazy("This is an issue of a periodical."),
    ScanKind.CARTON: gettext_lazy("This is the label of a carton."),
    ScanKind.ORDER_NUMBER: gettext_lazy("This is the number of an order."),
    ScanKind.INVOICE_NUMBER: gettext_lazy("This is the number of an invoice."),
}
# Every kind that names a thing of ours. Who wants patrons' cards, or numbers of others, says so.
THINGS = frozenset(WHAT_IT_IS) - {ScanKind.PATRON_CARD}
TITLES = frozenset({ScanKind.ISBN, ScanKind.UPC})


class NotTaken(Refusal):
    """A scan of a kind that is not taken here; its text says what to scan."""


def require(scan: Scan, takes: Collection[ScanKind], *, instead: str, field: str | None = None) -> Scan:
    """The scan, when it is of a kind that is taken; otherwise a refusal that says what it is and what to scan."""
    if scan.kind in takes:
        return scan
    if scan.note:
        raise NotTaken(_(scan.note), field=field)
    known = WHAT_IT_IS.get(scan.kind)
    what = str(known) if known else _("“%(code)s” is not known here.") % {"code": scan.value[:60]}
    raise NotTaken(f"{what} {instead}".rstrip(), field=field)


def require_item(scan: Scan) -> str:
    """The item barcode of a scan; raises Refusal for anything else, a patron's card above all."""
    instead = _("Scan the library's barcode on the item.")
    return require(scan, {ScanKind.ITEM_BARCODE}, instead=instead, field="barcode").value
