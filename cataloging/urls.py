"""Addresses of cataloging."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "cataloging"
urlpatterns: list[URLPattern] = []
