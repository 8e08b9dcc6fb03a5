"""Roles: what each may do, how far and up to which amount, and who has it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import people
from techsvc.kernel.forms import GrantForm, RoleForm, RoleWordsForm
from techsvc.kernel.models.people import Grant, Role
from techsvc.kernel.money import Money
from techsvc.kernel.pages import Column, DetailPage, Fact, FormPage, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList
from techsvc.kernel.views.people import person_url, role_url, standing

HOLDERS = (
    Column("name", gettext_lazy("Name"), value="display_name"),
    Column("branch", gettext_lazy("Branch"), value="branch.name"),
    Column("state", gettext_lazy("State"), value=standing, kind="state"),
)


class Roles(ConsoleList[Role]):
    """Roles; each opens its rights."""

    permission = "kernel.manage_people"
    title = gettext_lazy("Roles and rights")
    columns = (
        Column("name", gettext_lazy("Role"), sort="name"),
        Column("description", gettext_lazy("Description")),
        Column("rights", gettext_lazy("Rights"), kind="number", value=lambda role: len(role.grants.all())),
        Column("people", gettext_lazy("People"), kind="number", sort="people"),
    )
    default_sort = "name"

    def queryset(self) -> QuerySet[Role]:
        return Role.objects.prefetch_related("grants").annotate(people=Count("users", Q(users__is_active=True)))

    def row_url(self, obj: Role) -> str:
        return role_url(obj)

    def verbs(self) -> list[Verb]:
        return [Verb(_("New role"), reverse("kernel:role_new"), key="n", primary=True)]


def limit_of(grant: Grant | None) -> Money | None:
    """The largest amount that a right reaches to."""
    return None if grant is None or grant.up_to_minor is None else Money(grant.up_to_minor, settings.CURRENCY)


class RoleDetail(DetailPage[Role]):
    """What one role may do: every right that the house knows, and whether the role has it."""

    permission, nav, kind = "kernel.manage_people", "kernel:console", "kernel.role"

    def objects(self) -> QuerySet[Role]:
        return Role.objects.prefetch_related("grants")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Roles and rights"), reverse("kernel:roles"))]

    def page_title(self) -> str:
        return self.object.name

    def facts(self, obj: Role) -> list[Fact]:
        note = _("You have this role, so somebody else changes its rights.") if self.own else ""
        return [Fact(_("Description"), obj.description), Fact(_("Note"), note)]

    def tables(self, obj: Role) -> list[Table]:
        grants = {grant.permission: grant for grant in obj.grants.all()}
        rows = [
            (right, grants.get(right.name))
            for right in sorted(access.DECLARED.values(), key=lambda right: (right.name not in grants, right.name))
        ]
        columns = (
            Column(
                "right",
                _("Right"),
                value=lambda row: row[0].label,
                url=lambda row: "" if self.own else reverse("kernel:grant", args=[obj.pk, row[0].name]),
            ),
            Column("held", _("Allowed"), value=lambda row: "yes" if row[1] else "no", kind="state"),
            Column("reach", _("Reach"), value=lambda row: row[1].get_scope_display() if row[1] else ""),
            Column("limit", _("Up to"), value=lambda row: limit_of(row[1]), kind="money"),
            Column("code", _("Name"), value=lambda row: row[0].name, kind="code", wide=True),
        )
        holders = obj.users.select_related("branch")
        return [
            Table(_("Who has it"), HOLDERS, holders, empty=_("Nobody has this role."), row_url=person_url),
            Table(_("What it allows"), columns, rows),
        ]

    @cached_property
    def own(self) -> bool:
        """Whether the person who looks has the role, whose rights somebody else has to change."""
        return self.object.users.filter(pk=self.user.pk).exists()

    def own_verbs(self, obj: Role) -> list[Verb]:
        return [Verb(_("Change words"), reverse("kernel:role_edit", args=[obj.pk]), key="e")]


class NewRole(FormPage[Any]):
    """One more bundle of rights."""

    permission, nav = "kernel.manage_people", "kernel:console"
    title, submit_label = gettext_lazy("New role"), gettext_lazy("Add")
    form_class: type[RoleWordsForm] = RoleForm

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("Roles and rights"), reverse("kernel:roles"))]

    def act(self, form: RoleForm) -> Role:
        return people.save_role(Role(**form.cleaned_data), actor=self.user)

    def success_url(self, result: Role) -> str:
        return role_url(result)


class EditRole(NewRole):
    """The name of a role, and what it is for."""

    form_class, submit_label = RoleWordsForm, gettext_lazy("Save")

    def objects(self) -> QuerySet[Role]:
        return Role.objects.all()

    def page_title(self) -> str:
        return str(self.object.name)

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in RoleWordsForm.base_fields}

    def act(self, form: RoleWordsForm) -> Role:
        role: Role = self.object
        for name, value in form.cleaned_data.items():
            setattr(role, name, value)
        return people.save_role(role, actor=self.user)


class EditGrant(FormPage[GrantForm]):
    """How far one right of one role reaches."""

    permission, nav, form_class = "kernel.manage_people", "kernel:console", GrantForm

    def objects(self) -> QuerySet[Role]:
        return Role.objects.all()

    def right(self) -> access.Right:
        if self.kwargs["name"] not in access.DECLARED:
            raise Http404(_("There is no such right."))
        return access.DECLARED[self.kwargs["name"]]

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Roles and rights"), reverse("kernel:roles")),
            (self.object.name, reverse("kernel:role", args=[self.object.pk])),
        ]

    def page_title(self) -> str:
        return f"{self.object.name}: {self.right().label}"

    def initial(self) -> dict[str, Any]:
        grant = Grant.objects.filter(role=self.object, permission=self.kwargs["name"]).first()
        limit = limit_of(grant)
        return {"scope": grant.scope if grant else "", "up_to": limit.amount if limit else None}

    def act(self, form: GrantForm) -> Role:
        data = form.cleaned_data
        up_to = None if data["up_to"] is None else Money.of(data["up_to"], settings.CURRENCY).minor
        people.set_grant(
            self.object,
            self.right().name,
            scope=data["scope"] or None,
            up_to_minor=up_to,
            actor=self.user,
            why=data["why"],
        )
        role: Role = self.object
        return role

    def success_url(self, result: Role) -> str:
        return reverse("kernel:role", args=[result.pk])
