"""Papers before they are printed: how they look, where they stand, and a person's word that one came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from techsvc.kernel import queries
from techsvc.kernel.actions import printing
from techsvc.kernel.errors import Refusal
from techsvc.kernel.gateways import pictures
from techsvc.kernel.models.printing import PrintRequest, PrintState
from techsvc.kernel.pages import ActionPage, DetailPage, Fact, ObjectPage
from techsvc.kernel.slots import Verb


@dataclass(frozen=True, slots=True)
class Preview:
    """A document as pages show it: (number, address of its picture) of each page, and what tells it from others."""

    title: str
    fingerprint: str
    pages: list[tuple[int, str]]

    @classmethod
    def of(cls, title: str, document: bytes, address: Callable[[int], str]) -> Preview:
        """The preview of a PDF; `address` says where the picture of a page is."""
        numbers = range(1, pictures.page_count(document) + 1)
        return cls(title, pictures.fingerprint(document), [(number, address(number)) for number in numbers])


class PrintPreview(DetailPage[PrintRequest]):
    """One paper: how it looks, where it stands, what can be done with it."""

    permission, nav, template = "kernel.print", "kernel:prints", "kernel/print.html"

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user).select_related("branch", "asked_by").defer(None)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Printing"), reverse("kernel:prints"))]

    def state(self, thing: PrintRequest) -> str:
        return thing.state

    def key_facts(self, thing: PrintRequest) -> list[Fact]:
        return [
            Fact(_("For branch"), thing.branch),
            Fact(_("Asked for"), thing.asked_at, "datetime"),
            Fact(_("By"), thing.asked_by.display_name),
            Fact(_("Printed"), thing.printed_at, "datetime"),
        ]

    def own_verbs(self, thing: PrintRequest) -> list[Verb]:
        document, done, again = (
            reverse(f"kernel:print_{act}", args=[thing.pk]) for act in ("document", "done", "again")
        )
        verbs = [Verb(_("Print"), document, key="p", primary=True, icon="print")] if thing.document else []
        if thing.state == PrintState.READY:
            verbs.append(Verb(_("It came out"), done, "post", key="c", icon="check"))
        if thing.state != PrintState.CANCELLED:
            verbs.append(Verb(_("Make again"), again, "post", key="a", icon="refresh"))
        return verbs

    def context(self) -> dict[str, Any]:
        return super().context() | {"preview": _preview(self.object)}


def _preview(paper: PrintRequest) -> Preview | None:
    """How the document looks; nothing while there is none, or where it can't be read."""
    try:
        made = bytes(paper.document or b"")
        return (
            Preview.of(paper.title, made, lambda n: reverse("kernel:print_page", args=[paper.pk, n])) if made else None
        )
    except Refusal:
        return None


class PrintPicture(ObjectPage[PrintRequest]):
    """A page of the document as a picture, for the preview."""

    permission = "kernel.print"

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user).filter(document__isnull=False).defer(None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        drawn = pictures.page(bytes(self.object.document or b""), self.kwargs["number"])
        return HttpResponse(drawn, content_type="image/png")


class PrintDone(ActionPage[PrintRequest]):
    """A person says that this one came out of the printer."""

    permission = "kernel.print"

    def objects(self) -> QuerySet[PrintRequest]:
        return queries.visible_prints(self.user)

    def act(self, thing: PrintRequest) -> None:
        if not printing.mark_printed([thing.pk], actor=self.user):
            raise Refusal(
                _("It is not ready to print: %(state)s. Wait until it is, or make it again.")
                % {"state": thing.get_state_display()}
            )

    def message(self, thing: Any) -> str:
        return _("Marked as printed.")
