"""The receiving bench: scan, hear whether it is right, press what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acquisitions.actions import receiving, shipments
from acquisitions.actions.receiving import Received
from acquisitions.models.receipts import Carton, Receipt, Shipment
from acquisitions.queries.receiving import Unpacking, unpacking
from acquisitions.rules.claims import DAMAGES
from acquisitions.rules.lifecycle import ShipmentState
from acquisitions.views.receiving import NAV, crumbs
from techsvc.kernel import queries
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.pages import BenchPage, BenchVerb, ScanResult
from techsvc.kernel.scans import TITLES

CHOICES = 9
RETURNS = gettext_lazy("Put it on the shelf for returns.")


class Bench(BenchPage):
    """One shipment, copy by copy, until it is finished."""

    permission, nav = "acquisitions.receive", NAV
    body_template = "acquisitions/receiving/_carton.html"
    prompt = gettext_lazy("Scan an ISBN or a product code")
    takes = TITLES | {ScanKind.CARTON}
    instead = gettext_lazy("Scan the ISBN on the back cover, or type it.")

    def objects(self) -> QuerySet[Shipment]:
        return Shipment.objects.select_related("vendor")

    def page_title(self) -> str:
        return _("%(vendor)s, slip %(number)s") % {"vendor": self.object.vendor, "number": self.object.number}

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.number, self.object.get_absolute_url())]

    @cached_property
    def held(self) -> Unpacking:
        """The shipment as it is when the answer is made; actions come before that."""
        return unpacking(self.object)

    def progress(self) -> tuple[int, int] | None:
        return (self.held.right, self.held.listed) if self.held.listed else None

    def bench_verbs(self) -> Sequence[BenchVerb]:
        return (BenchVerb("finish", _("Finish"), key="f", tone="primary"),)

    def context(self) -> dict[str, Any]:
        missing = {one.line.pk for one in self.held.missing}
        rows = [
            (one, [BenchVerb("short", _("Short"), on=str(one.line.pk))] if one.line.pk in missing else [])
            for one in self.held.lines
        ]
        return super().context() | {"held": self.held, "rows": rows}

    # Scans

    def scan(self, scan: Scan, key: str) -> ScanResult:
        if self.object.state == ShipmentState.EXPECTED:  # who scanned a carton came here at once
            shipments.open_shipment(self.object.vendor, self.object.number, actor=self.user)
        if scan.kind is ScanKind.CARTON:
            return self._carton(scan)
        try:
            return came(receiving.scan_copy(self.object.pk, scan, actor=self.user))
        except Forbidden:
            raise
        except Refusal as refusal:
            instead = BenchVerb("wrong", _("It came in place of …"), key="w", on=scan.value)
            return ScanResult("stop", refusal.text, next_step=_("Put it aside."), verbs=(instead,))

    def _carton(self, scan: Scan) -> ScanResult:
        """A carton's own label: how many copies it should hold, or whose it is."""
        carton = Carton.objects.filter(sscc=scan.value).select_related("shipment__vendor").order_by("-pk").first()
        if carton is None:
            raise Refusal(_("Carton %(sscc)s was not announced. Scan what is in it.") % {"sscc": scan.value})
        copies = sum(carton.lines.values_list("quantity", flat=True))
        if carton.shipment_id != self.object.pk:
            slip = {"vendor": carton.shipment.vendor, "slip": carton.shipment.number}
            raise Refusal(
                _("This carton belongs to %(vendor)s, slip %(slip)s. Finish this one, then open that.") % slip
            )
        return ScanResult(
            "ok", _("Right carton: %(n)s copies in it.") % {"n": copies}, next_step=_("Scan the first one.")
        )

    # Buttons

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        presses: dict[str, Callable[[str], ScanResult]] = {
            "damaged": self._damaged,
            "short": self._short,
            "wrong": self._wrong,
            "finish": self._finish,
        }
        if verb not in presses:
            raise Refusal(_("This bench has no such button. Reload the page."))
        return presses[verb](on)

    def _damaged(self, on: str) -> ScanResult:
        """Ask what is wrong, then write it down."""
        receipt_id, _colon, reason = on.partition(":")
        receipt = (
            Receipt.objects.select_related("ordered_copy__line")
            .filter(shipment=self.object, pk=number(receipt_id))
            .first()
        )
        if receipt is None:
            raise Refusal(_("That receipt is not of this shipment. Scan the copy again."))
        title = receipt.ordered_copy.line.title
        if reason not in DAMAGES:
            choices = tuple(
                BenchVerb("damaged", _(words).capitalize(), key=str(n), on=f"{receipt.pk}:{code}")
                for n, (code, words) in enumerate(DAMAGES.items(), 1)
            )
            return ScanResult("warn", _("What is wrong with “%(title)s”?") % {"title": title}, verbs=choices)
        receiving.mark_damaged(receipt.pk, reason=reason, actor=self.user)
        what = _(DAMAGES[reason]).capitalize()
        return ScanResult(
            "warn",
            _("Damaged: %(title)s") % {"title": title},
            detail=_("%(what)s. A claim is drafted.") % {"what": what},
            next_step=str(RETURNS),
            undo_url=self._undo(),
        )

    def _short(self, on: str) -> ScanResult:
        claim = shipments.claim_short(self.object.pk, number(on), actor=self.user)
        text = _("Short: %(n)s of “%(title)s”") % {"n": claim.quantity, "title": claim.line.title}
        return ScanResult(
            "warn", text, detail=_("Claim %(claim)s is drafted.") % {"claim": claim}, undo_url=self._undo()
        )

    def _wrong(self, on: str) -> ScanResult:
        """Ask in place of which missing title it came, then draft the claim."""
        code, _colon, line_id = on.partition(":")
        if not line_id:
            choices = tuple(
                BenchVerb("wrong", one.line.title[:60], key=str(n), on=f"{code}:{one.line.pk}")
                for n, one in enumerate(unpacking(self.object).missing[:CHOICES], 1)
            )
            if not choices:
                raise Refusal(_("Nothing on the slip is missing, so it came in place of nothing. Put it aside."))
            return ScanResult("warn", _("In place of which title did %(code)s come?") % {"code": code}, verbs=choices)
        claim = shipments.claim_wrong(self.object.pk, number(line_id), code=code, actor=self.user)
        text = _("Wrong title in place of “%(title)s”") % {"title": claim.line.title}
        detail = _("Claim %(claim)s is drafted.") % {"claim": claim}
        return ScanResult("warn", text, detail=detail, next_step=str(RETURNS), undo_url=self._undo())

    def _finish(self, _on: str) -> ScanResult:
        shipment = shipments.finish_shipment(self.object.pk, actor=self.user)
        return ScanResult("ok", _("Unpacked."), go=shipment.get_absolute_url())

    def _undo(self) -> str:
        newest = queries.history_of(self.object).first()
        return undo_url(newest) if newest else ""


