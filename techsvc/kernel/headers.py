"""Headers of every page that Django does not set: nothing is kept by caches, no device is opened."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

DEVICES = ("camera", "geolocation", "microphone", "payment", "usb")


class PageHeadersMiddleware:
    """Pages hold patrons' and vendors' data: no cache keeps them unless the view says how."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = ", ".join(f"{device}=()" for device in DEVICES)
        return response
