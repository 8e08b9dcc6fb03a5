"""Home: what needs this person, what runs for them, what happened by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import access, clock, slots
from techsvc.kernel.models.jobs import Job
from techsvc.kernel.pages import Page, pinned
from techsvc.kernel.slots import Verb
from techsvc.workroom.queries import home, places

GREETINGS = ((5, gettext_lazy("Good night")), (12, gettext_lazy("Good morning")), (18, gettext_lazy("Good afternoon")))
EVENING = gettext_lazy("Good evening")


class Home(Page):
    """The worklists of this person's roles, then the views they pinned; a list with nothing in it is only named."""

    permission = access.ANY_STAFF
    nav, template = "workroom:home", "workroom/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        mine, jobs = pinned.pinned(self.user), home.jobs(self.user)
        tiles = slots.tiles(self.user, mine.lists)
        return self.show(
            today=_today(self.user.branch),
            waiting=[tile for tile in tiles if tile.count],
            quiet=[tile for tile in tiles if not tile.count],
            unfit=mine.unfit,
            told=home.since_yesterday(self.user, [job for job in jobs if job.told_at]),
            **_shown(jobs),
        )

    def verbs(self) -> list[Verb]:
        """What this person begins most often."""
        return [verb for verb in places.beginnings(self.user) if verb.key][: places.AT_HOME]

    def page_title(self) -> str:
        hour = timezone.localtime(clock.now()).hour
        greeting = next((words for until, words in GREETINGS if hour < until), EVENING)
        return _("%(greeting)s, %(name)s.") % {"greeting": greeting, "name": self.user.display_name}


class Running(Page):
    """The part of the home page that tells of long jobs; asked for again while one runs."""

    permission = access.ANY_STAFF
    template = "workroom/_running.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(**_shown(home.jobs(self.user)))


def _today(branch: Any) -> str:
    day = date_format(timezone.localtime(clock.now()), "D j M")
    return f"{branch.name} · {day}" if branch else day


def _shown(jobs: Iterable[Job]) -> dict[str, Any]:
    """What the card of long jobs shows: those under way, and those whose end is to be told."""
    shown = [job for job in jobs if job.told_at is None]
    return {"jobs": shown, "goes_on": any(not job.is_over for job in shown)}
