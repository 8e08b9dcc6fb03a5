"""How each person works: the views of lists they saved, the columns they like, and what they began to type."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A question asked of a list, under a name. Its owner's alone, or everybody's who may open the list.

    `page` is the list's URL name ("acquisitions:orders"), `query` its query string ("state=late&sort=-due").
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(_("list"), max_length=80)
    label = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("question"), max_length=1000, blank=True)
    shared = models.BooleanField(_("shared"), default=False)
    created_at = models.DateTimeField(_("saved"))

    class Meta:
        ordering = ("label", "id")
        verbose_name = _("saved view")
        constraints = (models.UniqueConstraint(fields=("owner", "page", "label"), name="kernel_view_once"),)

    def __str__(self) -> str:
        return self.label


class PinnedView(models.Model):
    """A saved view that a person wants on their home page, counted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="pins")

    class Meta:
        ordering = ("id",)
        verbose_name = _("pinned view")
        constraints = (models.UniqueConstraint(fields=("user", "view"), name="kernel_pin_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"


class ListHabit(models.Model):
    """How a person likes a list: which columns, how many rows a page; what the address says comes first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(_("list"), max_length=80)
    columns = models.CharField(_("columns"), max_length=500, blank=True)
    size = models.PositiveSmallIntegerField(_("rows a page"), null=True, blank=True)

    class Meta:
        ordering = ("page",)
        verbose_name = _("list habit")
        constraints = (models.UniqueConstraint(fields=("user", "page"), name="kernel_habit_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.page}"


class Draft(models.Model):
    """What a person typed into a form and did not send, so that no lapse of anything loses it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField(_("typed"))
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        ordering = ("-saved_at",)
        verbose_name = _("draft")
        constraints = (models.UniqueConstraint(fields=("user", "path"), name="kernel_draft_once"),)

    def __str__(self) -> str:
        return self.path
