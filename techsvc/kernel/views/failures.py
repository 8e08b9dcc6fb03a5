"""What a person sees when a request failed: by the program's fault, or because the database does not answer."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

AGAIN_AFTER = 10  # seconds


def failed(_request: HttpRequest) -> HttpResponse:
    """500; or 503, to be tried again in a moment, when the database is gone. Neither page needs a database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(AGAIN_AFTER)})
    return HttpResponse(render_to_string("500.html"), status=500)
