"""What goes onto paper: printers by station, and print requests that the worker renders."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.places import Branch


class Printer(models.Model):
    """A place where paper comes out. Pages and labels are made as PDF of exact size for it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    stock = models.CharField(_("label stock"), max_length=40, default="avery-5160")
    offset_x_mm = models.DecimalField(_("offset across, mm"), max_digits=5, decimal_places=2, default=0)
    offset_y_mm = models.DecimalField(_("offset down, mm"), max_digits=5, decimal_places=2, default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("printer")

    def __str__(self) -> str:
        return self.name


class PrintState(models.TextChoices):
    WAITING = "waiting", _("being made")
    READY = "ready", _("ready to print")
    PRINTED = "printed", _("printed")
    FAILED = "failed", _("could not be made")
    CANCELLED = "cancelled", _("cancelled")


class PrintRequest(models.Model):
    """One label, slip or tag that somebody needs; unique by key, so nothing prints twice by itself.

    The worker makes `document` (PDF); a person says when it has been printed: it is never assumed.
    """

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120, unique=True)
    title = models.CharField(_("what"), max_length=200)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.CharField(max_length=40)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for branch")
    )
    state = models.CharField(_("state"), max_length=10, choices=PrintState.choices, default=PrintState.WAITING)
    document = models.BinaryField(_("document"), null=True, blank=True)
    fault = models.TextField(_("fault"), blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("print request")
        indexes = (models.Index(fields=("subject_type", "subject_id"), name="kernel_print_subject"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "ready", "printed", "failed", "cancelled")),
                name="kernel_print_state",
            ),
        )

    def __str__(self) -> str:
        return self.title
