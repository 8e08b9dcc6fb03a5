"""Addresses of the work room, at the root."""

from __future__ import annotations

from django.urls import path

from techsvc.workroom.views import home, search

app_name = "workroom"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("running/", home.Running.as_view(), name="running"),
    path("search/", search.Search.as_view(), name="search"),
]
