"""Purchase requests: what patrons (PIPs) and staff ask the library to buy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cataloging.models.records import Record
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch

STATES = ("asked", "approved", "ordered", "declined", "fulfilled")


class PurchaseRequest(models.Model):
    """One title that somebody asked for, from the asking to the day it is ready for them."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=300)
    author = models.CharField(_("author"), max_length=200, blank=True)
    isbn = models.CharField(_("ISBN"), max_length=13, blank=True)
    format = models.CharField(_("format"), max_length=20, default="book")
    note = models.TextField(_("note"), blank=True)
    patron = models.ForeignKey(
        Patron, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("patron")
    )
    pickup = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("pickup at"))
    state = models.CharField(_("state"), max_length=10, default="asked")
    reason = models.TextField(_("reason of the decision"), blank=True)
    record = models.ForeignKey(
        Record, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("record")
    )
    hold = models.OneToOneField(Hold, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hold"))
    asked_at = models.DateTimeField(_("asked"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("purchase request")
        constraints = (models.CheckConstraint(condition=models.Q(state__in=STATES), name="acquisitions_request_state"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("acquisitions:request", args=[self.pk])
