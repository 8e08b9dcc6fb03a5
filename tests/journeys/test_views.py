"""A view saved, pinned and found again without a script; counts in the rail and the end of a job without a reload."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from techsvc.kernel.actions import jobs
from tests import make
from tests.journeys.hands import sign_in
from tests.journeys.house import PASSWORD, House

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_view_is_saved_and_pinned_without_a_script(elsewhere: Any, house: House) -> None:
    make.loan("The peregrine")
    tab: Tab = elsewhere(java_script_enabled=False)
    tab.goto("/accounts/login/")
    tab.fill("#id_username", "sue")
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.goto("/ill/?show=to_send")
    tab.get_by_text("Save this view").click()
    tab.fill("#view-name", "To ask for")
    tab.get_by_role("button", name="Save view").click()
    expect(tab.get_by_role("link", name="To ask for 1")).to_have_attribute("aria-current", "page")
    tab.get_by_text("This view").click()
    tab.get_by_role("button", name="Pin to my home page").click()
    tab.goto("/")
    tab.get_by_role("link", name="To ask for").click()
    expect(tab).to_have_url(tab.url.partition("/ill/")[0] + "/ill/?show=to_send")
    expect(tab.locator("tbody tr")).to_have_count(1)


def test_the_rail_counts_and_the_end_of_a_job_come_after_the_page(
    tab: Tab, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_ring", lambda *_args: None)
    make.loan("The peregrine")
    job = jobs.claim(jobs.start("kernel.sweep", 1, title="A load", key="k", total=9, actor=house.people["sue"]).pk)
    assert job is not None
    sign_in(tab, "sue")
    tab.goto("/acquisitions/orders/")
    expect(tab.locator("#waits-ill-requests")).to_have_text("1")
    tab.goto("/")
    expect(tab.locator(".running")).to_contain_text("A load")
    jobs.finish(job, result="Loaded: 9.")
    expect(tab.locator(".running")).to_contain_text("Loaded: 9.")
    tab.goto("/acquisitions/orders/")
    with tab.expect_response("**/told/"):
        expect(tab.locator(".toasts")).to_contain_text("A load: Loaded: 9.")
    job.refresh_from_db()
    assert job.told_at is not None
    with tab.expect_response("**/console/waiting/"):
        tab.goto("/acquisitions/orders/")
    expect(tab.locator(".toasts .toast-line")).to_have_count(0)
