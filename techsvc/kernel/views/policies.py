"""What the library decides for itself: the values in force, who decided them and why, and what they were before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.actions import policies
from techsvc.kernel.actions.policies import PolicyDeclaration
from techsvc.kernel.forms import PolicyForm
from techsvc.kernel.models.policy import Policy
from techsvc.kernel.pages import FormPage, Page

SHOWN = 50  # earlier values


class Policies(Page):
    """Every policy with the value in force and what it means."""

    permission = "kernel.console"
    title, nav, template = gettext_lazy("Policies"), "kernel:console", "kernel/policies.html"

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            (policy, policies.shown(policy, value), policies.shown(policy, policy.default), row)
            for policy, value, row in policies.in_force()
        ]
        return self.show(rows=rows, may_set=self.may("kernel.set_policy"))


class SetPolicy(FormPage[PolicyForm]):
    """Decide a policy from now on."""

    permission, nav = "kernel.set_policy", "kernel:console"
    template = "kernel/policy.html"
    form_class, submit_label, compared = PolicyForm, gettext_lazy("Decide"), ("value",)

    def policy(self) -> PolicyDeclaration:
        if self.kwargs["key"] not in policies.DECLARED:
            raise Http404(_("There is no such policy."))
        return policies.DECLARED[self.kwargs["key"]]

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Policies"), reverse("kernel:policies"))]

    def page_title(self) -> str:
        return str(self.policy().label)

    def form_kwargs(self) -> dict[str, Any]:
        return {"policy": self.policy(), "current": policies.value(self.policy().key)}

    def act(self, form: PolicyForm) -> Policy:
        return policies.set_policy(
            self.policy().key, form.cleaned_data["value"], actor=self.user, why=form.cleaned_data["why"]
        )

    def success_url(self, result: Any) -> str:
        return reverse("kernel:policies")

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "history": policies.history_of_key(self.policy().key)[:SHOWN],
            "may_undo": self.may("kernel.undo"),
        }
