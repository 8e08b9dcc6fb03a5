"""Sending forms in a browser: nothing typed is lost and nothing acts twice, whatever happens to session and line."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from techsvc.kernel import slots
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.places import Branch
from tests.kernel.pages.branches import person
from tests.kernel.pages.browsing import PASSWORD, sign_in, sign_in_over_the_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.urls("tests.kernel.pages.branches"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def library(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "waiting", lambda user: Counter())
    central = Branch.objects.create(code="c", name="Central", address="1 River Street")
    for name in ("tess", "ada"):
        person(name, "technician", branch=central)


@pytest.fixture
def desk(page: Tab) -> Tab:
    return sign_in(page)


def change_url() -> str:
    return f"/branches/{Branch.objects.get(code='c').pk}/change/"


def test_a_form_goes_on_once_when_the_session_had_ended(desk: Tab) -> None:
    desk.goto("/new/")
    desk.fill("#id_code", "n")
    desk.fill("#id_name", "North")
    Session.objects.all().delete()
    desk.click("text=Save")
    sign_in_over_the_page(desk, "tess")
    expect(desk.locator("h1")).to_have_text("North")
    expect(desk.locator(".toast-line")).to_have_count(1)
    assert Branch.objects.filter(code="n").count() == 1


def test_it_is_not_sent_in_the_name_of_somebody_else(desk: Tab) -> None:
    desk.goto("/new/")
    desk.fill("#id_code", "n")
    desk.fill("#id_name", "North")
    Session.objects.all().delete()
    desk.click("text=Save")
    sign_in_over_the_page(desk, "ada")
    expect(desk.locator(".toast-line")).to_contain_text("Signed in as Ada. This page was opened by somebody else")
    assert desk.input_value("#id_name") == "North"
    desk.click("text=Save")
    expect(desk.locator(".toast-line")).to_have_count(2)
    assert not Branch.objects.filter(code="n").exists()


def test_a_button_of_a_list_goes_on_after_the_sign_in(desk: Tab) -> None:
    desk.goto("/branches/", wait_until="networkidle")  # the rail has asked for its counts
    Session.objects.all().delete()
    desk.locator("tr", has_text="Central").hover()
    desk.locator("tr", has_text="Central").get_by_role("button", name="Close").click()
    sign_in_over_the_page(desk, "tess")
    expect(desk.locator(".toast-line")).to_contain_text("Done.")
    assert not Branch.objects.get(code="c").active


def test_a_token_of_an_earlier_session_is_renewed_without_a_question(desk: Tab) -> None:
    desk.goto("/new/")
    desk.fill("#id_code", "n")
    desk.fill("#id_name", "North")
    desk.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(el => { el.value = 'x'.repeat(64) })"
    )
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("North")


def test_errors_come_into_the_page_with_the_focus(desk: Tab) -> None:
    desk.goto("/new/")
    desk.fill("#id_name", "North")
    desk.click("text=Save")
    expect(desk.locator(".error-summary")).to_be_focused()
    assert desk.input_value("#id_name") == "North"
    desk.click(".error-summary a")
    expect(desk.locator("#id_code")).to_be_focused()
    desk.keyboard.insert_text("n")
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("North")


def test_a_lost_line_loses_nothing_and_a_second_press_counts_once(desk: Tab) -> None:
    desk.goto("/new/")
    desk.fill("#id_code", "n")
    desk.fill("#id_name", "North")
    lost: list[Any] = []

    def lose_first(route: Any) -> None:
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    desk.route("**/new/", lose_first)
    desk.click("text=Save")
    expect(desk.locator(".toast-line")).to_contain_text("press again, it counts once")
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("North")
    assert Branch.objects.filter(code="n").count() == 1


def test_going_back_and_sending_the_same_again_counts_once(desk: Tab) -> None:
    desk.goto("/new/")
    for _time in range(2):
        desk.fill("#id_code", "n")
        desk.fill("#id_name", "North")
        desk.click("text=Save")
        expect(desk.locator("h1")).to_have_text("North")
        desk.go_back()
        expect(desk.locator("h1")).to_have_text("New branch")
    assert Branch.objects.filter(name="North").count() == 1
    desk.fill("#id_code", "n2")
    desk.fill("#id_name", "North")
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("North")
    assert Branch.objects.filter(name="North").count() == 2


def test_two_browsers_on_one_record(desk: Tab, browser: Any, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url)
    other = context.new_page()
    other.goto("/accounts/login/")
    other.fill("#id_username", "ada")
    other.fill("#id_password", PASSWORD)
    other.click("button[type=submit]")
    expect(other.locator("h1")).to_have_text("Your work")
    for tab in (desk, other):
        tab.goto(change_url())
    other.fill("#id_name", "Main")
    other.fill("#id_address", "2 Hill Street")
    other.click("text=Save")
    expect(other.locator("h1")).to_have_text("Main")
    desk.fill("#id_name", "Centre")
    desk.click("text=Save")
    shown = desk.locator(".error-summary")
    expect(shown).to_be_focused()
    expect(shown.locator("tbody tr")).to_have_count(1)
    expect(shown.locator("tbody tr")).to_contain_text(re.compile(r"Name\s*Central\s*Main\s*Ada, .*Centre"))
    assert (desk.input_value("#id_name"), desk.input_value("#id_address")) == ("Centre", "2 Hill Street")
    desk.click("text=Take theirs")
    expect(shown).to_be_hidden()
    assert desk.input_value("#id_name") == "Main"
    desk.fill("#id_name", "Centre")
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("Centre")
    context.close()
    assert Branch.objects.get(code="c").address == "2 Hill Street"


def test_what_was_typed_is_offered_on_coming_back(desk: Tab) -> None:
    desk.goto(change_url())
    desk.fill("#id_name", "Centre")
    with desk.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 204):
        desk.fill("#id_address", "A long\nstory")
    desk.goto("/branches/")
    desk.goto(change_url())
    expect(desk.locator(".draft-offer")).to_contain_text("You began this on")
    desk.click("text=Continue")
    assert (desk.input_value("#id_name"), desk.input_value("#id_address")) == ("Centre", "A long\nstory")
    desk.click("text=Save")
    expect(desk.locator("h1")).to_have_text("Centre")
    assert not Draft.objects.exists()
