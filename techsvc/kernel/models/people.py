"""Staff and what they may do; patrons and the little that is kept of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.places import Branch


class Scope(models.TextChoices):
    """How far a right reaches."""

    ALL = "all", _("every branch")
    OWN = "own", _("own branch")


class Role(models.Model):
    """A bundle of rights that a supervisor gives to people; roles add up in one person."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("role")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel:role", args=[self.pk])


class Grant(models.Model):
    """One right of a role: data, so that each library draws its own lines."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="grants")
    permission = models.CharField(_("permission"), max_length=80)
    scope = models.CharField(_("scope"), max_length=3, choices=Scope.choices, default=Scope.ALL)
    up_to_minor = models.BigIntegerField(
        _("up to amount"), null=True, blank=True, help_text=_("Largest amount, in minor units; empty for no limit")
    )

    class Meta:
        ordering = ("permission",)
        verbose_name = _("right")
        constraints = (
            models.UniqueConstraint(fields=("role", "permission"), name="kernel_grant_once"),
            models.CheckConstraint(condition=models.Q(scope__in=("all", "own")), name="kernel_grant_scope"),
        )

    def __str__(self) -> str:
        return f"{self.role}: {self.permission}"


class UserManager(BaseUserManager["User"]):
    """Finds people by user name for login; people are made by the action create_user."""


class User(AbstractBaseUser):
    """A member of staff, or the system itself when a job acts."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    display_name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("mail"), blank=True)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("roles"))
    is_active = models.BooleanField(_("active"), default=True)
    is_system = models.BooleanField(_("acts for the system"), default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    class Meta:
        ordering = ("display_name",)
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("kernel:person", args=[self.pk])

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin may greet the person; what they see there is asked of their rights."""
        return self.is_active and not self.is_system

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """Django's own permissions are not used: rights are Grant rows, asked through techsvc.kernel.access."""
        return False

    def has_module_perms(self, _app: str) -> bool:
        return False


class Patron(models.Model):
    """A library user who asked for something: the least data that telling them needs.

    Everything else holds a link to this row and nothing more; severing a patron deletes the row and
    leaves the history statistically whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    card = models.CharField(_("card number"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    category = models.CharField(_("category"), max_length=30, default="adult")
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    wants_notices = models.BooleanField(_("wants notices by mail"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("patron")

    def __str__(self) -> str:
        return self.name
