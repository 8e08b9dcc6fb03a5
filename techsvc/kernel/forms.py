"""Shapes of what people type in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.exchange import Connection, TransportKind
from techsvc.kernel.models.people import Role, Scope
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.kernel.pages import ActionForm

FILE_TRANSPORTS = [(k.value, k.label) for k in TransportKind if k not in (TransportKind.MAIL, TransportKind.UPLOAD)]


class ReasonForm(ActionForm):
    """Why."""

    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))


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


class PasswordForm(ActionForm):
    """A new password."""

    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class GrantForm(ActionForm):
    """How far one right of a role reaches."""

    scope = forms.ChoiceField(label=_("Reach"), choices=[("", _("not allowed")), *Scope.choices], required=False)
    up_to_minor = forms.IntegerField(
        label=_("Up to amount, in cents"), required=False, min_value=0, help_text=_("Empty: no limit")
    )
    why = forms.CharField(label=_("Why"), required=False)


class BranchForm(ActionForm):
    """A branch."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    san = forms.CharField(label=_("SAN"), max_length=20, required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class PrinterForm(ActionForm, forms.ModelForm[Printer]):
    """A printer and its stock."""

    class Meta:
        model = Printer
        fields = ("code", "name", "branch", "stock", "offset_x_mm", "offset_y_mm", "active")


class ConnectionForm(ActionForm, forms.ModelForm[Connection]):
    """How files travel to and from a partner. The password is set, never shown."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is set"),
    )
    kind = forms.ChoiceField(label=_("Transport"), choices=FILE_TRANSPORTS)

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
    """A decision and its reason."""

    value = forms.CharField(label=_("Value"))
    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))
