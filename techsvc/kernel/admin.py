"""Django's admin, for looking: no write there goes past the actions."""

from __future__ import annotations

from typing import Any

import django.contrib.auth.admin
import django.contrib.auth.models
from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseRedirect

from techsvc.kernel import access
from techsvc.kernel.actions import places
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import ScheduledRun
from techsvc.kernel.models.numbers import Series
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer

# Django's own groups: rights are Grant rows here, and nothing may be saved past the actions.
admin.site.unregister(django.contrib.auth.models.Group)


class ActionAdmin(admin.ModelAdmin[Any]):
    """Shows rows to those who may open the console; saves through a named action, or not at all.

    `save_action(row, *, actor)` is the action; without one the rows can only be looked at.
    Nothing is deleted here, one by one or in bulk.
    """

    save_action: Any = None
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.allowed(request.user, "kernel.console")

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.save_action is not None and access.allowed(request.user, "kernel.manage_places")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            self.message_user(request, refusal.text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        type(self).save_action(obj, actor=request.user)


@admin.register(Branch)
class BranchAdmin(ActionAdmin):
    save_action = staticmethod(places.save_branch)
    list_display = ("code", "name", "active")


@admin.register(Printer)
class PrinterAdmin(ActionAdmin):
    save_action = staticmethod(places.save_printer)
    list_display = ("code", "name", "branch", "stock")


@admin.register(Series, HistoryEvent, ScheduledRun)
class LookedAtAdmin(ActionAdmin):
    """Rows that only the program writes."""
