"""What the kernel itself keeps of people and their work, how long, and what is left afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.actions import privacy
from techsvc.kernel.actions.retention import Keeping, delete
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.jobs import Job, JobState, ScheduledRun
from techsvc.kernel.models.notices import Notice, NoticeState
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.printing import PrintRequest, PrintState
from techsvc.kernel.models.privacy import PatronLook


def _old_runs(before: datetime) -> QuerySet[ScheduledRun]:
    """Old runs, without the latest of each schedule, which says when it last ran."""
    newer = ScheduledRun.objects.filter(schedule=OuterRef("schedule"), scheduled_for__gt=OuterRef("scheduled_for"))
    return ScheduledRun.objects.filter(Exists(newer), at__lt=before)


def _told(before: datetime) -> QuerySet[Notice]:
    """Notices that are settled and still have their words."""
    return Notice.objects.filter(settled_at__lt=before).exclude(body="").exclude(state=NoticeState.DUE)


def _over(before: datetime) -> QuerySet[Job]:
    return Job.objects.filter(state__in=(JobState.DONE, JobState.CANCELLED, JobState.FAILED), finished_at__lt=before)


def _printed(before: datetime) -> QuerySet[PrintRequest]:
    return PrintRequest.objects.filter(
        state__in=(PrintState.PRINTED, PrintState.CANCELLED), asked_at__lt=before, document__isnull=False
    )


def _taken_in(before: datetime) -> QuerySet[Incoming]:
    """Vendors' messages that were taken in and still have their bytes; uploads are needed by what was made of them."""
    return Incoming.objects.filter(kind="edi", state=IncomingState.READ, received_at__lt=before).exclude(body=b"")


def _without_bytes(rows: QuerySet[Incoming]) -> int:
    return rows.update(body=b"")


def _without_document(rows: QuerySet[PrintRequest]) -> int:
    return rows.update(document=None)


def _aged(model: Any, column: str) -> Any:
    """Rows of a model by the age that a column tells."""
    return lambda before: model._default_manager.filter(**{f"{column}__lt": before})


KEEPINGS = (
    Keeping(
        "looks",
        _("Looks at patrons"),
        365,
        _aged(PatronLook, "at"),
        delete,
        _("A patron may ask who looked at them; after a year the list itself is what has to be protected."),
    ),
    Keeping(
        "notice_words",
        _("Words of notices and mail to patrons"),
        30,
        _told,
        privacy.forget_words,
        _("Long enough for a question at the desk; what somebody read or asked for is nobody's business afterwards."),
        _("kind, time and outcome"),
    ),
    Keeping(
        "form_keys",
        _("Keys of forms that were sent"),
        7,
        _aged(Submission, "at"),
        delete,
        _("No browser sends a form again after a week."),
    ),
    Keeping(
        "drafts",
        _("Drafts of forms that were not sent"),
        30,
        _aged(Draft, "saved_at"),
        delete,
        _("A month brings back what a holiday interrupted; nobody else sees a draft."),
    ),
    Keeping(
        "sessions",
        _("Sessions that ended"),
        1,
        _aged(Session, "expire_date"),
        delete,
        _("A session that is over opens nothing; its row is only in the way."),
    ),
    Keeping(
        "wrong_passwords",
        _("Wrong passwords"),
        30,
        _aged(AccessAttempt, "attempt_time"),
        delete,
        _("A month shows a pattern of guessing; a lock itself lasts minutes."),
    ),
    Keeping(
        "sign_ins",
        _("Times and places of signing in"),
        90,
        _aged(AccessLog, "attempt_time"),
        delete,
        _("A quarter is what the look into a misused account needs."),
    ),
    Keeping(
        "jobs",
        _("Long jobs that are over"),
        180,
        _over,
        delete,
        _("What a job did stands in the history of what it did it to."),
    ),
    Keeping(
        "runs",
        _("Runs of schedules"),
        60,
        _old_runs,
        delete,
        _("Two months show a rhythm; the latest run of each schedule stays."),
    ),
    Keeping(
        "documents",
        _("Labels and slips that were printed"),
        30,
        _printed,
        _without_document,
        _("A spoiled label is seen within days, and can be made again at any time."),
        _("what was printed, when and for whom at the library"),
    ),
    Keeping(
        "messages",
        _("Bytes of vendors' messages that were taken in"),
        1095,
        _taken_in,
        _without_bytes,
        _("An invoice may be disputed for three years; what it did to orders and funds stays for ever."),
        _("name, sender, time and fingerprint"),
    ),
)
