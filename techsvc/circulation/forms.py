"""Shapes of what people type about holds and patrons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm
from techsvc.kernel.pages.fields import CardField, CodeField


class HoldForm(ActionForm):
    """Who wants the title, and where they pick it up."""

    private = ("card",)

    card = CardField(label=_("Patron's card"), help_text=_("Scan the card"))
    volume = forms.ChoiceField(label=_("Volume or part"), required=False)
    pickup = forms.ModelChoiceField(label=_("Pickup at"), queryset=Branch.objects.filter(active=True))

    def __init__(self, *args: Any, volumes: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volume"].choices = [("", _("Any")), *((one, one) for one in volumes)]  # type: ignore[attr-defined]
        if not volumes:
            del self.fields["volume"]


class PatronForm(ActionForm):
    """The least data that telling a patron needs."""

    card = CodeField(
        label=_("Card number"), max_length=30, refused={ScanKind.ITEM_BARCODE}, instead=_("Scan the patron's card.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.filter(active=True))
    expires_on = forms.DateField(
        label=_("Expires"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ChangePatronForm(PatronForm):
    """A patron's data, and whether they want mail."""

    wants_notices = forms.BooleanField(label=_("Wants notices by mail"), required=False)


class SeverForm(ActionForm):
    """Why a patron's link is severed."""

    why = forms.CharField(label=_("Why"), help_text=_("Without the patron's name or what they asked for"))
