"""People, their roles, and what each role may do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import people
from techsvc.kernel.forms import GrantForm, NewPersonForm, OwnPasswordForm, PasswordForm, PersonForm, RolesForm
from techsvc.kernel.models.people import Grant, Role, User
from techsvc.kernel.money import Money
from techsvc.kernel.pages import Column, DetailPage, Fact, Filter, FormPage, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList


def role_names(user: User) -> str:
    return ", ".join(role.name for role in user.roles.all())


def staff(manager: User) -> QuerySet[User]:
    """The people that somebody manages: everybody's, or those of their own branch."""
    people_here = User.objects.filter(is_system=False).select_related("branch").prefetch_related("roles")
    limit = access.branch_limit(manager, "kernel.manage_people")
    return people_here if limit is None else people_here.filter(branch_id=limit)


class People(ConsoleList[User]):
    """Everybody who may sign in, and what they are here for."""

    permission = "kernel.manage_people"
    title = gettext_lazy("People")
    columns = (
        Column("name", gettext_lazy("Name"), value="display_name", sort="display_name"),
        Column("username", gettext_lazy("User name"), kind="code", sort="username"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("roles", gettext_lazy("Roles"), value=role_names),
        Column("active", gettext_lazy("May sign in"), value="is_active", kind="bool", sort="is_active"),
        Column("last", gettext_lazy("Last seen"), value="last_login", kind="datetime", sort="last_login"),
    )
    filters = (
        Filter("role", gettext_lazy("Role"), choices=[(c, n) for c, n in access.ROLES.items()], lookup="roles__code"),
    )
    search = ("display_name__icontains", "username__istartswith")
    default_sort = "name"

    def queryset(self) -> QuerySet[User]:
        return staff(self.user)

    def row_url(self, obj: User) -> str:
        return reverse("kernel:person", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        return [Verb(_("New person"), reverse("kernel:person_new"), key="n", primary=True)]


class Person(DetailPage[User]):
    """One member of staff."""

    permission, nav, kind = "kernel.manage_people", "kernel:console", "kernel.person"

    def objects(self) -> QuerySet[User]:
        return staff(self.user)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("People"), reverse("kernel:people"))]

    def page_title(self) -> str:
        return self.object.display_name

    def facts(self, obj: User) -> list[Fact]:
        return [
            Fact(_("User name"), obj.username, "code"),
            Fact(_("Mail"), obj.email),
            Fact(_("Branch"), obj.branch),
            Fact(_("Roles"), role_names(obj)),
            Fact(_("May sign in"), obj.is_active, "bool"),
            Fact(_("Last seen"), obj.last_login, "datetime"),
        ]

    def own_verbs(self, obj: User) -> list[Verb]:
        if obj.pk == self.user.pk:
            return []
        names = (
            ("person_edit", _("Change"), "e"),
            ("person_roles", _("Roles"), "r"),
            ("person_password", _("Password"), "p"),
        )
        return [
            Verb(label, reverse(f"kernel:{name}", args=[obj.pk]), key=key, primary=key == "e")
            for name, label, key in names
        ]


class NewPerson(FormPage[NewPersonForm]):
    """A new member of staff."""

    permission, nav = "kernel.manage_people", "kernel:console"
    title, form_class, submit_label = gettext_lazy("New person"), NewPersonForm, gettext_lazy("Add")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("People"), reverse("kernel:people"))]

    def act(self, form: NewPersonForm) -> User:
        data = dict(form.cleaned_data)
        return people.create_user(data.pop("username"), actor=self.user, **data)

    def success_url(self, result: User) -> str:
        return reverse("kernel:person", args=[result.pk])


class PersonFormPage(FormPage[Any]):
    """What the forms about one person share."""

    permission, nav = "kernel.manage_people", "kernel:console"

    def objects(self) -> QuerySet[User]:
        return staff(self.user)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("People"), reverse("kernel:people")),
            (self.object.display_name, reverse("kernel:person", args=[self.object.pk])),
        ]

    def success_url(self, result: User) -> str:
        return reverse("kernel:person", args=[result.pk])


class EditPerson(PersonFormPage):
    """Name, mail, branch, and whether they may sign in."""

    title, form_class = gettext_lazy("Change person"), PersonForm

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in PersonForm.base_fields}

    def act(self, form: PersonForm) -> User:
        return people.update_user(self.object.pk, actor=self.user, **form.cleaned_data)


class PersonRoles(PersonFormPage):
    """Which roles a person has; nobody changes their own."""

    title, form_class = gettext_lazy("Roles"), RolesForm

    def initial(self) -> dict[str, Any]:
        return {"roles": self.object.roles.all()}

    def act(self, form: RolesForm) -> User:
        return people.set_roles(
            self.object.pk, form.cleaned_data["roles"], actor=self.user, why=form.cleaned_data["why"]
        )


class PersonPassword(PersonFormPage):
    """A new password for somebody who forgot theirs."""

    title, form_class, submit_label = gettext_lazy("New password"), PasswordForm, gettext_lazy("Set password")
    drafted = False

    def act(self, form: PasswordForm) -> User:
        return people.set_password(self.object.pk, form.cleaned_data["password"], actor=self.user)


class OwnPassword(FormPage[OwnPasswordForm]):
    """A new password for oneself; other sessions of the same person end."""

    permission = access.ANY_STAFF
    title, form_class, submit_label = gettext_lazy("Your password"), OwnPasswordForm, gettext_lazy("Set password")
    drafted = False

    def act(self, form: OwnPasswordForm) -> User:
        data = form.cleaned_data
        return people.change_own_password(data["current"], data["password"], actor=self.user)

    def success_url(self, result: User) -> str:
        update_session_auth_hash(self.request, result)
        return self.came_from()


class Roles(ConsoleList[Role]):
    """Roles; each opens its rights."""

    permission = "kernel.manage_people"
    title = gettext_lazy("Roles and rights")
    columns = (
        Column("name", gettext_lazy("Role"), sort="name"),
        Column("rights", gettext_lazy("Rights"), kind="number", value=lambda role: len(role.grants.all())),
    )
    default_sort = "name"

    def queryset(self) -> QuerySet[Role]:
        return Role.objects.prefetch_related("grants")

    def row_url(self, obj: Role) -> str:
        return reverse("kernel:role", args=[obj.pk])


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
        return [Fact(_("Description"), obj.description)] if obj.description else []

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
                url=lambda row: reverse("kernel:grant", args=[obj.pk, row[0].name]),
            ),
            Column("code", _("Name"), value=lambda row: row[0].name, kind="code", wide=True),
            Column("reach", _("Reach"), value=lambda row: row[1].get_scope_display() if row[1] else "–"),
            Column("limit", _("Up to"), value=lambda row: limit_of(row[1]), kind="money"),
        )
        return [Table(_("Rights"), columns, rows)]


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
