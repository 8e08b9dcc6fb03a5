"""Code and glossary use the same words."""

from __future__ import annotations

from django.apps import apps

from tests.architecture.code import DEPARTMENTS, ROOT


def test_each_model_has_a_glossary_entry() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    models = [m for c in apps.get_app_configs() if c.name.split(".")[0] in DEPARTMENTS for m in c.get_models()]
    missing = sorted(model.__name__ for model in models if f"`{model.__name__}`" not in glossary)
    assert not missing, f"Say in docs/glossary.md what these are, with the class name in backquotes: {missing}"
