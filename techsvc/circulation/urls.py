"""Addresses of circulation."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "circulation"
urlpatterns: list[URLPattern] = []
