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
        kind = request.GET.get("kind", "")
        printer = Printer.objects.filter(pk=self.number("printer"), active=True).first()
        if printer is None:
            raise BadRequest(_("Choose a printer. Supervisors set them up in the console."))
        rows = queries.labels_to_print(kind, self.user, last=self.number("last"))[:MOST]
        try:
            body = labels.on_a_sheet(list(rows), kind, printer=printer, start=self.number("start"))
        except Refusal as refusal:
            raise BadRequest(refusal.text) from None
        answer = HttpResponse(body, content_type="application/pdf")
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Disposition"] = f'inline; filename="{kind}.pdf"'
        return answer

    def number(self, name: str) -> int:
        """A whole number that the form sent."""
        typed = self.request.GET.get(name, "")
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 12):
            raise BadRequest(_("“%(typed)s” is no number. Go back and type it again.") % {"typed": typed[:20]})
        return int(typed)


class SheetPrinted(ActionPage[PrintRequest]):
    """A person says that the sheet came out well."""

    permission, about_nothing = "kernel.print", True

    def act(self, obj: PrintRequest) -> int:
        last = self.request.POST.get("last", "")
        if not (last.isascii() and last.isdecimal() and len(last) < 12):
            raise Refusal(_("Reload the page: it does not say which labels were printed."))
        rows = queries.labels_to_print(self.request.POST.get("kind", ""), self.user, last=int(last))[:MOST]
        return printing.mark_printed(rows.values_list("pk", flat=True), actor=self.user)

    def message(self, obj: Any) -> str:
        return ngettext("%(n)s label marked as printed.", "%(n)s labels marked as printed.", obj) % {"n": obj}

    def success_url(self, obj: Any) -> str:
        return reverse("processing:labels")
