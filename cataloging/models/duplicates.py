"""Records that may be of one title, and records that were made into one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cataloging.models.records import Record

VERDICTS = ("same", "maybe")
PAIR_STATES = ("open", "dismissed", "merged")


class DuplicatePair(models.Model):
    """Two records that may be of one title, and what somebody made of it.

    `one` is the older of the two, so that a pair is there once. The versions are those that were compared: a pair that
    was said to be none stays so until one of its records changes.
    """

    one = models.ForeignKey(Record, models.CASCADE, related_name="+", verbose_name=_("record"))
    other = models.ForeignKey(Record, models.CASCADE, related_name="+", verbose_name=_("other record"))
    one_version = models.PositiveIntegerField()
    other_version = models.PositiveIntegerField()
    verdict = models.CharField(_("verdict"), max_length=5)
    reasons = models.JSONField(_("why"), default=list)
    points = models.SmallIntegerField(_("how alike"), default=0)
    state = models.CharField(_("state"), max_length=9, default="open")
    found_at = models.DateTimeField(_("found"))

    class Meta:
        ordering = ("-points", "id")
        verbose_name = _("suspected duplicate")
        indexes = (models.Index(fields=("state", "-points", "id"), name="cataloging_pair_list"),)
        constraints = (
            models.UniqueConstraint(fields=("one", "other"), name="cataloging_pair_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="cataloging_pair_in_order"),
            models.CheckConstraint(condition=models.Q(verdict__in=VERDICTS), name="cataloging_pair_verdict"),
            models.CheckConstraint(condition=models.Q(state__in=PAIR_STATES), name="cataloging_pair_state"),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class DuplicateSearch(models.Model):
    """One look for duplicates over all records, or those changed since the last look; `after` is how far it got."""

    since = models.DateTimeField(_("changed since"), null=True)
    until = models.DateTimeField(_("changed until"))
    after = models.BigIntegerField(default=0)
    found = models.PositiveIntegerField(_("found"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("search for duplicates")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Merge(models.Model):
    """A record that was merged into another: what an undo goes by.

    `moved` says by kind which rows came from the losing record, in the words of cataloging.actions.moving.
    """

    survivor = models.ForeignKey(Record, models.PROTECT, related_name="+", verbose_name=_("survivor"))
    loser = models.ForeignKey(Record, models.PROTECT, related_name="+", verbose_name=_("merged record"))
    survivor_before = models.PositiveIntegerField()
    survivor_after = models.PositiveIntegerField()
    loser_before = models.PositiveIntegerField()
    loser_after = models.PositiveIntegerField()
    moved = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"))
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("merge of two records")

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"
