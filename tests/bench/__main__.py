"""`make bench`: measures everything, or with ONLY=edi what begins with that."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from importlib import import_module

from tests import services  # noqa: F401  (starts the tests' database and broker)

PARTS = ("edi", "marc", "loads", "labels", "pages", "acquisitions", "web")


def main() -> int:
    """Print one JSON line per figure; 0 whether goals are met or not: a slow machine is no broken program."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "techsvc.settings"
    import_module("django").setup()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # peers talk
    only = os.environ.get("ONLY", "")
    for part in PARTS:
        if part.startswith(only.split(".")[0]):
            for figure in import_module(f"tests.bench.{part}").figures():
                if figure.name.startswith(only):
                    print(figure.line(), flush=True)  # noqa: T201  (the line is the result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
