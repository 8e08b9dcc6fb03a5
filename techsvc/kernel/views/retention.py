"""How long personal and bulky data is kept, and what the next nightly round will forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import queries
from techsvc.kernel.actions import policies, retention
from techsvc.kernel.actions.retention import Keeping
from techsvc.kernel.models.jobs import Schedule
from techsvc.kernel.pages import Column, ReportPage
from techsvc.kernel.pages.cells import time_words
from techsvc.kernel.slots import Verb


def policy_url(keeping: Keeping) -> str:
    return reverse("kernel:policy", args=[keeping.policy])


class Retention(ReportPage):
    """Every kind of data that is not kept for ever: how long, why, and how many rows are due now."""

    permission, nav = "kernel.console", "kernel:console"
    title = gettext_lazy("What is kept, and how long")
    columns = (
        Column("what", gettext_lazy("What"), value="label"),
        Column("days", gettext_lazy("Days"), value=lambda k: policies.value(k.policy), kind="number", url=policy_url),
        Column("due", gettext_lazy("Due now"), value=lambda k: retention.due(k).count(), kind="number"),
        Column("stays", gettext_lazy("What stays"), value=lambda k: k.stays or _("nothing")),
        Column("why", gettext_lazy("Why so long"), value="why"),
    )

    def rows(self, values: Mapping[str, Any]) -> Sequence[Keeping]:
        return sorted(retention.DECLARED.values(), key=lambda keeping: str(keeping.label))

    def note(self, values: Mapping[str, Any]) -> str:
        last = getattr(self.schedule(), "last_run", None)
        ran = _("It last ran on %(when)s.") % {"when": time_words(last)} if last else _("It has not run yet.")
        kept = _("Kept for ever: the ledger, the history of everything, policies, orders, invoices and uploaded files.")
        return _("The nightly round forgets what is due, in small batches.") + f" {ran} {kept}"

    def schedule(self) -> Schedule | None:
        return queries.schedules_with_last_run().filter(task=retention.SCHEDULE).first()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console"))]

    def verbs(self) -> list[Verb]:
        schedule = self.schedule()
        if schedule is None:
            return []
        runs = Verb(_("Rounds so far"), reverse("kernel:schedule", args=[schedule.pk]), key="s")
        if not self.may("kernel.set_policy"):
            return [runs]
        now = reverse("kernel:schedule_run", args=[schedule.pk])
        return [Verb(_("Forget now"), now, method="post", key="f", primary=True), runs]
