"""Shapes of what people type about loans from other libraries."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm


class LoanForm(ActionForm):
    """What is wanted, for whom, until when."""

    title = forms.CharField(label=_("Title"), max_length=300)
    author = forms.CharField(label=_("Author"), max_length=200, required=False)
    isbn = forms.CharField(label=_("ISBN"), max_length=30, required=False)
    card = forms.CharField(label=_("Patron's card"), max_length=30, required=False, help_text=_("Scan the card"))
    pickup = forms.ModelChoiceField(label=_("Pickup at"), queryset=Branch.objects.filter(active=True))
    needed_by = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_card(self) -> Patron | None:
        card = str(self.cleaned_data["card"]).strip()
        patron = Patron.objects.filter(card=card).first() if card else None
        if card and patron is None:
            raise forms.ValidationError(_("No patron has this card. Check the number, or add the patron first."))
        return patron


class LenderForm(ActionForm):
    """Which library was asked."""

    lender = forms.CharField(label=_("Lender"), max_length=120)


class DueForm(ActionForm):
    """When the lender wants it back."""

    due_on = forms.DateField(
        label=_("Lender's due date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class WhyForm(ActionForm):
    """The reason, in a few words."""

    why = forms.CharField(label=_("Why"), max_length=300)
