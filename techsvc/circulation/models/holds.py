"""Holds: who waits for a title, and in which order."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch

STATES = ("waiting", "ready", "collected", "expired", "cancelled")


class Hold(models.Model):
    """A patron's place in the queue of a title, in the order of `placed_at`; an item is one hold's at most.

    With a `volume` only an item of that volume will do; without one, any item of the title.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="holds", verbose_name=_("title"))
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="holds", verbose_name=_("item"))
    patron = models.ForeignKey(
        Patron, models.SET_NULL, null=True, blank=True, related_name="holds", verbose_name=_("patron")
    )
    volume = models.CharField(_("volume or part"), max_length=60, blank=True)
    pickup = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("pickup at"))
    state = models.CharField(_("state"), max_length=10, default="waiting")
    placed_at = models.DateTimeField(_("placed"))
    ready_at = models.DateTimeField(_("ready since"), null=True, blank=True)
    keep_until = models.DateField(_("keep until"), null=True, blank=True)

    class Meta:
        ordering = ("placed_at", "id")
        verbose_name = _("hold")
        indexes = (models.Index(fields=("record", "placed_at"), name="circulation_hold_queue"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="circulation_hold_state"),
            models.UniqueConstraint(
                fields=("record", "patron", "volume"),
                condition=models.Q(state__in=("waiting", "ready")),
                name="circulation_hold_once",
            ),
            models.UniqueConstraint(
                fields=("item",), condition=models.Q(state="ready"), name="circulation_item_held_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(item__isnull=False, ready_at__isnull=False),
                name="circulation_ready_has_item",
            ),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("circulation:hold", args=[self.pk])
