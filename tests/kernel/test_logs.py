"""Log lines: one JSON object each, tied together by ids."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse

from techsvc.kernel import logs


def formatted(text: str, *values: object) -> dict[str, str]:
    record = logging.LogRecord("techsvc.test", logging.WARNING, __file__, 1, text, values, None)
    found: dict[str, str] = json.loads(logs.JsonFormatter().format(record))
    return found


def test_a_line_holds_text_and_the_ids_that_are_set() -> None:
    token = logs.message_id.set("17")
    line = formatted("sent %s\nforged", "Ł")
    logs.message_id.reset(token)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "WARNING", "logger": "techsvc.test", "text": "sent Ł\nforged", "message_id": "17"}


@pytest.mark.parametrize(("given", "kept"), [("abcdef-123456", True), ("short", False), ('x"y' * 5, False)])
def test_a_request_keeps_a_sane_id_and_answers_with_it(given: str, kept: bool) -> None:
    seen: list[str] = []

    def page(_request: HttpRequest) -> HttpResponse:
        seen.append(logs.request_id.get())
        return HttpResponse()

    request = HttpRequest()
    request.META["HTTP_X_REQUEST_ID"] = given
    response = logs.RequestIdMiddleware(page)(request)
    assert response.headers["X-Request-ID"] == seen[0]
    assert (seen[0] == given) is kept
    assert logs.request_id.get() == ""
