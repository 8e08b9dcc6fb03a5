"""Shapes of what people type about loans from other libraries."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm
from techsvc.kernel.pages.fields import CardField


class LoanForm(ActionForm):
    """What is wanted, for whom, until when."""

    private = ("card",)

    title = forms.CharField(label=_("Title"), max_length=300)
    author = forms.CharField(label=_("Author"), max_length=200, required=False)
    isbn = forms.CharField(label=_("ISBN"), max_length=30, required=False)
    card = CardField(label=_("Patron's card"), max_length=30, required=False, help_text=_("Scan the card"))
    pickup = forms.ModelChoiceField(label=_("Pickup at"), queryset=Branch.objects.filter(active=True))
    needed_by = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


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
