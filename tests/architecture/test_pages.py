"""Every page says who may open it, every template compiles, and nothing on a page needs a looser policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from techsvc.kernel import access
from tests.architecture.code import ROOT, templates

OPEN_TO_ALL = {"healthz", "readyz", "login", "logout"}  # pages that ask nobody to sign in; the partners' doors below
FOR_PARTNERS: set[str] = {"ill:peer"}  # machines that show a key of their own


def _patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback
        elif pattern.app_name != "admin":
            yield from _patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else space)


def _pages() -> dict[str, Any]:
    return dict(_patterns(get_resolver()))


def test_every_page_states_its_permission() -> None:
    known = {*access.DECLARED, access.ANY_STAFF}
    silent = {
        name: getattr(getattr(view, "view_class", view), "permission", None)
        for name, view in _pages().items()
        if name not in OPEN_TO_ALL | FOR_PARTNERS
    }
    wrong = {name: permission for name, permission in silent.items() if permission not in known}
    assert not wrong, f"Give the view a `permission` that its department declares: {wrong}"


def test_only_listed_pages_are_open_without_signing_in() -> None:
    found = {name for name, view in _pages().items() if not getattr(view, "login_required", True)}
    assert found <= OPEN_TO_ALL | FOR_PARTNERS
    assert any(issubclass(import_string(path), LoginRequiredMiddleware) for path in settings.MIDDLEWARE)


def test_the_admin_writes_through_actions_only() -> None:
    found = {
        str(model)
        for model, page in admin.site._registry.items()
        if page.list_editable or not any(base.__name__ == "ActionAdmin" for base in type(page).__mro__)
    }
    assert not found, f"Subclass the kernel's ActionAdmin, whose save and delete call named actions: {found}"


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_compile(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


FORBIDDEN_IN_TEMPLATES = {
    r"\sstyle=": "the policy refuses style attributes: use a class, <progress> or SVG",
    r"\son[a-z]+=": "the policy refuses inline handlers: use a module in static/js",
    r"<script(?![^>]*\b(?:src|nonce)=)": "the policy refuses inline scripts: use a module in static/js",
    r"<style(?![^>]*\bnonce=)": "the policy refuses inline styles: use a file in static/css",
    r"\|\s*safe\b": "text from people must be escaped",
    r"hx-on": "htmx may not evaluate text",
    r"(?:src|href)=[\"']https?://[^\"']*\.(?:js|css|woff2?)": "nothing loads from another origin",
}


@pytest.mark.parametrize("pattern", FORBIDDEN_IN_TEMPLATES)
def test_templates_need_no_looser_policy(pattern: str) -> None:
    found = [str(path.relative_to(ROOT)) for path in templates() if re.search(pattern, path.read_text())]
    assert not found, f"{FORBIDDEN_IN_TEMPLATES[pattern]}: {found}"
