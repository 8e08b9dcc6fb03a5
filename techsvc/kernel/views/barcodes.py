"""Barcode rules: how the barcodes of each branch look."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import barcodes
from techsvc.kernel.actions import barcodes as actions
from techsvc.kernel.forms import BarcodeRuleForm
from techsvc.kernel.models.places import BarcodeRule
from techsvc.kernel.pages import ActionPage, Column
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList
from techsvc.kernel.views.places import ConsoleForm


def place(rule: BarcodeRule) -> str:
    return str(rule.branch or _("The whole library"))


class BarcodeRules(ConsoleList[BarcodeRule]):
    """How the barcodes of items and of patrons' cards look."""

    permission, title = actions.RIGHT, gettext_lazy("Barcode rules")
    columns = (
        Column("branch", gettext_lazy("Where"), value=place, sort="branch__name"),
        Column("kind", gettext_lazy("Of"), value="get_kind_display", sort="kind"),
        Column("prefix", gettext_lazy("Begin with"), kind="code", sort="prefix"),
        Column("length", gettext_lazy("Characters"), kind="number", sort="length"),
        Column("check", gettext_lazy("Check digit"), value="get_check_digit_display"),
        Column("active", gettext_lazy("Active"), kind="bool", sort="active"),
    )
    default_sort = "kind"
    empty_title = gettext_lazy("No rules yet.")
    empty_next = gettext_lazy("Without one, no barcode is read.")

    def queryset(self) -> QuerySet[BarcodeRule]:
        return BarcodeRule.objects.select_related("branch")

    def row_url(self, obj: BarcodeRule) -> str:
        return reverse("kernel:barcode_rule_edit", args=[obj.pk])

    def row_verbs(self, obj: BarcodeRule) -> list[Verb]:
        return [Verb(_("Delete"), reverse("kernel:barcode_rule_delete", args=[obj.pk]), method="post", key="x")]

    def verbs(self) -> list[Verb]:
        return [Verb(_("New rule"), reverse("kernel:barcode_rule_new"), key="n", primary=True)]


class NewBarcodeRule(ConsoleForm):
    """One more way that barcodes look."""

    permission, list_name = actions.RIGHT, "kernel:barcode_rules"
    title, form_class = gettext_lazy("Barcode rule"), BarcodeRuleForm

    def act(self, form: BarcodeRuleForm) -> BarcodeRule:
        return actions.save_rule(form.instance, actor=self.user)

    def message(self, result: BarcodeRule) -> str:
        return _("Barcodes of %(where)s %(look)s.") % {"where": place(result), "look": barcodes.look(result)}


class EditBarcodeRule(NewBarcodeRule):
    """Change a rule."""

    def objects(self) -> QuerySet[BarcodeRule]:
        return BarcodeRule.objects.select_related("branch")

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.object}


class DeleteBarcodeRule(ActionPage[BarcodeRule]):
    """Take a rule away."""

    permission = actions.RIGHT

    def objects(self) -> QuerySet[BarcodeRule]:
        return BarcodeRule.objects.select_related("branch")

    def act(self, thing: BarcodeRule) -> None:
        actions.delete_rule(thing.pk, actor=self.user)

    def message(self, thing: BarcodeRule) -> str:
        return _("The rule is taken away.")

    def success_url(self, thing: BarcodeRule) -> str:
        return reverse("kernel:barcode_rules")
