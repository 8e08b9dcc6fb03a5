"""All writes are actions: rows change nowhere else, related managers included."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps

from tests.architecture.code import DEPARTMENTS, Source, sources

WRITES = {
    "abulk_create",
    "acreate",
    "bulk_create",
    "bulk_update",
    "create",
    "get_or_create",
    "save",
    "update_or_create",
}
RELATED_WRITES = {"add", "clear", "remove", "set"}
RAW = {"cursor", "extra", "raw", "RawSQL"}
MAY_WRITE = ("actions", "migrations")
SQL = "techsvc/kernel/sql.py"
NOT_ROWS = ("techsvc/embedded/", "techsvc/practice/", "manage.py")


def _rows(source: Source) -> bool:
    """Whether the file deals with rows at all: codecs, gateways and the practice vendor have their own `save`."""
    plain = source.is_in("rules", "edi", "marc", "iso18626", "labels", "sip2", "gateways")
    return not plain and not source.name.startswith(NOT_ROWS)


def related_names() -> set[str]:
    """The attributes by which a row reaches its related rows."""
    found: set[str] = set()
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in DEPARTMENTS:
            for model in config.get_models():
                found |= {field.name for field in model._meta.many_to_many}
                accessors = (relation.get_accessor_name() for relation in model._meta.related_objects)
                found |= {name for name in accessors if name}
    return found


def _writes(source: Source, related: set[str]) -> Iterator[str]:
    for call in source.calls():
        if not isinstance(call.func, ast.Attribute):
            continue
        verb, owner = call.func.attr, call.func.value
        through_manager = isinstance(owner, ast.Attribute) and owner.attr in related
        keywords_only = bool(call.keywords) and not call.args
        if (
            (verb in WRITES and not _is_super(owner))
            or (verb == "update" and keywords_only)  # QuerySet.update; dict.update takes a mapping
            or (verb == "delete" and not call.args)
            or (verb in RELATED_WRITES and through_manager)
        ):
            yield f"{source.name}:{call.lineno} .{verb}()"


def _is_super(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"


def test_only_actions_write() -> None:
    related = related_names()
    files = [source for source in sources() if _rows(source) and not source.is_in(*MAY_WRITE) and source.name != SQL]
    found = [line for source in files for line in _writes(source, related)]
    assert not found, f"A write belongs in an action, which locks, checks, and writes history: {found}"


def test_raw_sql_has_one_place() -> None:
    found = [
        f"{source.name}:{call.lineno}"
        for source in sources()
        if _rows(source) and source.name != SQL
        for call in source.calls()
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in RAW
    ]
    assert not found, f"Raw SQL goes through {SQL}, where its parameters are seen to: {found}"


@pytest.mark.parametrize("signal", ["post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"])
def test_no_work_hides_behind_a_signal(signal: str) -> None:
    found = [source.name for source in sources() if signal in source.text]
    assert not found, f"Call what should happen; {signal} hides it: {found}"


def test_no_work_hides_in_save() -> None:
    models = [source for source in sources() if source.is_in("models")]
    found = [f"{s.name}:{f.lineno}" for s in models for f in s.functions() if f.name in {"save", "delete"}]
    assert not found, f"Models hold fields and constraints; what happens on a write is an action: {found}"
