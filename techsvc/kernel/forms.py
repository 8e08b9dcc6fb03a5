"""Shapes of what people type in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.utils import dates
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.actions import exchange
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.models.exchange import Connection, TransportKind
from techsvc.kernel.models.people import Role, Scope, User
from techsvc.kernel.models.places import BarcodeRule, Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.money import places, to_decimal, to_minor
from techsvc.kernel.pages import ActionForm, pinned

# Monday is 1, as in Branch.open_weekdays.
WEEKDAYS = [(str(day + 1), name) for day, name in sorted(dates.WEEKDAYS.items())]
FILE_TRANSPORTS = [(k.value, k.label) for k in TransportKind if k not in (TransportKind.MAIL, TransportKind.UPLOAD)]


def reader_choices() -> list[tuple[str, Any]]:
    """What can become of files that come in: a department reads them, or they are only kept."""
    return [("", _("are kept, nobody reads them")), *((kind, kind.upper()) for kind in sorted(exchange.READERS))]


class ReasonForm(ActionForm):
    """Why."""

    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))


class ViewForm(ActionForm):
    """How a saved view is called, and who may use it."""

    label = forms.CharField(label=_("Name"), max_length=60)
    shared = forms.BooleanField(label=_("Shared with everybody who may open the list"), required=False)


class SaveViewForm(ViewForm):
    """What a list is asked now, to be kept; only what the list knows, on a list that the person may open."""

    page = forms.CharField(max_length=80, widget=forms.HiddenInput)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            cleaned["query"] = pinned.checked(self.user, cleaned.get("page", ""), cleaned.get("query", ""))
        except BadRequest as wrong:
            raise forms.ValidationError(str(wrong)) from None
        return cleaned


class PersonForm(ActionForm):
    """A member of staff."""

    display_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail"), required=False)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.filter(active=True), required=False)
    is_active = forms.BooleanField(label=_("May sign in"), required=False, initial=True)


class NewPersonForm(PersonForm):
    """A new member of staff, with roles and a first password."""

    username = forms.CharField(label=_("User name"), max_length=60)
    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("username", "display_name", "email", "branch", "roles", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]


class RolesForm(ActionForm):
    """Which roles a person has."""

    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(label=_("Why"), required=False)


class RoleWordsForm(ActionForm):
    """What a role is called, and what it is for."""

    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


class RoleForm(RoleWordsForm):
    """A new role; its code stays for good."""

    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Short and for good: letters, digits, -"))


class PasswordForm(ActionForm):
    """A new password."""

    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class GrantForm(ActionForm):
    """How far one right of a role reaches."""

    scope = forms.ChoiceField(label=_("Reach"), choices=[("", _("not allowed")), *Scope.choices], required=False)
    up_to = forms.DecimalField(
        label=_("Up to amount"), required=False, min_value=0, max_digits=12, help_text=_("Empty: no limit")
    )
    why = forms.CharField(label=_("Why"), required=False)


class BranchForm(ActionForm):
    """A branch."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    san = forms.CharField(label=_("SAN"), max_length=20, required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class WeekForm(ActionForm):
    """On which days of the week a branch is open."""

    weekdays = forms.MultipleChoiceField(
        label=_("Open on"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    why = forms.CharField(label=_("Why"), max_length=500, required=False)


class ClosingForm(ActionForm):
    """Days on which a branch, or the whole library, is closed."""

    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.filter(active=True),
        required=False,
        empty_label=_("The whole library"),
    )
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: one day"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=120, help_text=_("Memorial Day, new carpets"))


class PrinterForm(ActionForm, forms.ModelForm[Printer]):
    """A printer and its stock."""

    class Meta:
        model = Printer
        fields = ("code", "name", "branch", "stock", "offset_x_mm", "offset_y_mm", "active")


class BarcodeRuleForm(ActionForm, forms.ModelForm[BarcodeRule]):
    """How barcodes look."""

    class Meta:
        model = BarcodeRule
        fields = ("branch", "kind", "prefix", "length", "check_digit", "active")

    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.all(),
        required=False,
        empty_label=_("The whole library"),
        help_text=_("A branch with a rule of its own goes by its own rules alone."),
    )

    def clean_length(self) -> int:
        length: int = self.cleaned_data["length"]
        if not 4 <= length <= 20:
            raise forms.ValidationError(_("A barcode has from 4 to 20 characters."))
        return length


class ConnectionForm(ActionForm, forms.ModelForm[Connection]):
    """How files travel to and from a partner. The password is set, never shown."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is set"),
    )
    kind = forms.ChoiceField(label=_("Transport"), choices=FILE_TRANSPORTS)
    reads = forms.ChoiceField(label=_("Files that come in"), choices=reader_choices, required=False)

    class Meta:
        model = Connection
        fields = (
            "code",
            "name",
            "kind",
            "host",
            "port",
            "username",
            "host_key",
            "root",
            "outbox",
            "inbox",
            "reads",
            "active",
        )


class PolicyForm(ActionForm):
    """A decision and its reason; the value is asked for as the policy's kind needs it."""

    value = forms.CharField(label=_("Value"))
    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, policy: PolicyDeclaration, current: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.fields["value"] = value_field(policy)
        self.fields["value"].label, self.fields["value"].help_text = _("Value"), policy.help
        is_money = policy.kind == "money"
        self.initial["value"] = to_decimal(current, settings.CURRENCY) if is_money else current

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        return to_minor(value, settings.CURRENCY) if self.policy.kind == "money" else value


def value_field(policy: PolicyDeclaration) -> forms.Field:
    """The field in which a policy of this kind is typed."""
    if policy.choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in policy.choices])
    if policy.kind == "bool":
        return forms.ChoiceField(choices=[("True", _("yes")), ("False", _("no"))])
    if policy.kind == "int":
        return forms.IntegerField(min_value=policy.least)
    if policy.kind == "money":
        return forms.DecimalField(min_value=0, max_digits=12, decimal_places=places(settings.CURRENCY))
    return forms.EmailField() if policy.kind == "mail" else forms.CharField(max_length=200)


class OwnPasswordForm(ActionForm):
    """One's own password, changed by who knows the present one."""

    current = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class RhythmForm(ActionForm):
    """Every so many minutes, or daily at a time."""

    every_minutes = forms.IntegerField(label=_("Every … minutes"), required=False, min_value=1)
    daily_at = forms.TimeField(
        label=_("Or daily at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    why = forms.CharField(label=_("Why"), max_length=500)
