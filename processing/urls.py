"""Addresses of processing."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "processing"
urlpatterns: list[URLPattern] = []
