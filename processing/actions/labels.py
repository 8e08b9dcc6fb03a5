"""Renders the labels, tags and slips that were asked for, from the rows as they are at that moment."""

from __future__ import annotations

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

SPINE_STOCK = "dymo-30347-upright"
BARCODE_STOCK = "dymo-30346"


def spine_label(request: PrintRequest) -> bytes:
    """The call number on the spine; refuses an item without one."""
    item = _item(request)
    if not item.call_number:
        raise Refusal(_("%(item)s has no call number. Set it, then make the label again.") % {"item": named(item)})
    prefix = item.collection.label_prefix if item.collection else ""
    shape = SpineShape(prefix=tuple(prefix.split()))
    return _printed(SpineLabel(spine_lines(item.call_number, shape).lines), SPINE_STOCK, request)


def barcode_label(request: PrintRequest) -> bytes:
    """Library, bars, digits and title."""
    item = _item(request)
    if not item.barcode:
        raise Refusal(_("%(item)s has no barcode. Set it, then make the label again.") % {"item": named(item)})
    label = BarcodeLabel(
        item.barcode,
        library=policies.value("library.name"),
        title=item.record.title,
        symbology=Symbology(policies.value("processing.symbology")),
    )
    return _printed(label, BARCODE_STOCK, request)


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


def _item(request: PrintRequest) -> Item:
    return Item.objects.select_related("record", "collection", "branch").get(pk=int(request.subject_id))


def _printed(label: Label, stock_key: str, request: PrintRequest) -> bytes:
    """One label on a page of its size, moved by the offset of the branch's printer where one is set up."""
    printer = Printer.objects.filter(branch=request.branch, active=True).order_by("pk").first()
    offset = Offset(float(printer.offset_x_mm), float(printer.offset_y_mm)) if printer else pdf.IN_PLACE
    return pdf.render([label], sheet=stock.sheet(stock_key), offset=offset).pdf
