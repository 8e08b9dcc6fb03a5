"""The project's own source, parsed once, for the tests that hold the house's rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEPARTMENTS = ("techsvc", "cataloging", "acquisitions", "ill", "processing")


@dataclass(frozen=True)
class Source:
    """One file: where it is, its text and its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the top of the project, as the messages show it."""
        return self.path.relative_to(ROOT).as_posix()

    def is_in(self, *rooms: str) -> bool:
        """Whether the file is one of these rooms or lies in one: "actions" is actions.py or actions/…."""
        parts = (*self.path.relative_to(ROOT).parts[:-1], self.path.stem)
        return not set(rooms).isdisjoint(parts)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node


@cache
def sources(*, tests: bool = False) -> tuple[Source, ...]:
    """The modules of all departments, without migrations; the tests' own too if asked for."""
    tops = (*DEPARTMENTS, "tests") if tests else DEPARTMENTS
    files = [ROOT / "manage.py", *(path for top in tops for path in sorted((ROOT / top).rglob("*.py")))]
    texts = {path: path.read_text(encoding="utf-8") for path in files if "migrations" not in path.parts}
    return tuple(Source(path, text, ast.parse(text, str(path))) for path, text in texts.items())


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "templates").rglob("*.html"))
