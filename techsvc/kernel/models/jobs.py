"""Work that takes longer than a page may: its progress, and the schedules that begin it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """One long piece of work that a person can watch, leave, come back to and cancel.

    `told_at` is when the person who began it was told how it ended: once, wherever they were by then.

    `task` is the name of the task that carries it on from `row_id`; it is re-rung by the sweeper when a
    worker died, so tasks of jobs go on where the rows say, not from the beginning.
    """

    task = models.CharField(_("task"), max_length=80)
    title = models.CharField(_("what"), max_length=200)
    row_id = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    faults = models.JSONField(_("faults"), default=list)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    cancel_asked = models.BooleanField(_("cancel asked"), default=False)
    result = models.TextField(_("result"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("asked for"))
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    told_at = models.DateTimeField(_("end told"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("job")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running", "done", "cancelled", "failed")),
                name="kernel_job_state",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("kernel:job", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)


class Schedule(models.Model):
    """Something that is done again and again: every so many minutes, or daily at a time of the library's day."""

    task = models.CharField(_("task"), max_length=80, unique=True)
    title = models.CharField(_("what"), max_length=120)
    every_minutes = models.PositiveIntegerField(_("every … minutes"), null=True, blank=True)
    daily_at = models.TimeField(_("daily at"), null=True, blank=True)
    why = models.TextField(_("why"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("title",)
        verbose_name = _("schedule")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(every_minutes__isnull=False, daily_at__isnull=True)
                | models.Q(every_minutes__isnull=True, daily_at__isnull=False),
                name="kernel_schedule_one_rhythm",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("kernel:schedule", args=[self.pk])


class ScheduledRun(models.Model):
    """One run of a schedule, how long it took and what came of it; unique per instant, so two beats ring once."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="runs")
    scheduled_for = models.DateTimeField(_("for"))
    at = models.DateTimeField(_("rung"))
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    failed = models.BooleanField(_("failed"), default=False)

    class Meta:
        ordering = ("-scheduled_for",)
        verbose_name = _("scheduled run")
        constraints = (models.UniqueConstraint(fields=("schedule", "scheduled_for"), name="kernel_run_once"),)

    def __str__(self) -> str:
        return f"{self.schedule} {self.scheduled_for}"


class Count(models.Model):
    """How often something worth counting happened on a day (a doorbell that could not be rung)."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("count")
        constraints = (models.UniqueConstraint(fields=("name", "day"), name="kernel_count_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.day}: {self.value}"
