"""Home: what needs this person, what runs for them, what happened by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
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
        mine = pinned.pinned(self.user)
        tiles = slots.tiles(self.user, mine.lists)
        return self.show(
            today=_today(self.user.branch),
            waiting=[tile for tile in tiles if tile.count],
            quiet=[tile for tile in tiles if not tile.count],
            unfit=mine.unfit,
            jobs=_told(home.running(self.user)),
            told=home.since_yesterday(self.user),
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
        return self.show(jobs=_told(home.running(self.user)))


def _today(branch: Any) -> str:
    day = date_format(timezone.localtime(clock.now()), "D j M")
    return f"{branch.name} · {day}" if branch else day


def _told(jobs: Iterable[Job]) -> list[tuple[Job, str]]:
    """Each job with the time that it will still take, in words."""
    now = clock.now()
    left = [(job, home.time_left(job)) for job in jobs]
    return [(job, timesince(now, now + span, depth=1) if span else "") for job, span in left]
