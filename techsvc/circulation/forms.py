"""Shapes of what people type about holds and patrons."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm


class HoldForm(ActionForm):
    """Who wants the title, and where they pick it up."""

    card = forms.CharField(label=_("Patron's card"), help_text=_("Scan the card"))
    pickup = forms.ModelChoiceField(label=_("Pickup at"), queryset=Branch.objects.filter(active=True))

    def clean_card(self) -> Patron:
        patron = Patron.objects.filter(card=str(self.cleaned_data["card"]).strip()).first()
        if patron is None:
            raise forms.ValidationError(_("No patron has this card. Check the number, or add the patron first."))
        return patron


class PatronForm(ActionForm):
    """The least data that telling a patron needs."""

    card = forms.CharField(label=_("Card number"), max_length=30)
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
