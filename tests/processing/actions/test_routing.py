"""Making ready: taken into work once, ticked step by step, finished onto the shelf or to whoever waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cataloging.actions.items import move_items
from cataloging.models.items import Item
from cataloging.models.records import Record
from cataloging.rules.matching import Description
from processing import queries
from processing.actions import routing
from processing.models.jobs import JobStep, ProcessingJob
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import history, people
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Grant, Role, User
from techsvc.kernel.models.printing import PrintRequest
from tests.cataloging import make as catalog
from tests.circulation import make
from tests.racing import at_once

pytestmark = pytest.mark.django_db
BOOK = ["stamp", "barcode", "spine_label", "label_protector", "jacket_cover", "final_check"]


@pytest.fixture
def record() -> Record:
    return catalog.brief()


@pytest.fixture
def assistant() -> User:
    return catalog.person("processing", branch=catalog.branch())


@pytest.fixture
def item(record: Record) -> Item:
    return make.cataloged(record)


@pytest.fixture
def job(item: Item, assistant: User) -> ProcessingJob:
    return routing.start(item.pk, actor=assistant)


def state(row: Item | ProcessingJob) -> str:
    return type(row)._default_manager.values_list("state", flat=True).get(pk=row.pk)


def steps(job: ProcessingJob) -> dict[str, str]:
    return dict(job.steps.values_list("code", "state"))


def unchanged() -> tuple[object, ...]:
    """Everything that a refused act must leave alone."""
    return (
        [*Item.objects.order_by("id").values_list("pk", "state", "version")],
        [*ProcessingJob.objects.order_by("id").values()],
        [*JobStep.objects.order_by("id").values()],
        [*Hold.objects.order_by("id").values()],
        HistoryEvent.objects.count(),
        PrintRequest.objects.count(),
    )


def event(verb: str) -> HistoryEvent:
    return HistoryEvent.objects.filter(verb=verb).latest("id")


# Into work


def test_an_item_taken_into_work_has_the_steps_of_its_format(job: ProcessingJob, item: Item) -> None:
    assert [*job.steps.values_list("code", flat=True)] == BOOK
    assert set(steps(job).values()) == {"open"}
    assert (state(job), state(item)) == ("waiting", "in_process")
    assert event("processing.start").summary == f"{item.barcode} taken into work"


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        ("dvd", ["check_contents", "barcode", "case", "case_insert", "disc_hub", "rating_sticker", "final_check"]),
        ("map", ["stamp", "barcode", "case", "final_check"]),
    ],
)
def test_other_formats_have_other_steps(assistant: User, form: str, codes: list[str]) -> None:
    record = catalog.brief(Description("Another thing", format=form))
    job = routing.start(make.cataloged(record).pk, actor=assistant)
    assert [*job.steps.values_list("code", flat=True)] == codes


def test_taken_twice_is_one_job(job: ProcessingJob, item: Item, assistant: User) -> None:
    before = unchanged()
    assert routing.start(item.pk, actor=assistant) == job
    assert unchanged() == before


def test_what_is_not_cataloged_is_not_taken(record: Record, assistant: User) -> None:
    (item,) = catalog.received(record)
    before = unchanged()
    with pytest.raises(Refusal, match=r"“The women” has no barcode yet\. Catalog it first"):
        routing.start(item.pk, actor=assistant)
    assert unchanged() == before


def test_what_is_gone_is_not_taken(item: Item, assistant: User) -> None:
    move_items([item], "withdraw", actor=people.system())
    before = unchanged()
    with pytest.raises(Refusal, match="can't start processing, it is withdrawn"):
        routing.start(item.pk, actor=assistant)
    assert unchanged() == before


def test_only_who_may_works_and_only_at_their_branch(record: Record) -> None:
    east = catalog.branch("EAST", "East")
    item = make.cataloged(record, east)
    Grant.objects.filter(permission="processing.work", role=Role.objects.get(code="processing")).update(scope="own")
    for actor, words in (
        (catalog.person("processing", branch=catalog.branch()), "make items ready at East"),
        (catalog.person("finance", branch=east), "make items ready"),
    ):
        before = unchanged()
        with pytest.raises(Forbidden, match=words):
            routing.start(item.pk, actor=actor)
        assert unchanged()[:4] == before[:4]
    routing.start(item.pk, actor=catalog.person("processing", branch=east))


def test_taking_it_into_work_is_taken_back(job: ProcessingJob, item: Item, assistant: User) -> None:
    history.undo(event("processing.start").pk, actor=assistant)
    assert (state(job), state(item)) == ("cancelled", "received")
    move_items([item], "unreceive", actor=people.system())  # so the receipt can be undone as well


def test_what_is_finished_is_not_taken_out_of_work(job: ProcessingJob, assistant: User) -> None:
    begun = event("processing.start")
    routing.finish(job.pk, actor=assistant, do_open=True)
    before = unchanged()
    with pytest.raises(Refusal, match=r"can't cancel, it is done\. Possible now: reopen"):
        history.undo(begun.pk, actor=assistant)
    assert unchanged() == before


@pytest.mark.django_db(transaction=True)
def test_two_scans_at_once_are_one_job(record: Record) -> None:
    item = make.cataloged(record)
    jobs = at_once(*[lambda: routing.start(item.pk, actor=people.system())] * 3)
    assert len({job.pk for job in jobs}) == 1
    assert (ProcessingJob.objects.count(), JobStep.objects.count()) == (1, len(BOOK))


# Steps


def test_a_step_is_ticked_skipped_and_taken_back(job: ProcessingJob, assistant: User) -> None:
    for verb, after in (("do", "done"), ("undo", "open"), ("skip", "skipped"), ("do", "done")):
        routing.do_step(job.pk, "stamp", actor=assistant, verb=verb)
        step = job.steps.get(code="stamp")
        assert step.state == after
        assert (step.done_by, step.done_at is None) == ((None, True) if after == "open" else (assistant, False))
    assert state(job) == "in_work"
    assert (event("processing.step").before, event("processing.step").after) == (
        {"stamp": "skipped"},
        {"stamp": "done"},
    )


@pytest.mark.parametrize(
    ("code", "verb", "words"),
    [
        ("stamp", "undo", "Property stamp, top and bottom edge: can't undo, it is open."),
        ("polish", "do", "This job has no step “polish”. Reload the page."),
    ],
)
def test_what_can_not_be_done_to_a_step(job: ProcessingJob, assistant: User, code: str, verb: str, words: str) -> None:
    before = unchanged()
    with pytest.raises(Refusal) as refused:
        routing.do_step(job.pk, code, actor=assistant, verb=verb)
    assert refused.value.text.startswith(words)
    assert unchanged() == before


def test_the_steps_of_a_finished_job_stay_as_they_are(job: ProcessingJob, item: Item, assistant: User) -> None:
    routing.finish(job.pk, actor=assistant, do_open=True)
    before = unchanged()
    with pytest.raises(Refusal) as refused:
        routing.do_step(job.pk, "stamp", actor=assistant, verb="undo")
    assert refused.value.text == (
        f"Processing of {item.barcode} is done, so its steps stay as they are. Reopen it first."
    )
    assert unchanged() == before


# Ready


def test_open_steps_are_named(job: ProcessingJob, item: Item, assistant: User) -> None:
    for code in BOOK[:4]:
        routing.do_step(job.pk, code, actor=assistant)
    before = unchanged()
    with pytest.raises(Refusal) as refused:
        routing.finish(job.pk, actor=assistant)
    assert refused.value.text == (
        f"Processing of {item.barcode} can't be finished: Jacket cover, Call number and barcode match the record still "
        "open. Do or skip each step first."
    )
    assert unchanged() == before


def test_finished_onto_the_shelf(job: ProcessingJob, item: Item, assistant: User) -> None:
    routing.do_step(job.pk, "jacket_cover", actor=assistant, verb="skip")
    routing.finish(job.pk, actor=assistant, do_open=True)
    assert steps(job) == dict.fromkeys(BOOK, "done") | {"jacket_cover": "skipped"}
    assert (state(job), state(item)) == ("done", "available")
    assert not queries.to_make_ready().exists()
    with pytest.raises(Refusal, match="can't finish, it is done"):
        routing.finish(job.pk, actor=assistant)


def test_finished_for_whoever_waits(job: ProcessingJob, item: Item, record: Record, assistant: User) -> None:
    hold = make.hold(record)
    routing.finish(job.pk, actor=assistant, do_open=True)
    hold.refresh_from_db()
    assert (hold.state, hold.item, state(item)) == ("ready", item, "on_hold_shelf")
    assert [*PrintRequest.objects.filter(kind="hold_tag").values_list("subject_id", flat=True)] == [str(hold.pk)]
    assert queries.promised_to(item) == hold


def test_finishing_is_taken_back_while_it_stands_on_the_shelf(job: ProcessingJob, item: Item, assistant: User) -> None:
    routing.finish(job.pk, actor=assistant, do_open=True)
    history.undo(event("processing.finish").pk, actor=assistant)
    assert (state(job), state(item)) == ("in_work", "in_process")
    routing.finish(job.pk, actor=assistant)
    assert state(item) == "available"


def test_finishing_is_not_taken_back_once_it_is_promised(
    job: ProcessingJob, item: Item, record: Record, assistant: User
) -> None:
    make.hold(record)
    routing.finish(job.pk, actor=assistant, do_open=True)
    before = unchanged()
    with pytest.raises(Refusal, match="can't start processing, it is on hold shelf"):
        history.undo(event("processing.finish").pk, actor=assistant)
    assert unchanged() == before


@pytest.mark.django_db(transaction=True)
def test_finished_twice_at_once_is_finished_once(record: Record) -> None:
    item, hold = make.cataloged(record), make.hold(record)
    job = routing.start(item.pk, actor=people.system())

    def finish() -> ProcessingJob:
        return routing.finish(job.pk, actor=people.system(), do_open=True)

    outcomes = at_once(finish, finish)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ProcessingJob", "Refusal"]
    hold.refresh_from_db()
    assert (hold.state, state(item)) == ("ready", "on_hold_shelf")
    assert PrintRequest.objects.filter(kind="hold_tag").count() == 1


# The worklist


def test_what_waits_to_be_made_ready(
    record: Record, item: Item, assistant: User, django_assert_num_queries: Callable[[int], object]
) -> None:
    catalog.received(record)  # no barcode yet
    other = make.cataloged(catalog.brief(Description("The wager", "Grann, David", "9780385534260")))
    job = routing.start(item.pk, actor=assistant)
    make.hold(record)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        rows = {row.pk: (row.waited_for, row.job) for row in queries.to_make_ready()}
    assert rows == {item.pk: (True, job.pk), other.pk: (False, None)}
    assert (queries.is_rush(item), queries.is_rush(other)) == (True, False)
