"""Things of acquisitions for tests, made through the real actions."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from acquisitions.actions import ledger
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.vendors import Vendor
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import Branch

_count = itertools.count(1)


def person(*roles: str, branch: Branch | None = None, name: str = "") -> User:
    """A member of staff with these roles."""
    number = next(_count)
    user = User(username=name or f"person-{number}", display_name=name or f"Person {number}", branch=branch)
    user.set_password("a good long pass phrase")
    user.save()
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def branch(code: str = "", name: str = "") -> Branch:
    code = code or f"B{next(_count)}"
    return Branch.objects.get_or_create(code=code, defaults={"name": name or f"Branch {code}"})[0]


def year(code: str = "", starts_on: date = date(2000, 1, 1), ends_on: date = date(2099, 12, 31)) -> FiscalYear:
    """An open fiscal year that holds every test's today, unless its days are given."""
    code = code or "FY-TEST"
    return FiscalYear.objects.get_or_create(code=code, defaults={"starts_on": starts_on, "ends_on": ends_on})[0]


def fund(money_minor: int = 0, *, code: str = "", **columns: Any) -> Fund:
    """A fund with money allocated to it in the test year."""
    code = code or f"FUND{next(_count)}"
    made = Fund.objects.create(code=code, name=columns.pop("name", code.title()), **columns)
    if money_minor:
        ledger.allocate(made, year(), money_minor, why="Budget", actor=person("finance"))
    return made


def vendor(code: str = "", **columns: Any) -> Vendor:
    """A vendor without a connection, unless one is given."""
    code = code or f"vendor-{next(_count)}"
    values = {"name": code.title(), "san": "1697978", "our_san": "2052431", "discount_percent": Decimal(0)} | columns
    return Vendor.objects.create(code=code, **values)
