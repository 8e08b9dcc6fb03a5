"""People, their roles, and what each role may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access
from techsvc.kernel.actions import people, signing_in
from techsvc.kernel.forms import NewPersonForm, OwnPasswordForm, PasswordForm, PersonForm, ReasonForm, RolesForm
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, Tab, Table
from techsvc.kernel.slots import Verb
from techsvc.kernel.views.console import ConsoleList, branch_choices


def person_url(user: User) -> str:
    return reverse("kernel:person", args=[user.pk])


def role_url(role: Role) -> str:
    return reverse("kernel:role", args=[role.pk])


ROLES_HELD = (
    Column("name", gettext_lazy("Role")),
    Column("description", gettext_lazy("Description")),
    Column("rights", gettext_lazy("Rights"), kind="number", value=lambda role: len(role.grants.all())),
)


def role_names(user: User) -> str:
    return ", ".join(role.name for role in user.roles.all())


def staff(manager: User) -> QuerySet[User]:
    """The people that somebody manages: everybody's, or those of their own branch."""
    everybody = User.objects.filter(is_system=False).select_related("branch").prefetch_related("roles")
    people_here = signing_in.with_locks(everybody)
    limit = access.branch_limit(manager, "kernel.manage_people")
    return people_here if limit is None else people_here.filter(branch_id=limit)


def standing(user: User) -> str:
    """Whether the person may sign in, as a state."""
    if not user.is_active:
        return "switched_off"
    return "locked" if getattr(user, "locked", False) else "active"


class People(ConsoleList[User]):
    """Everybody who may sign in, and what they are here for."""

    permission = "kernel.manage_people"
    title = gettext_lazy("People")
    columns = (
        Column("name", gettext_lazy("Name"), value="display_name", sort="display_name"),
        Column("username", gettext_lazy("User name"), kind="code", sort="username"),
        Column("branch", gettext_lazy("Branch"), value="branch.name", sort="branch__name"),
        Column("roles", gettext_lazy("Roles"), value=role_names),
        Column("active", gettext_lazy("State"), value=standing, kind="state", sort="-is_active"),
        Column("last", gettext_lazy("Last seen"), value="last_login", kind="datetime", sort="last_login"),
    )
    filters = (
        Filter("role", gettext_lazy("Role"), choices=[(c, n) for c, n in access.ROLES.items()], lookup="roles__code"),
        Filter("branch", gettext_lazy("Branch"), choices=branch_choices, lookup="branch_id"),
        Filter("active", gettext_lazy("May sign in"), kind="flag", lookup="is_active"),
        Filter("locked", gettext_lazy("Locked out"), kind="flag", lookup="locked"),
    )
    tabs = (
        Tab(gettext_lazy("May sign in"), "active=1"),
        Tab(gettext_lazy("Locked out"), "locked=1"),
        Tab(gettext_lazy("Switched off"), "active=0"),
    )
    search = ("display_name__icontains", "username__istartswith")
    default_sort = "name"

    def queryset(self) -> QuerySet[User]:
        return staff(self.user)

    def row_url(self, obj: User) -> str:
        return reverse("kernel:person", args=[obj.pk])

    def verbs(self) -> list[Verb]:
        return [
            Verb(_("New person"), reverse("kernel:person_new"), key="n", primary=True),
            Verb(_("Roles and rights"), reverse("kernel:roles"), key="r"),
        ]


class Person(DetailPage[User]):
    """One member of staff."""

    permission, nav, kind = "kernel.manage_people", "kernel:console", "kernel.person"

    def objects(self) -> QuerySet[User]:
        return staff(self.user)

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Console"), reverse("kernel:console")), (_("People"), reverse("kernel:people"))]

    def page_title(self) -> str:
        return self.object.display_name

    def state(self, obj: User) -> str:
        return standing(obj)

    def facts(self, obj: User) -> list[Fact]:
        return [
            Fact(_("User name"), obj.username, "code"),
            Fact(_("Mail"), obj.email),
            Fact(_("Branch"), obj.branch, url=obj.branch.get_absolute_url() if obj.branch else ""),
            Fact(_("Last seen"), obj.last_login, "datetime"),
            Fact(_("Locked out until"), signing_in.locked_until(obj.username), "datetime"),
            Fact(_("Note"), _("This is you: somebody else changes your account.") if obj.pk == self.user.pk else ""),
        ]

    def tables(self, obj: User) -> list[Table]:
        roles = obj.roles.prefetch_related("grants")
        return [Table(_("Roles"), ROLES_HELD, roles, empty=_("No role: this person may do nothing."), row_url=role_url)]

    def own_verbs(self, obj: User) -> list[Verb]:
        if obj.pk == self.user.pk:
            return []
        names = [
            ("person_edit", _("Edit"), "e"),
            ("person_roles", _("Roles"), "r"),
            ("person_password", _("Password"), "p"),
            ("person_switch", _("Switch off") if obj.is_active else _("Switch on"), "s"),
        ]
        found = [Verb(label, reverse(f"kernel:{name}", args=[obj.pk]), key=key) for name, label, key in names]
        if standing(obj) == "locked":
            unlock = reverse("kernel:person_unlock", args=[obj.pk])
            return [Verb(_("Unlock"), unlock, method="post", key="u", primary=True), *found]
        return [replace(found[0], primary=True), *found[1:]]


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


class SwitchPerson(PersonFormPage):
    """Keep a person from signing in, or let them again."""

    form_class = ReasonForm

    def page_title(self) -> str:
        words = _("Switch off %(name)s") if self.object.is_active else _("Switch on %(name)s")
        return words % {"name": self.object}

    def act(self, form: ReasonForm) -> User:
        return people.switch_person(self.object.pk, actor=self.user, why=form.cleaned_data["why"])

    def message(self, result: User) -> str:
        words = _("%(name)s may sign in.") if result.is_active else _("%(name)s may not sign in any more.")
        return words % {"name": result}


class UnlockPerson(ActionPage[User]):
    """Let somebody who typed wrong passwords try again at once."""

    permission = "kernel.manage_people"

    def objects(self) -> QuerySet[User]:
        return staff(self.user)

    def act(self, thing: User) -> User:
        return people.unlock(thing.pk, actor=self.user)

    def success_url(self, thing: User) -> str:
        return reverse("kernel:person", args=[thing.pk])


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
