"""One JSON object for each log line, with the ids that tie a page, a job and a message together."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")
message_id: ContextVar[str] = ContextVar("message_id", default="")

IDS = {"request_id": request_id, "job_id": job_id, "message_id": message_id}
HEADER = "X-Request-ID"


@contextmanager
def about(message: str) -> Iterator[None]:
    """Every log line within carries the message that it is about ("outgoing 42")."""
    token = message_id.set(message)
    try:
        yield
    finally:
        message_id.reset(token)


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, text, the ids that are set, and the traceback of an unexpected error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
            **{name: value.get() for name, value in IDS.items() if value.get()},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class RequestIdMiddleware:
    """Gives every request an id, a proxy's if it sent a sane one, and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        token = request_id.set(given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = request_id.get()
            return response
        finally:
            request_id.reset(token)
