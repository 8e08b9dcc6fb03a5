"""The tests' database: the application's role, and a fresh clone after every test that commits."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_tests_log_in_as_the_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["SET ROLE techsvc_owner", "TRUNCATE django_session", "DROP TABLE django_session"]
)
def test_the_application_role_cannot_act_as_the_owner(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_for_the_next(turn: int) -> None:
    before = ContentType.objects.count()
    assert before > 0
    assert not ContentType.objects.filter(model="leftover").exists()
    ContentType.objects.create(app_label="tests", model="leftover")
