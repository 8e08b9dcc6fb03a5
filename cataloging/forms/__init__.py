"""Shapes of what people type and upload about records, items and loads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cataloging.models.items import Collection, ItemType
from cataloging.models.loads import LoadProfile
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm

NO_PROFILE = "none"
SCANNED = {"class": "code-field", "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
# What became of an item, as a person says it
HAND_WORDS = {
    "report_missing": _("Missing"),
    "report_lost": _("Lost"),
    "claim_returned": _("Claimed returned"),
    "check_in": _("It came back"),
    "find": _("Found"),
    "report_damage": _("Damaged"),
    "restore": _("Whole again"),
}
SENT_AT_ONCE = forms.FileInput(attrs={"data-send": True})


class LabelForm(ActionForm):
    """The barcode that was stuck on, and where the item stands."""

    barcode = forms.CharField(
        label=_("Barcode"),
        max_length=40,
        required=False,
        help_text=_("Stick it on, then scan it: Enter saves."),
        widget=forms.TextInput(SCANNED | {"autofocus": True, "data-scan": True}),
    )
    call_number = forms.CharField(label=_("Call number"), max_length=80, widget=forms.TextInput(SCANNED))

    def __init__(self, *args: object, why: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call_number"].help_text = why


class OverlayForm(ActionForm):
    """A file with one full record."""

    file = forms.FileField(
        label=_("MARC file with one record"),
        widget=SENT_AT_ONCE,
        help_text=_(
            "ISO 2709 (.mrc), MARCXML, MARC-in-JSON or text (.mrk), also zipped. It is read as soon as it is chosen; "
            "you compare before anything changes."
        ),
    )


class LoadForm(ActionForm):
    """A file of full records, and how it is taken in."""

    profile = forms.ChoiceField(
        label=_("Profile"),
        required=False,
        help_text=_("What counts as a match, what is kept and mended, which items come with the records."),
    )
    file = forms.FileField(
        label=_("MARC file"),
        widget=SENT_AT_ONCE,
        help_text=_(
            "ISO 2709 (.mrc), MARCXML, JSON or mnemonic text, also zipped. It is read as soon as it is chosen; nothing "
            "is loaded before you have seen it."
        ),
    )

    def __init__(self, *args: Any, profiles: Iterable[LoadProfile] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            ("", _("As for the last file of such a name")),
            (NO_PROFILE, _("None: records as they are, local fields stay")),
            *((str(one.pk), one.name) for one in profiles),
        ]


class ItemForm(ActionForm):
    """What is said about one item besides its barcode and call number."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.all())
    collection = forms.ModelChoiceField(label=_("Collection"), queryset=Collection.objects.all(), required=False)
    item_type = forms.ModelChoiceField(label=_("Item type"), queryset=ItemType.objects.all(), required=False)
    volume = forms.CharField(label=_("Volume or part"), max_length=60, required=False)
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=999)
    pieces_note = forms.CharField(
        label=_("What the pieces are"), max_length=120, required=False, help_text=_("“11 discs and 1 booklet”")
    )
    price = forms.DecimalField(label=_("Price"), required=False, min_value=0, max_digits=10, decimal_places=2)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    suppressed = forms.BooleanField(label=_("Hidden from patrons"), required=False)


class ItemsForm(ActionForm):
    """What many items shall say from now on; what is left empty stays as it is with each of them."""

    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.all(), required=False, empty_label=_("As it is")
    )
    collection = forms.ModelChoiceField(
        label=_("Collection"), queryset=Collection.objects.all(), required=False, empty_label=_("As it is")
    )
    item_type = forms.ModelChoiceField(
        label=_("Item type"), queryset=ItemType.objects.all(), required=False, empty_label=_("As it is")
    )
    suppressed = forms.ChoiceField(
        label=_("Patrons"),
        required=False,
        choices=[("", _("As it is")), ("hide", _("Hide from patrons")), ("show", _("Show to patrons"))],
    )
    verb = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("As it is")), *HAND_WORDS.items()])
    call_prefix = forms.CharField(
        label=_("Put before the call number"), max_length=16, required=False, help_text=_("REF, LP, NEW")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.values()):
            raise forms.ValidationError(_("Nothing is said yet. Choose what shall change."))
        return cleaned


class AddingForm(ActionForm):
    """What is true of all items that are going to be scanned."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.filter(active=True))
    collection = forms.ModelChoiceField(label=_("Collection"), queryset=Collection.objects.all(), required=False)
    item_type = forms.ModelChoiceField(label=_("Item type"), queryset=ItemType.objects.all(), required=False)
    call_number = forms.CharField(
        label=_("Call number"), max_length=80, required=False, widget=forms.TextInput(SCANNED)
    )
    volume = forms.CharField(
        label=_("Volume or part"),
        max_length=60,
        required=False,
        help_text=_("“v. 1” or “Season 1”; empty for copies of a title that is whole"),
    )
    counts_up = forms.BooleanField(
        label=_("Count up: the next scan is of the next volume"),
        required=False,
        help_text=_("Without it every scan is one more copy of the same volume."),
    )
    price = forms.DecimalField(
        label=_("Price"), required=False, min_value=0, max_digits=10, decimal_places=2, help_text=_("Of one item")
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("received", _("Received: it is still made ready")),
            ("available", _("Available: it goes on the shelf")),
        ],
    )
