"""The demo library in a database of the measuring's own."""

from __future__ import annotations

import functools

from django.test import Client

from techsvc import celery_app
from techsvc.kernel.models.people import Role, User
from techsvc.workroom.demo.filling import fill
from techsvc.workroom.demo.partners import partners
from tests import database


@functools.cache
def demo() -> None:
    """Fill a clone with the demo library, once for all measures; what it rings for happens at once."""
    database.prepare()
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    fill(partners())


def everybody() -> Client:
    """A browser of somebody who may do everything."""
    user = User.objects.get(username="supervisor")
    user.roles.set(Role.objects.all())
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
