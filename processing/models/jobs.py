"""Making an item ready: its steps and who did them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.items import Item

JOB_STATES = ("waiting", "in_work", "done", "cancelled")
STEP_STATES = ("open", "done", "skipped")


class ProcessingJob(models.Model):
    """All that has to be done to one item before it can stand on the shelf. The holds say whether it is a rush."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="processing_jobs", verbose_name=_("item"))
    state = models.CharField(_("state"), max_length=10, default="waiting")
    created_at = models.DateTimeField(_("arrived"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("processing job")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=JOB_STATES), name="processing_job_state"),
            models.UniqueConstraint(
                fields=("item",), condition=models.Q(state__in=("waiting", "in_work")), name="processing_one_open_job"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}"

    def get_absolute_url(self) -> str:
        return reverse("processing:job", args=[self.pk])


class JobStep(models.Model):
    """One step of a job ("Spine label"), ticked by whoever did it."""

    job = models.ForeignKey(ProcessingJob, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    label = models.CharField(_("step"), max_length=80)
    state = models.CharField(_("state"), max_length=10, default="open")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    done_at = models.DateTimeField(_("when"), null=True, blank=True)

    class Meta:
        ordering = ("position",)
        verbose_name = _("processing step")
        constraints = (
            models.UniqueConstraint(fields=("job", "code"), name="processing_step_once"),
            models.CheckConstraint(condition=models.Q(state__in=STEP_STATES), name="processing_step_state"),
        )

    def __str__(self) -> str:
        return self.label
