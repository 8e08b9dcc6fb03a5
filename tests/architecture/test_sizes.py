"""Sizes that read well: a longer file or function holds more than one subject."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.code import ROOT, Source, sources, templates

FILE, FUNCTION, CLASS, TEMPLATE, SETTINGS, TASK, VIEW_METHOD = 400, 50, 200, 120, 250, 12, 15
POSITIONAL, REQUIRED = 5, 7


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from `def` to the end; the docstring is not counted against anybody."""
    end = node.end_lineno or node.lineno
    first = node.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0
    return end - node.lineno + 1 - docstring


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """How many may be given by position, and how many have to be given at all."""
    positional = [a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in {"self", "cls"}]
    named = [default for default in node.args.kw_defaults if default is None]
    return len(positional), len(positional) - len(node.args.defaults) + len(named)


def test_files_hold_one_subject() -> None:
    long = [f"{s.name} ({n})" for s in sources(tests=True) if (n := len(s.text.splitlines())) > FILE]
    assert not long, f"Over {FILE} lines; make a package of the same name: {long}"


def test_settings_fit_on_a_few_screens() -> None:
    assert len((ROOT / "techsvc" / "settings.py").read_text(encoding="utf-8").splitlines()) <= SETTINGS


def test_functions_do_one_thing() -> None:
    found = [(s, f) for s in sources(tests=True) for f in s.functions()]
    long = [f"{s.name}:{f.lineno} {f.name} ({n})" for s, f in found if (n := _length(f)) > FUNCTION]
    assert not long, f"Over {FUNCTION} lines; name the steps and call them: {long}"


def test_classes_hold_one_subject() -> None:
    found = [(s, c) for s in sources() for c in ast.walk(s.tree) if isinstance(c, ast.ClassDef)]
    long = [f"{s.name}:{c.lineno} {c.name} ({n})" for s, c in found if (n := _length(c)) > CLASS]
    assert not long, f"Over {CLASS} lines: {long}"


def test_functions_take_what_they_need() -> None:
    found = [(f"{s.name}:{f.lineno} {f.name}", _parameters(f)) for s in sources() for f in s.functions()]
    wide = [name for name, (positional, required) in found if positional > POSITIONAL or required > REQUIRED]
    assert not wide, f"More than {POSITIONAL} by position or {REQUIRED} in all; pass one value with a name: {wide}"


def test_templates_fit_on_a_screen_or_two() -> None:
    long = [str(p.relative_to(ROOT)) for p in templates() if len(p.read_text().splitlines()) > TEMPLATE]
    assert not long, f"Over {TEMPLATE} lines; include a part: {long}"


@pytest.mark.parametrize(("room", "limit"), [("tasks", TASK)])
def test_tasks_load_a_row_and_call_one_action(room: str, limit: int) -> None:
    found = [(s, f) for s in sources() if s.is_in(room) for f in s.functions()]
    long = [f"{s.name}:{f.lineno} {f.name} ({n})" for s, f in found if (n := _length(f)) > limit]
    assert not long, f"Over {limit} lines; the work belongs in an action: {long}"


def test_views_load_ask_and_call_one_action() -> None:
    found = [(s, f) for s in sources() if s.is_in("views") for f in s.functions() if f.name in {"get", "post", "act"}]
    long = [f"{s.name}:{f.lineno} {f.name} ({n})" for s, f in found if (n := _length(f)) > VIEW_METHOD]
    assert not long, f"Over {VIEW_METHOD} lines; a view does four things: permission, load, form, one action: {long}"


def _positional(source: Source) -> list[str]:
    return [
        f"{source.name}:{f.lineno} {f.name}"
        for f in source.functions()
        if not f.name.startswith("_") and "actor" in {argument.arg for argument in f.args.args}
    ]


def test_the_actor_is_named_at_every_call() -> None:
    found = [line for source in sources() if source.is_in("actions") for line in _positional(source)]
    assert not found, f"`actor` is keyword-only, so that a call can't mix up who and what: {found}"
