"""The shape of a load profile as a person writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cataloging.marc.itemdata import NEW_STATES
from cataloging.marc.projection import KeyKind
from cataloging.models.loads import LoadProfile
from cataloging.rules.fixes import FIXES
from cataloging.rules.matching import USUAL
from cataloging.rules.meanings import EXAMPLES, meaning_lines, read_meanings
from cataloging.rules.overlay import RULE_EXAMPLES
from techsvc.kernel import states
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import ActionForm

PART_WORDS = {
    "barcode": _("Barcode"),
    "branch": _("Branch"),
    "collection": _("Collection"),
    "item_type": _("Item type"),
    "call_number": _("Call number"),
    "price": _("Price"),
    "order_line": _("Our order line"),
    "volume": _("Volume or part"),
    "copy": _("Copy number"),
    "note": _("Note"),
    "pieces": _("Number of pieces"),
}
NUMBER_LABELS = {
    KeyKind.ISBN: _("ISBN"),
    KeyKind.ISSN: _("ISSN"),
    KeyKind.LCCN: _("LCCN"),
    KeyKind.OCLC: _("OCLC number"),
    KeyKind.UPC: _("UPC"),
    KeyKind.PUBLISHER_NO: _("publisher's number"),
    KeyKind.CONTROL_NO: _("vendor's control number"),
}
NUMBERS = [(str(kind), words) for kind, words in NUMBER_LABELS.items()]
USUAL_NUMBERS = [str(kind) for kind in USUAL.counts]
LINES = {"class": "code-field", "spellcheck": "false"}


class ProfileForm(ActionForm):
    """How files of one source are taken in. Rules and fixes are lines; the action says which line is none."""

    name = forms.CharField(label=_("Name"), max_length=80)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))
    withdraws = forms.BooleanField(
        label=_("These files list titles to withdraw"),
        required=False,
        help_text=_("Matched records go out of the catalog; one with items or holds is held for you with the reason."),
    )
    counts = forms.MultipleChoiceField(
        label=_("Numbers that count as a match"),
        choices=NUMBERS,
        initial=USUAL_NUMBERS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A number is never enough by itself: a second number, the title or the author has to agree."),
    )
    needs = forms.MultipleChoiceField(
        label=_("One of these has to agree"),
        choices=NUMBERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any number that counts will do."),
    )
    overlay = forms.CharField(
        label=_("What an overlay keeps, adds or replaces"),
        required=False,
        widget=forms.Textarea(LINES | {"rows": 5}),
        help_text=format_lazy(
            _("One rule a line, the first that fits counts: {examples}. Local fields (09X, 59X, 69X, 852, 9XX) stay."),
            examples=" · ".join(RULE_EXAMPLES),
        ),
    )  # fmt: skip
    fixes = forms.CharField(
        label=_("Fixes, done in this order"),
        required=False,
        widget=forms.Textarea(LINES | {"rows": 7}),
        help_text=format_lazy(_("One fix a line: {examples}."), examples=" · ".join(form.example for form in FIXES)),
    )
    items_tag = forms.RegexField(
        "^[0-9]{3}$",
        label=_("Field that holds the items"),
        required=False,
        help_text=_("949, 852, 952 or 970, say; empty for files without items. Then the subfield of each fact:"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in PART_WORDS.items():
            self.fields[f"part_{name}"] = forms.RegexField(
                "^[0-9a-z]$",
                label=format_lazy(_("Items: subfield of “{what}”"), what=words),
                required=False,
                max_length=1,
                widget=forms.TextInput({"class": "code-field", "size": 1}),
            )
        self.fields["meanings"] = forms.CharField(
            label=_("What the codes of the file mean here"),
            required=False,
            widget=forms.Textarea(LINES | {"rows": 4}),
            help_text=format_lazy(
                _("One code a line: {examples}. Our own codes need no line."), examples=" · ".join(EXAMPLES)
            ),
        )
        self.fields["at"] = forms.ModelChoiceField(
            Branch.objects.filter(active=True),
            label=_("Branch of items that name none"),
            required=False,
            to_field_name="code",
        )
        self.fields["state"] = forms.ChoiceField(
            label=_("Items that nobody had ordered are"),
            choices=[(state, states.spoken(state)) for state in NEW_STATES],
        )
        self.fields["labels"] = forms.BooleanField(label=_("Ask for spine labels"), required=False)

    def clean_meanings(self) -> dict[str, dict[str, str]]:
        try:
            return read_meanings(self.cleaned_data["meanings"].splitlines())
        except Refusal as refusal:
            raise forms.ValidationError(refusal.text) from refusal

    def columns(self) -> dict[str, Any]:
        """The profile's columns as they were typed."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "note": data["note"],
            "withdraws": data["withdraws"],
            "matching": {name: sorted(data[name]) for name in ("counts", "needs")},
            "overlay": data["overlay"].splitlines(),
            "fixes": data["fixes"].splitlines(),
            "items": self._items(),
        }

    def _items(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data["items_tag"]:
            return {}
        parts = {name: data[f"part_{name}"] for name in PART_WORDS if data[f"part_{name}"]}
        at = data["at"].code if data["at"] else ""
        rest = {"state": data["state"], "labels": data["labels"], "at": at, "meanings": data["meanings"]}
        return {"tag": data["items_tag"]} | parts | rest


def profile_initial(profile: LoadProfile) -> dict[str, Any]:
    """What the form shows of a profile that is there."""
    items = profile.items
    return {
        "name": profile.name,
        "note": profile.note,
        "withdraws": profile.withdraws,
        "counts": profile.matching.get("counts", USUAL_NUMBERS),
        "needs": profile.matching.get("needs", []),
        "overlay": "\n".join(profile.overlay),
        "fixes": "\n".join(profile.fixes),
        "items_tag": items.get("tag", ""),
        **{f"part_{name}": items.get(name, "") for name in PART_WORDS},
        "meanings": "\n".join(meaning_lines(items.get("meanings", {}))),
        "at": items.get("at", ""),
        "state": items.get("state", NEW_STATES[0]),
        "labels": items.get("labels", False),
    }
