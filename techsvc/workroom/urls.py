"""Addresses of workroom."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "workroom"
urlpatterns: list[URLPattern] = []
