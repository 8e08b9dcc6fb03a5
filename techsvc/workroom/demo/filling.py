"""Fills an empty database with the demo library: sets it up a year ago and plays the year to the present."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import current_app
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test.utils import override_settings

from cataloging.actions import spellings
from techsvc.kernel import clock
from techsvc.kernel.actions import people
from techsvc.workroom.demo import library, year
from techsvc.workroom.demo.bench import Staff
from techsvc.workroom.demo.partners import Partners
from techsvc.workroom.demo.story import days_ago, play


class LightHasher(Argon2PasswordHasher):
    """Argon2 with little work, for ten passwords that everybody knows; the first sign-in hashes them anew."""

    time_cost, memory_cost, parallelism = 1, 1024, 1


LIGHT = f"{LightHasher.__module__}.{LightHasher.__qualname__}"


def fill(partners: Partners) -> None:
    """The whole demo, up to the present. Commits as it goes, since what is rung for runs after commits."""
    with (
        _by_itself(),
        tempfile.TemporaryDirectory() as folders,
        override_settings(EMAIL_URL="", PASSWORD_HASHERS=[LIGHT]),
    ):
        with clock.at(days_ago(year.LONG_AGO + 7)):
            made = library.set_up(Path(folders))
            library.set_policies(made)
        play(year.stories(Staff(made)), clock.now())
        library.connect_practice(made, partners)
        library.move_folders(made, partners.folders)
        spellings.gather_spellings(actor=people.system())


@contextmanager
def _by_itself() -> Iterator[None]:
    """Tasks run where they are rung for, since there is no worker yet, and say nothing of it."""
    conf = current_app.conf
    before = conf.task_always_eager, conf.task_eager_propagates
    quiet = {log: log.level for log in map(logging.getLogger, ("celery", "techsvc"))}
    conf.task_always_eager = conf.task_eager_propagates = True
    for log in quiet:
        log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for log, level in quiet.items():
            log.setLevel(level)
        conf.task_always_eager, conf.task_eager_propagates = before
