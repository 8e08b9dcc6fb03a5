"""Who may import whom: the contracts of pyproject.toml, and the names that files may have."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.code import ROOT, sources

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_a_drawer() -> None:
    found = [source.name for source in sources(tests=True) if source.path.stem in DRAWERS]
    assert not found, f"Name a file after its subject, so that people know what belongs in it: {found}"


def test_files_begin_with_their_purpose() -> None:
    silent = [source.name for source in sources() if source.tree.body and ast.get_docstring(source.tree) is None]
    assert not silent, f"Say on the first line what the module is for: {silent}"
