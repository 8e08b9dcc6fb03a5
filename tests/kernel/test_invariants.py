"""The checks after a fault: what holds, what doesn't, and which rows."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from techsvc.kernel import invariants


@pytest.mark.django_db
def test_a_fresh_database_holds() -> None:
    out = StringIO()
    call_command("invariants", stdout=out)
    assert out.getvalue().splitlines()[-1] == f"All {len(invariants.DECLARED)} hold."


@pytest.mark.django_db
def test_a_broken_one_names_its_rows_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = invariants.Invariant("No fund is below its stop.", lambda: [f"fund {n}" for n in range(25)])
    monkeypatch.setattr(invariants, "DECLARED", {"tests.funds": broken})
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 of 1 do not hold\.$"):
        call_command("invariants", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "BROKEN tests.funds: No fund is below its stop."
    assert lines[20] == "       - fund 19"
    assert lines[21] == "       … and 5 more"


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        invariants.declare("kernel.nothing_stuck", "again", lambda: [])
