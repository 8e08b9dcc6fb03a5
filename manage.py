#!/usr/bin/env python
"""The door to every command: starts the built-in database and broker when a command needs rows."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from techsvc import embedded

NEEDS_NO_ROWS = frozenset(
    {
        "--help",
        "--version",
        "-h",
        "check",
        "check_marc",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "read_edi",
        "read_ill",
        "version",
    }
)
RUNS_AS_OWNER = frozenset({"backup", "demo", "flush", "makemigrations", "migrate", "restore", "sqlmigrate"})


def main(words: list[str]) -> None:
    """Run `manage.py` with these words; the first is the program's own name."""
    command = words[1] if len(words) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techsvc.settings")
    if command in RUNS_AS_OWNER:
        os.environ["TECHSVC_AS_OWNER"] = "1"
    if command not in NEEDS_NO_ROWS and not {"--help", "-h"} & set(words):
        embedded.ensure()
    execute_from_command_line(words)


if __name__ == "__main__":
    main(sys.argv)
