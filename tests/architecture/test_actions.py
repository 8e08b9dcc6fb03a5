"""The shape of an action, and Django's admin, which writes through actions or not at all."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from techsvc.kernel.actions import history
from techsvc.kernel.actions.people import system
from techsvc.kernel.admin import ActionAdmin
from techsvc.kernel.models.places import Branch
from tests.architecture.code import sources
from tests.cataloging import make

ADMINS = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)


@pytest.mark.parametrize("model", [model for model, _page in ADMINS], ids=lambda model: model._meta.label)
def test_every_admin_writes_through_actions(model: Any) -> None:
    page = admin.site._registry[model]
    assert isinstance(page, ActionAdmin), "Subclass the kernel's ActionAdmin, whose save calls a named action."
    assert not page.list_editable, "list_editable saves rows past the actions."
    assert page.actions is None, "Bulk acts, delete first, go past the actions."
    assert type(page).save_model is ActionAdmin.save_model, "One way to save: save_action."


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model, _page in ADMINS], ids=lambda model: model._meta.label)
def test_nothing_is_deleted_in_the_admin(model: Any) -> None:
    page, request = admin.site._registry[model], RequestFactory().get("/admin/")
    request.user = system()
    assert not page.has_delete_permission(request)
    assert page.get_actions(request) == {}
    assert page.has_change_permission(request) is (page.save_action is not None)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_admin_saves_by_the_action_and_shows_its_refusal() -> None:
    supervisor = make.person("supervisor", branch=make.branch())
    client = make.client(supervisor)
    values = {"code": "EAST", "name": "East", "address": "", "san": "", "active": "on"}
    client.post(reverse("admin:kernel_branch_add"), values)
    event = history.HistoryEvent.objects.get(verb="kernel.save_branch", summary="East added")
    assert event.actor == supervisor
    page = client.get(reverse("admin:kernel_branch_delete", args=[Branch.objects.get(code="EAST").pk]))
    assert page.status_code == 403
    assert make.client(make.person("desk")).get(reverse("admin:kernel_branch_add")).status_code in (302, 403)


# The shape of an action


def test_no_action_is_durable() -> None:
    found = [
        f"{source.name}:{call.lineno}"
        for source in sources()
        if source.is_in("actions")
        for call in source.calls()
        if any(word.arg == "durable" for word in call.keywords)
    ]
    assert not found, f"Actions call actions: a durable block can't be inside another: {found}"


def test_time_comes_from_the_clock() -> None:
    found = [
        f"{source.name}:{call.lineno}"
        for source in sources()
        if source.is_in("actions", "queries", "rules", "views") and not source.name.endswith("kernel/clock.py")
        for call in source.calls()
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in {("timezone", "now"), ("datetime", "now"), ("date", "today")}
    ]
    assert not found, f"Take the time from techsvc.kernel.clock, so that tests can travel: {found}"


def test_no_action_takes_a_request() -> None:
    found = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in sources()
        if source.is_in("actions")
        for function in source.functions()
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation and "HttpRequest" in ast.unparse(argument.annotation)
    ]
    assert not found, f"An action takes values and an actor; the page reads the request: {found}"