def number(text: str) -> int:
    """A key that a button carried; a page that was altered gets a sentence."""
    if not text.isdecimal() or len(text) > 18:
        raise Refusal(_("That button carries no number of ours. Reload the page."))
    return int(text)


def undo_url(event: HistoryEvent) -> str:
    return reverse("kernel:undo", args=[event.pk])


def came(got: Received) -> ScanResult:
    """What the bench says of a received copy: the title, which of how many, where it goes, what is special."""
    branch = got.receipt.ordered_copy.branch
    title = f"{got.line.title} / {got.line.author}" if got.line.author else got.line.title
    remarks = [
        _("HOLD waiting: its tag is being printed.") if got.held else "",
        _("Extra: the packing slip does not list it.") if got.extra else "",
        _("It replaces the damaged copy.") if got.replacement else "",
        _("Ordered was ISBN %(isbn)s: compare the edition.") % {"isbn": got.ordered_isbn} if got.ordered_isbn else "",
    ]
    told = " ".join(remark for remark in remarks if remark)
    tone = "warn" if got.extra or got.ordered_isbn else "ok"
    return ScanResult(
        tone,
        title,
        detail=_("%(n)s of %(of)s → %(branch)s") % {"n": got.count, "of": got.of, "branch": branch},
        next_step=f"{told} {_('Put it on the hold truck.')}" if got.held else told,
        undo_url=undo_url(got.event),
        verbs=(
            BenchVerb("damaged", _("Damaged"), key="d", on=str(got.receipt.pk)),
            *((BenchVerb("short", _("Short"), key="s", on=str(got.line.pk)),) if got.missing else ()),
        ),
    )
