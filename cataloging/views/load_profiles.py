"""Load profiles: how files of one vendor or source are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.actions import load_profiles
from cataloging.forms.profiles import NUMBER_LABELS, PART_WORDS, ProfileForm, profile_initial
from cataloging.marc.projection import KeyKind
from cataloging.models.loads import Load, LoadProfile
from cataloging.rules.meanings import meaning_lines
from cataloging.rules.profiles import profile_of
from cataloging.rules.starters import STARTERS
from cataloging.views.loads import loads_crumb
from cataloging.views.records import NAV, catalog_crumb
from techsvc.kernel import states
from techsvc.kernel.pages import ActionPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Table
from techsvc.kernel.slots import Verb

RIGHT = "cataloging.manage_profiles"
SHOWN = 20
LINE = (Column("line", gettext_lazy("In this order"), kind="code", value=lambda line: line),)
LOADED = (
    Column("name", gettext_lazy("File")),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("created_at", gettext_lazy("Uploaded"), kind="datetime"),
)


def crumbs() -> list[tuple[str, str]]:
    return [catalog_crumb(), loads_crumb(), (_("Load profiles"), reverse("cataloging:load_profiles"))]


def takes(profile: LoadProfile) -> str:
    """What a file of this profile does, in a word."""
    if profile.withdraws:
        return _("titles to withdraw")
    return _("records and items") if profile.items else _("records")


class LoadProfiles(ListPage[LoadProfile]):
    """Every way in which files are taken in."""

    permission, title, nav = "cataloging.view_loads", gettext_lazy("Load profiles"), NAV
    columns = (
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("takes", gettext_lazy("Files bring"), value=takes),
        Column("fixes", gettext_lazy("Fixes"), value=lambda row: len(row.fixes), kind="number"),
        Column("rules", gettext_lazy("Own overlay rules"), value=lambda row: len(row.overlay), kind="number"),
        Column("loads", gettext_lazy("Files loaded"), value="load_count", kind="number", sort="load_count"),
        Column("active", gettext_lazy("Offered"), kind="bool", sort="active"),
        Column("note", gettext_lazy("Note"), wide=True),
    )
    filters = (Filter("active", gettext_lazy("Offered"), lookup="active", kind="flag"),)
    search = ("name__icontains", "note__icontains")
    default_sort = "name"
    empty_title = gettext_lazy("No profiles yet.")
    empty_next = gettext_lazy("Without one, files are taken as they are and local fields stay.")

    def queryset(self) -> QuerySet[LoadProfile]:
        loads = Load.objects.filter(profile=OuterRef("pk")).order_by().values("profile").annotate(n=Count("pk"))
        return LoadProfile.objects.annotate(load_count=Coalesce(Subquery(loads.values("n")), 0))

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()[:-1]

    def verbs(self) -> list[Verb]:
        if not self.may(RIGHT):
            return []
        verbs = [Verb(_("New profile"), reverse("cataloging:load_profile_new"), key="n", primary=True, icon="plus")]
        if LoadProfile.objects.filter(name__in=[one["name"] for one in STARTERS]).count() < len(STARTERS):
            usual = reverse("cataloging:load_profiles_usual")
            verbs.append(Verb(_("Add the usual profiles"), usual, method="post"))
        return verbs


def _listed(kinds: frozenset[KeyKind]) -> str:
    """Kinds of numbers in words, in the order of the form."""
    return ", ".join(str(words) for kind, words in NUMBER_LABELS.items() if kind in kinds)


class LoadProfileDetail(DetailPage[LoadProfile]):
    """One profile in words."""

    permission, nav, kind = "cataloging.view_loads", NAV, "cataloging.load_profile"

    def objects(self) -> QuerySet[LoadProfile]:
        return LoadProfile.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def state(self, thing: LoadProfile) -> str:
        return "active" if thing.active else "closed"

    def facts(self, thing: LoadProfile) -> Sequence[Fact]:
        by, items = profile_of(thing), thing.items
        parts = ", ".join(f"{words} ${items[name]}" for name, words in PART_WORDS.items() if items.get(name))
        return [
            Fact(_("Files bring"), takes(thing)),
            Fact(_("Numbers that count"), _listed(by.matching.counts)),
            Fact(_("One of these has to agree"), _listed(by.matching.needs)),
            Fact(_("Items"), _("field %(tag)s: %(parts)s") % {"tag": items["tag"], "parts": parts} if items else ""),
            Fact(_("Items that nobody had ordered are"), states.spoken(by.items.state) if by.items else ""),
            Fact(_("Codes of the file"), "; ".join(meaning_lines(items.get("meanings", {})))),
            Fact(_("Note"), thing.note),
        ]  # fmt: skip

    def tables(self, thing: LoadProfile) -> Sequence[Table]:
        loads = Load.objects.filter(profile=thing)[:SHOWN]
        return [
            Table(_("Fixes"), LINE, thing.fixes, _("Records are taken as they come.")),
            Table(_("Own overlay rules"), LINE, thing.overlay, _("Local fields stay, as in every file.")),
            Table(_("Files"), LOADED, loads, _("None yet."), row_url=lambda load: load.get_absolute_url()),
        ]

    def own_verbs(self, thing: LoadProfile) -> Sequence[Verb]:
        if not self.may(RIGHT):
            return []
        switch = (_("Stop offering it"), "off") if thing.active else (_("Offer it again"), "on")
        return [
            Verb(_("Edit"), reverse("cataloging:load_profile_edit", args=[thing.pk]), key="e", icon="edit"),
            Verb(_("Copy"), reverse("cataloging:load_profile_copy", args=[thing.pk]), method="post"),
            Verb(switch[0], reverse("cataloging:load_profile_offer", args=[thing.pk, switch[1]]), method="post"),
        ]


class LoadProfileNew(FormPage[ProfileForm]):
    """Sets up a profile."""

    permission, nav, title, form_class = RIGHT, NAV, gettext_lazy("New load profile"), ProfileForm

    def crumbs(self) -> list[tuple[str, str]]:
        return crumbs()

    def act(self, form: ProfileForm) -> LoadProfile:
        return load_profiles.save_profile(LoadProfile(**form.columns()), actor=self.user)


class LoadProfileEdit(FormPage[ProfileForm]):
    """Changes a profile."""

    permission, nav, title, form_class = RIGHT, NAV, gettext_lazy("Edit load profile"), ProfileForm

    def objects(self) -> QuerySet[LoadProfile]:
        return LoadProfile.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return [*crumbs(), (self.object.name, self.object.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return profile_initial(self.object)

    def act(self, form: ProfileForm) -> LoadProfile:
        for name, value in form.columns().items():
            setattr(self.object, name, value)
        return load_profiles.save_profile(self.object, actor=self.user)


class LoadProfilesUsual(ActionPage[LoadProfile]):
    """The profiles that most libraries begin with."""

    permission, nav, title, about_nothing = RIGHT, NAV, gettext_lazy("Add the usual profiles"), True

    def act(self, thing: LoadProfile) -> LoadProfile:
        return load_profiles.add_starters(actor=self.user)

    def success_url(self, thing: LoadProfile) -> str:
        return reverse("cataloging:load_profiles")


class LoadProfileVerb(ActionPage[LoadProfile]):
    """An act on a profile."""

    permission, nav = RIGHT, NAV

    def objects(self) -> QuerySet[LoadProfile]:
        return LoadProfile.objects.all()


class LoadProfileCopy(LoadProfileVerb):
    """One more that says the same."""

    title = gettext_lazy("Copy")

    def act(self, thing: LoadProfile) -> LoadProfile:
        return load_profiles.copy_profile(thing.pk, actor=self.user)

    def message(self, thing: LoadProfile) -> str:
        return _("This is the copy: change what is different.")


class LoadProfileOffer(LoadProfileVerb):
    """Offers it for files, or no longer."""

    title = gettext_lazy("Offer")

    def act(self, thing: LoadProfile) -> LoadProfile:
        return load_profiles.offer_profile(thing.pk, offered=self.kwargs["offer"] == "on", actor=self.user)
