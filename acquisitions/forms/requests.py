"""What is asked for, and what is decided."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from acquisitions.actions.requests import Asked
from acquisitions.forms.orders import FORMATS, clean_isbn
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm
from techsvc.kernel.pages.fields import CardField


class RequestForm(ActionForm):
    """A purchase request; without a card it is the library's own."""

    private = ("card",)

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    author = forms.CharField(label=gettext_lazy("Author"), required=False, max_length=200)
    isbn = forms.CharField(label=gettext_lazy("ISBN"), required=False, max_length=40)
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=FORMATS)
    card = CardField(
        label=gettext_lazy("Patron's card"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Leave it empty when a colleague asks."),
    )
    pickup = forms.ModelChoiceField(Branch.objects.filter(active=True), label=gettext_lazy("Pickup at"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why it is wanted. Nothing about the patron."),
    )
    anyway = forms.BooleanField(label=gettext_lazy("Ask for it all the same"), required=False, widget=forms.HiddenInput)

    def clean_isbn(self) -> str:
        return clean_isbn(self.cleaned_data["isbn"])

    def offer_anyway(self) -> None:
        """Show the box that lets a person go on although the title is known."""
        self.fields["anyway"].widget = forms.CheckboxInput()

    def asked(self) -> Asked:
        return Asked(**{name: self.cleaned_data[name] for name in ("title", "author", "isbn", "format", "note")})


class DeclineForm(ActionForm):
    """Why not."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, as the patron will read it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
