"""Fields of forms that a scanner fills: what stands around a code is taken off, and a wrong kind is refused."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from techsvc.kernel import barcodes
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.people import Patron
from techsvc.kernel.scans import require


class CodeField(forms.CharField):
    """A code, scanned or typed; kinds of scans in `refused` get a sentence that ends in `instead`."""

    def __init__(
        self, *args: Any, refused: Collection[ScanKind] = (), instead: StrPromise | str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.refused, self.instead = frozenset(refused), instead

    def to_python(self, value: Any) -> str:
        return barcodes.plain(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            require(barcodes.read(value), frozenset(ScanKind) - self.refused, instead=str(self.instead))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.text) from refusal


class CardField(forms.CharField):
    """A patron's card; the form is given the patron. Empty is nobody, where the field may be empty."""

    def clean(self, value: Any) -> Patron | None:
        scan = barcodes.read(super().clean(value))
        card = barcodes.plain(scan.raw)
        patron = Patron.objects.filter(card=card).first() if card else None
        if card and patron is None:
            raise forms.ValidationError(self._why_nobody(scan.kind))
        return patron

    def _why_nobody(self, kind: ScanKind) -> str:
        if kind is ScanKind.ITEM_BARCODE:
            return _("This is one of our own barcodes. Scan the patron's card.")
        return _("No patron has this card. Check the number, or add the patron first.")
