"""Fills an empty database with the demo library: sets it up a year ago and plays the year to the present."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import current_app
from django.test.utils import override_settings

from techsvc.kernel import clock
from techsvc.workroom.demo import library, year
from techsvc.workroom.demo.bench import Staff
from techsvc.workroom.demo.story import days_ago, play


def fill(*, folders: Path, port: int, host_key: str) -> None:
    """The whole demo. `folders` is where partners' folders stay; `port` and `host_key` are the practice vendor's."""
    with _by_itself(), tempfile.TemporaryDirectory() as played, override_settings(EMAIL_URL=""):
        with clock.at(days_ago(year.LONG_AGO + 7)):
            made = library.set_up(Path(played))
            library.set_policies(made)
        staff = Staff(made)
        play(year.stories(staff), clock.now())
        library.connect_practice(made, port, host_key)
        library.move_folders(made, folders)


@contextmanager
def _by_itself() -> Iterator[None]:
    """Tasks run where they are rung for: there is no worker yet, and no mail may leave."""
    before = current_app.conf.task_always_eager, current_app.conf.task_eager_propagates
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    try:
        yield
    finally:
        current_app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])
