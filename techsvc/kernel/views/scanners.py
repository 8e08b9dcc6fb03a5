"""Trying a scanner: its set-up sheet, and a page that says what it sends. Neither changes anything."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, barcodes, scansheet
from techsvc.kernel.pages import Page
from techsvc.kernel.pages.bench import LONGEST_SCAN
from techsvc.kernel.scanners import SETTINGS, TEST_CODES, Heard, findings
from techsvc.kernel.scans import WHAT_IT_IS
from techsvc.kernel.slots import Verb

ENDS = ("", "enter", "tab", "none")
LONGEST_GAP = 99_999  # ms


class ScannerTest(Page):
    """Scan anything: which keys came, how fast, what they mean, and what to set otherwise."""

    permission = access.ANY_STAFF
    title = gettext_lazy("Test a scanner")
    template = "kernel/scanner.html"

    def verbs(self) -> list[Verb]:
        return [Verb(_("Set-up sheet"), reverse("kernel:scanner_sheet"), icon="print", primary=True)]

    def get(self, request: HttpRequest) -> HttpResponse:
        heard = heard_from(request.GET)
        partial = bool(request.headers.get("HX-Request"))
        told: dict[str, Any] = {"settings": SETTINGS, "test_codes": TEST_CODES}
        if heard.raw.strip():
            told |= {"heard": heard, "findings": findings(heard), "what": WHAT_IT_IS.get(heard.scan.kind, "")}
        return self.show(template="kernel/_scanner_heard.html" if partial else "", **told)


class ScannerSheet(Page):
    """The sheet to print."""

    permission = access.ANY_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": 'inline; filename="scanner-set-up.pdf"'}
        return HttpResponse(scansheet.pdf(), content_type="application/pdf", headers=headers)


def heard_from(asked: QueryDict) -> Heard:
    """What the page's script measured; 400 for anything that it can't have said."""
    end, gap = asked.get("end", ""), asked.get("gap", "")
    whole = gap.isascii() and gap.isdecimal() and len(gap) <= len(str(LONGEST_GAP))
    if set(asked) - {"code", "end", "gap"} or end not in ENDS or not (whole or not gap):
        raise BadRequest(_("The address asks for something that this page does not have. Open it from the help."))
    code = asked.get("code", "").replace("\x00", "")[:LONGEST_SCAN]
    return Heard(code, end, int(gap) if gap else None, barcodes.patterns())
