"""Labels on sheets: one document for all that wait, from the first label that is left on the sheet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processing import queries
from processing.actions import labels
from techsvc.kernel.actions import printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.printing import Printer, PrintRequest
from techsvc.kernel.pages import ActionPage, Page

MOST = 400  # labels in one document
LONGEST_NUMBER = 12


class LabelsPage(Page):
    """What the pages of label sheets share: which kind, and up to which request."""

    permission, nav = "kernel.print", "processing:worklist"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Make ready"), reverse("processing:worklist"))]


class Labels(LabelsPage):
    """How many labels of each kind wait; choose the printer and where its sheet begins."""

    title, template = gettext_lazy("Label sheets"), "processing/labels.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = []
        for kind in labels.LABELS:
            rows = queries.labels_to_print(kind, self.user)
            last = rows.aggregate(last=Max("pk"))["last"]
            waiting.append((kind, printing.KINDS[kind].label, min(rows.count(), MOST), last))
        return self.show(waiting=waiting, printers=Printer.objects.filter(active=True))


class Sheet(LabelsPage):
    """The very bytes that go to the printer; the bare address leads to where they are chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.GET:
            return HttpResponseRedirect(reverse("processing:labels"))
        kind, last, start = request.GET.get("kind", ""), self.number("last"), self.number("start")
        rows = list(queries.labels_to_print(kind, self.user, last=last)[:MOST])
        try:
            body = labels.on_a_sheet(rows, kind, printer=self.printer(), start=start)
        except Refusal as refusal:
            raise BadRequest(refusal.text) from None
        headers = {"Content-Disposition": f'inline; filename="{kind}.pdf"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(body, content_type="application/pdf", headers=headers)

    def printer(self) -> Printer:
        found = Printer.objects.filter(pk=self.number("printer"), active=True).first()
        if found is None:
            raise BadRequest(_("Choose a printer. Supervisors set them up in the console."))
        return found

    def number(self, name: str) -> int:
        return whole_number(self.request.GET.get(name, ""))


def whole_number(typed: str) -> int:
    """What the page sent as a number."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_NUMBER):
        raise BadRequest(_("“%(typed)s” is no number. Go back and type it again.") % {"typed": typed[:20]})
    return int(typed)


class SheetPrinted(ActionPage[PrintRequest]):
    """A person says that the sheet came out well."""

    permission, about_nothing = "kernel.print", True

    def act(self, obj: PrintRequest) -> int:
        last = whole_number(self.request.POST.get("last", ""))
        rows = queries.labels_to_print(self.request.POST.get("kind", ""), self.user, last=last)[:MOST]
        return printing.mark_printed(rows.values_list("pk", flat=True), actor=self.user)

    def message(self, obj: Any) -> str:
        return ngettext("%(n)s label marked as printed.", "%(n)s labels marked as printed.", obj) % {"n": obj}

    def success_url(self, obj: Any) -> str:
        return reverse("processing:labels")
