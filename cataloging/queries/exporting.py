"""What goes out of the catalog as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from cataloging.models.records import Record
from cataloging.queries import search
from cataloging.rules.lifecycle import RecordState

PORTION = 500
COLUMNS = (
    "id", "state", "title", "author", "edition", "publisher", "pub_year", "format", "language", "isbn", "control_no",
    "control_org", "ddc", "lcc", "subjects", "version", "created_at", "updated_at",
)  # fmt: skip


def exported(*, changed_since: datetime | None = None, query: str = "", everything: bool = False) -> QuerySet[Record]:
    """Records for an export, by id: without withdrawn and suppressed ones, unless `everything` is wanted."""
    rows = Record.objects.all()
    if not everything:
        rows = rows.exclude(state=RecordState.WITHDRAWN).filter(suppressed=False)
    if changed_since is not None:
        rows = rows.filter(updated_at__gte=changed_since)
    if query:
        rows = Record.objects.filter(pk__in=search.search(query, among=rows).order_by().values("pk"))
    return rows.order_by("pk")


def raws(rows: QuerySet[Record]) -> Iterator[tuple[tuple[int, str], bytes]]:
    """((id, title), bytes) of each record, a portion in memory at a time."""
    for pk, title, raw in rows.values_list("pk", "title", "raw").iterator(chunk_size=PORTION):
        yield (pk, title), bytes(raw)
