"""What the library borrows for its patrons from other libraries."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch

STATES = ("new", "sent", "shipped", "received", "returned", "completed", "cancelled", "unfilled")


class BorrowingRequest(models.Model):
    """A title that a patron wants from another library, and where it stands."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=300)
    author = models.CharField(_("author"), max_length=200, blank=True)
    isbn = models.CharField(_("ISBN"), max_length=13, blank=True)
    patron = models.ForeignKey(Patron, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("for"))
    pickup = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("pickup at"))
    lender = models.CharField(_("lender"), max_length=120, blank=True)
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    due_on = models.DateField(_("lender's due date"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=12, default="new")
    created_at = models.DateTimeField(_("asked"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        ordering = ("-id",)
        verbose_name = _("borrowing request")
        constraints = (models.CheckConstraint(condition=models.Q(state__in=STATES), name="ill_borrowing_state"),)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ill:request", args=[self.pk])
