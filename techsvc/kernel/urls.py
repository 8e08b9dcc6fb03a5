"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from techsvc.kernel.views import history

app_name = "kernel"
urlpatterns = [
    path("undo/<int:pk>/", history.UndoEvent.as_view(), name="undo"),
]
