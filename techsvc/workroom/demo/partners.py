"""Where the demo library's partners are reached: the practice vendor of this installation, and folders."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from techsvc.practice import server
from techsvc.practice import vendor as practice
from techsvc.practice.__main__ import account_from_environment, port_number

# How the practice vendor treats Brodart's orders: at the agreed discount, with a trouble of each kind to settle.
SCENARIO = {"discount": "42", "cancel_lines": [2], "back_order_lines": [3], "surprise_prices": {"6": "36.50"}}


@dataclass(frozen=True, slots=True)
class Partners:
    """The practice vendor's door, and the folder that holds the folders of the others."""

    port: int
    host_key: str
    username: str
    password: str
    folders: Path


def partners() -> Partners:
    """This installation's partners; the practice vendor gets its key, and forgets the orders of an earlier demo."""
    root = Path(os.environ.get("PRACTICE_DIR", settings.VAR_DIR / "practice")).resolve()
    places = practice.Places(root)
    server.host_key(root)
    practice.forget(places)
    if not places.scenario.exists():
        places.scenario.write_text(json.dumps(SCENARIO, indent=1), encoding="utf-8")
    account = account_from_environment()
    key = (root / "host_key.pub").read_text(encoding="utf-8").strip()
    return Partners(port_number(), key, account.username, account.password, settings.VAR_DIR / "partners")
