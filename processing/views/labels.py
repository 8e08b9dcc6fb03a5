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
from techsvc.kernel.gateways import pictures
from techsvc.kernel.models.printing import Printer, PrintRequest
from techsvc.kernel.pages import ActionPage, Page
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.previews import Preview

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


class OfPrinter(LabelsPage):
    """What is made for one printer; the bare address leads to where it is chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.GET:
            return HttpResponseRedirect(reverse("processing:labels"))
        try:
            return self.made()
        except Refusal as refusal:
            raise BadRequest(refusal.text) from None

    def made(self) -> HttpResponse:
        raise NotImplementedError(f"{type(self).__qualname__}.made()")

    def pdf(self, name: str, body: bytes) -> HttpResponse:
        headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(body, content_type="application/pdf", headers=headers)

    def printer(self) -> Printer:
        found = Printer.objects.filter(pk=self.number("printer"), active=True).first()
        if found is None:
            raise BadRequest(_("Choose a printer. Supervisors set them up in the console."))
        return found

    def number(self, name: str) -> int:
        return whole_number(self.request.GET.get(name, ""))


class Sheet(OfPrinter):
    """The very bytes that go to the printer."""

    @property
    def kind(self) -> str:
        return self.request.GET.get("kind", "")

    def body(self) -> bytes:
        rows = list(queries.labels_to_print(self.kind, self.user, last=self.number("last"))[:MOST])
        return labels.on_a_sheet(rows, self.kind, printer=self.printer(), start=self.number("start"))

    def made(self) -> HttpResponse:
        return self.pdf(self.kind, self.body())


class SheetPicture(Sheet):
    """A page of the sheets as a picture."""

    def made(self) -> HttpResponse:
        return HttpResponse(pictures.page(self.body(), self.number("page")), content_type="image/png")


class SheetPreview(Sheet):
    """The sheets as they will come out, before they are printed."""

    title, template = gettext_lazy("Before printing"), "processing/sheet.html"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [*super().crumbs(), (_("Label sheets"), reverse("processing:labels"))]

    def asked(self, name: str, **more: str) -> str:
        """The address of what is asked here, as something else."""
        query = self.request.GET.copy()
        query.update(more)
        return f"{reverse(f'processing:{name}')}?{query.urlencode()}"

    def verbs(self) -> list[Verb]:
        return [
            Verb(_("Print"), self.asked("sheet"), key="p", primary=True, icon="print"),
            Verb(_("Test page of the printer"), self.asked("ruler"), key="t", icon="rows"),
        ]

    def made(self) -> HttpResponse:
        body = self.body()
        title = str(printing.KINDS[self.kind].label)
        preview = Preview.of(title, body, lambda number: self.asked("sheet_picture", page=str(number)))
        return self.show(preview=preview, kind=self.kind, last=self.number("last"))


class Ruler(OfPrinter):
    """A test page: outlines of the labels and rulers in millimetres, to find how far a printer is off."""

    def made(self) -> HttpResponse:
        return self.pdf("ruler", labels.test_page(self.printer()))


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
