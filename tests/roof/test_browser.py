"""The frame of the journeys: a real browser reaches the live server, under the policy that is served to people."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_login_page_loads_without_a_complaint_of_the_policy(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    response = page.goto("/accounts/login/")
    assert response is not None
    assert response.status == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "'unsafe" not in response.headers["content-security-policy"]
    assert complaints == []
