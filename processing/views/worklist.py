"""What waits to be made ready, the bench, and one item's job."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.models.items import Item
from processing import queries
from processing.actions import routing
from processing.models.jobs import JobStep, ProcessingJob
from processing.rules.lifecycle import ProcessingState, StepState
from techsvc.kernel import access
from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.pages import (
    ActionPage,
    BenchPage,
    BenchVerb,
    Column,
    DetailPage,
    Fact,
    Filter,
    ListPage,
    ScanResult,
    Table,
)
from techsvc.kernel.slots import Verb


def branch_choices(_user: User) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]


def waited(item: Any) -> str:
    """The mark of an item that somebody waits for."""
    return "hold_waiting" if item.waited_for else ""


class Worklist(ListPage[Item]):
    """Cataloged items on their way to the shelf, those that somebody waits for first."""

    permission = "processing.view"
    title, nav = gettext_lazy("Make ready"), "processing:worklist"
    columns = (
        Column("title", gettext_lazy("Title"), value="record.title", sort="record__title_sort"),
        Column("waited", gettext_lazy("Waited for"), value=waited, kind="state", sort="waited_for"),
        Column("barcode", gettext_lazy("Barcode"), kind="barcode", sort="barcode"),
        Column("call", gettext_lazy("Call number"), value="call_number", kind="code", sort="call_sort"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("state", gettext_lazy("State"), kind="state", sort="state", wide=True),
        Column("since", gettext_lazy("Since"), value="state_since", kind="date", sort="state_since", wide=True),
    )
    filters = (Filter("branch", gettext_lazy("Branch"), choices=branch_choices, lookup="branch_id"),)
    search = ("record__title__icontains", "barcode__startswith")
    since = "state_since"
    default_sort = "-waited"
    empty_title = gettext_lazy("Everything is on the shelf.")
    empty_next = gettext_lazy("Items appear here when they are received and have a barcode.")

    def queryset(self) -> QuerySet[Item]:
        limit = access.branch_limit(self.user, self.permission)
        rows = queries.to_make_ready()
        return rows if limit is None else rows.filter(branch_id=limit)

    def row_url(self, obj: Item) -> str:
        job = getattr(obj, "job", None)
        return reverse("processing:job", args=[job]) if job else obj.get_absolute_url()

    def row_verbs(self, obj: Item) -> list[Verb]:
        if getattr(obj, "job", None) or not self.may("processing.work", branch=obj.branch):
            return []
        return [Verb(_("Start"), reverse("processing:start", args=[obj.pk]), method="post", key="s")]

    def verbs(self) -> list[Verb]:
        found = []
        if self.may("processing.work"):
            found.append(Verb(_("Scan items"), reverse("processing:bench"), key="b", primary=True))
        if self.may("kernel.print"):
            found.append(Verb(_("Label sheets"), reverse("processing:labels"), key="l"))
        return found


class Start(ActionPage[Item]):
    """Take an item into work."""

    permission = "processing.work"

    def objects(self) -> QuerySet[Item]:
        return Item.objects.all()

    def act(self, thing: Item) -> ProcessingJob:
        return routing.start(thing.pk, actor=self.user)

    def message(self, thing: Any) -> str:
        return _("In work.")


class Bench(BenchPage):
    """Scan an item: its steps appear; a key ticks each, A ticks all and puts it on the shelf."""

    permission = "processing.work"
    title, nav = gettext_lazy("Make ready"), "processing:worklist"
    prompt = gettext_lazy("Scan an item's barcode")
    takes, instead = {ScanKind.ITEM_BARCODE}, gettext_lazy("Scan the library's barcode on the item.")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Make ready"), reverse("processing:worklist"))]

    def scan(self, scan: Scan, key: str) -> ScanResult:
        item = Item.objects.filter(barcode=scan.value).first()
        if item is None:
            raise Refusal(_("No item has the barcode %(code)s. Catalog it first.") % {"code": scan.value})
        return job_result(routing.start(item.pk, actor=self.user))

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        number, _sep, code = on.partition(":")
        job = ProcessingJob.objects.filter(pk=number).first() if number.isdecimal() else None
        if job is None or verb not in ("all", "do"):
            raise Refusal(_("The bench does not know this button any more. Scan the item again."))
        if verb == "all":
            return job_result(routing.finish(job.pk, actor=self.user, do_open=True))
        return job_result(routing.do_step(job.pk, code, actor=self.user))


def job_result(job: ProcessingJob) -> ScanResult:
    """What the bench shows of a job: its open steps as keys, or where the finished item goes."""
    item = Item.objects.select_related("record", "branch").get(pk=job.item_id)
    if job.state == ProcessingState.DONE:
        return ScanResult("ok", _("Ready: %(title)s") % {"title": item.record.title}, item.call_number, _place(item))
    open_steps = [step for step in job.steps.all() if step.state == StepState.OPEN]
    verbs = [BenchVerb("all", _("All done, onto the shelf"), key="a", on=str(job.pk), tone="ok")]
    verbs += [
        BenchVerb("do", step.label, key=str(n), on=f"{job.pk}:{step.code}") for n, step in enumerate(open_steps[:9], 1)
    ]
    detail = " · ".join(part for part in (item.call_number, item.branch.name) if part)
    rush = queries.is_rush(item)
    hurry = _("Rush: somebody waits for it.") if rush else ""
    return ScanResult("warn" if rush else "ok", item.record.title, detail, hurry, verbs=tuple(verbs))


def _place(item: Item) -> str:
    """Where a finished item goes."""
    hold = queries.promised_to(item)
    if hold is None:
        return f"→ {item.branch.name}"
    return _("→ hold shelf of %(branch)s, with its tag") % {"branch": hold.pickup.name}


class JobDetail(DetailPage[ProcessingJob]):
    """One item's steps."""

    permission, nav, kind = "processing.view", "processing:worklist", "processing.job"

    def objects(self) -> QuerySet[ProcessingJob]:
        return ProcessingJob.objects.select_related("item__record", "item__branch")

    def branch_of(self, obj: ProcessingJob) -> Branch:
        return obj.item.branch

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Make ready"), reverse("processing:worklist"))]

    def page_title(self) -> str:
        return self.object.item.record.title

    def state(self, obj: ProcessingJob) -> str:
        return obj.state

    def facts(self, obj: ProcessingJob) -> list[Fact]:
        return [
            Fact(_("Item"), obj.item.barcode, "barcode", url=obj.item.get_absolute_url()),
            Fact(_("Call number"), obj.item.call_number, "code"),
            Fact(_("Branch"), obj.item.branch),
            Fact(_("Somebody waits"), queries.is_rush(obj.item), "bool"),
        ]

    def tables(self, obj: ProcessingJob) -> list[Table]:
        columns = (
            Column("label", _("Step")),
            Column("state", _("State"), kind="state"),
            Column("by", _("By"), value="done_by.display_name"),
            Column("at", _("When"), value="done_at", kind="datetime"),
        )
        return [Table(_("Steps"), columns, obj.steps.select_related("done_by"), row_verbs=self.step_verbs)]

    def step_verbs(self, step: JobStep) -> list[Verb]:
        if not self.may_work():
            return []
        words = {"open": (("do", _("Done")), ("skip", _("Skip")))}.get(step.state, (("undo", _("Take back")),))
        return [
            Verb(label, reverse("processing:step", args=[self.object.pk, step.code, verb]), method="post")
            for verb, label in words
        ]

    def own_verbs(self, obj: ProcessingJob) -> list[Verb]:
        if not self.may_work():
            return []
        url = reverse("processing:finish", args=[obj.pk])
        return [Verb(_("All done, onto the shelf"), url, method="post", key="a", primary=True)]

    def may_work(self) -> bool:
        """Whether steps can be ticked: the job is open, and the person makes items of its branch ready."""
        return self.object.state in queries.OPEN and self.may("processing.work", branch=self.object.item.branch)


class JobPage(ActionPage[ProcessingJob]):
    """What the acts on one job share."""

    permission = "processing.work"

    def objects(self) -> QuerySet[ProcessingJob]:
        return ProcessingJob.objects.all()


class Step(JobPage):
    """Do a step, skip it, or take it back."""

    def act(self, thing: ProcessingJob) -> ProcessingJob:
        return routing.do_step(thing.pk, self.kwargs["code"], actor=self.user, verb=self.kwargs["verb"])


class Finish(JobPage):
    """Tick what is open and put the item on the shelf."""

    def act(self, thing: ProcessingJob) -> ProcessingJob:
        return routing.finish(thing.pk, actor=self.user, do_open=True)

    def message(self, thing: Any) -> str:
        return _("Ready: %(place)s") % {"place": _place(Item.objects.select_related("branch").get(pk=thing.item_id))}
