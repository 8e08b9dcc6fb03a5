"""Renders the labels, tags and slips that were asked for, from the rows as they are at that moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from cataloging.actions.items import named
from cataloging.models.items import Item
from processing.labels import pdf, slips, stock
from processing.labels.barcodes import Symbology
from processing.labels.layout import BarcodeLabel, Label, SpineLabel
from processing.labels.pdf import Offset
from processing.rules.spine import SpineShape, spine_lines
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import policies
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.printing import Printer, PrintRequest

SPINE_STOCK, BARCODE_STOCK = "dymo-30347-upright", "dymo-30346"


def spine_label(request: PrintRequest) -> bytes:
    """The call number on the spine; refuses an item without one."""
    return _printed(_spine(_item(request)), SPINE_STOCK, request)


def barcode_label(request: PrintRequest) -> bytes:
    """Library, bars, digits and title."""
    return _printed(_barcode(_item(request)), BARCODE_STOCK, request)


def _spine(item: Item) -> SpineLabel:
    if not item.call_number:
        raise Refusal(_("%(item)s has no call number. Set it, then make the label again.") % {"item": named(item)})
    prefix = item.collection.label_prefix if item.collection else ""
    return SpineLabel(spine_lines(item.call_number, SpineShape(prefix=tuple(prefix.split()))).lines)


def _barcode(item: Item) -> BarcodeLabel:
    if not item.barcode:
        raise Refusal(_("%(item)s has no barcode. Set it, then make the label again.") % {"item": named(item)})
    return BarcodeLabel(
        item.barcode,
        library=policies.value("library.name"),
        title=item.record.title,
        symbology=Symbology(policies.value("processing.symbology")),
    )


# kind of paper → the label of an item
LABELS: dict[str, Callable[[Item], Label]] = {"spine_label": _spine, "barcode_label": _barcode}


def on_a_sheet(requests: Sequence[PrintRequest], kind: str, *, printer: Printer, start: int) -> bytes:
    """Labels of one kind on the printer's stock, from position `start` of the first page (1 is top left).

    Refuses a kind that is no label, stock that nobody knows, and a label that does not fit, named by its number.
    """
    if kind not in LABELS:
        raise Refusal(_("“%(kind)s” is no label that is printed on sheets.") % {"kind": kind})
    items = {str(item.pk): item for item in _items().filter(pk__in=[int(row.subject_id) for row in requests])}
    made = [LABELS[kind](items[row.subject_id]) for row in requests]
    return pdf.render(made, sheet=stock.sheet(printer.stock), start=start, offset=_offset(printer)).pdf


def test_page(printer: Printer) -> bytes:
    """Outlines of the labels of the printer's stock, moved by its offset, with rulers. Refuses unknown stock."""
    return pdf.alignment(stock.sheet(printer.stock), offset=_offset(printer))


def hold_tag(request: PrintRequest) -> bytes:
    """The slip that stands in an item on the hold shelf. It never names the patron in full."""
    hold = Hold.objects.select_related("record", "pickup", "item", "patron").get(pk=int(request.subject_id))
    card = hold.patron.card[-4:] if hold.patron else "–"
    until = formats.date_format(hold.keep_until) if hold.keep_until else "–"
    rows: list[slips.Row] = [
        (_("Pickup at"), hold.pickup.name),
        (_("Card ends in"), card),
        (_("Keep until"), until),
        "",
        hold.record.title,
    ]
    return slips.slip(_("HOLD"), rows, hold.item.barcode or "" if hold.item else "")


def _items() -> QuerySet[Item]:
    return Item.objects.select_related("record", "collection", "branch")


def _item(request: PrintRequest) -> Item:
    return _items().get(pk=int(request.subject_id))


def _printed(label: Label, stock_key: str, request: PrintRequest) -> bytes:
    """One label on a page of its size, moved by the offset of the branch's printer where one is set up."""
    printer = Printer.objects.filter(branch=request.branch, active=True).order_by("pk").first()
    return pdf.render([label], sheet=stock.sheet(stock_key), offset=_offset(printer)).pdf


def _offset(printer: Printer | None) -> Offset:
    return Offset(float(printer.offset_x_mm), float(printer.offset_y_mm)) if printer else pdf.IN_PLACE
