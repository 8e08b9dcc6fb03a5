"""A pytest plugin, loaded before Django's settings: starts the database and broker that the tests use.

The cluster of the tests lives in var/test, apart from the product's. With DATABASE_URL set, that server is used.
Workers of pytest-xdist inherit the addresses from the process that started them.
"""

from __future__ import annotations

import os
from pathlib import Path

from techsvc import embedded

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("TECHSVC_VAR", str(ROOT / "var" / "test"))
os.environ.setdefault("SECRET_KEY", "the tests' key, which protects nothing")
if "PYTEST_XDIST_WORKER" not in os.environ:
    embedded.ensure(durable=False)
