"""One press has one effect: a repeat waits for the first and goes where it went."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from techsvc.kernel import clock
from techsvc.kernel.actions import people, retention, submissions
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.numbers import Series, Submission
from techsvc.kernel.models.people import User
from tests.racing import PATIENCE, at_once, somebody_waits_for_a_lock

KEY, PATH = str(uuid.uuid4()), "/orders/new/"


@pytest.mark.django_db
def test_a_fresh_key_is_claimed_and_a_repeat_finds_where_it_led(technician: User) -> None:
    assert submissions.claim(KEY, user=technician, path=PATH) is None
    far = "/orders/?" + "q=a+long+query&" * 40
    submissions.settle(KEY, location=far, answer="{}")
    first = submissions.claim(KEY, user=technician, path=PATH)
    assert first is not None
    assert (first.location, first.answer) == (far, "{}")
    assert Submission.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "nonsense", "1234"])
def test_what_is_no_key_is_refused(technician: User, key: str) -> None:
    with pytest.raises(Refusal, match="no valid key"):
        submissions.claim(key, user=technician, path=PATH)
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_a_key_of_another_person_or_form_is_refused(technician: User, supervisor: User) -> None:
    submissions.claim(KEY, user=technician, path=PATH)
    for user, path in ((supervisor, PATH), (technician, "/funds/new/")):
        with pytest.raises(Refusal, match="already used for something else"):
            submissions.claim(KEY, user=user, path=path)
    assert Submission.objects.get().user == technician


@pytest.mark.django_db
def test_old_keys_are_forgotten(technician: User) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for age in (timedelta(days=8), timedelta(days=6)):
        with clock.at(now - age):
            submissions.claim(str(uuid.uuid4()), user=technician, path=PATH)
    with clock.at(now):
        assert retention.purge(actor=people.system())["form_keys"] == 1
    assert Submission.objects.get().at == now - timedelta(days=6)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_has_one_effect_and_the_second_goes_where_the_first_went(technician: User) -> None:
    claimed, may_end = threading.Event(), threading.Event()

    def press(*, first: bool) -> str:
        if not first:
            assert claimed.wait(PATIENCE)
        with transaction.atomic():
            earlier = submissions.claim(KEY, user=technician, path=PATH)
            if earlier is not None:
                return f"repeat of {earlier.location}"
            claimed.set()
            Series.objects.create(code=f"effect {first}")
            submissions.settle(KEY, location="/orders/7/")
            assert may_end.wait(PATIENCE)
            return "/orders/7/"

    def referee() -> bool:
        waits = somebody_waits_for_a_lock()
        may_end.set()
        return waits

    one, two, waited = at_once(lambda: press(first=True), lambda: press(first=False), referee)
    assert (one, two, waited) == ("/orders/7/", "repeat of /orders/7/", True)
    assert Series.objects.filter(code__startswith="effect").count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_first_was_refused_the_second_is_fresh(technician: User) -> None:
    claimed, may_end = threading.Event(), threading.Event()

    def refused() -> None:
        with transaction.atomic():
            submissions.claim(KEY, user=technician, path=PATH)
            claimed.set()
            assert may_end.wait(PATIENCE)
            raise Refusal("The fund has too little.")

    def again() -> object:
        assert claimed.wait(PATIENCE)
        with transaction.atomic():
            return submissions.claim(KEY, user=technician, path=PATH)

    def referee() -> None:
        assert somebody_waits_for_a_lock()
        may_end.set()

    first, second, _referee = at_once(refused, again, referee)
    assert isinstance(first, Refusal)
    assert second is None
    assert Submission.objects.count() == 1
