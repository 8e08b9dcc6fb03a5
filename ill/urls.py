"""Addresses of ill."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "ill"
urlpatterns: list[URLPattern] = []
