"""One walk over every page that can be read, noting what each came to, asked of the database and wrote there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access.addresses import PAGES, Address
from tests.access.asking import Answer, ask, signed_in_as
from tests.access.library import Library

# Sessions note when somebody was last seen; looks at patrons are written down because reading them matters.
MAY_BE_WRITTEN = {"django_session", "kernel_patronlook"}


@dataclass(frozen=True)
class Visit:
    """One page as it was opened: the answer, the number of queries, and the tables that were written to."""

    page: Address
    url: str
    answer: Answer
    queries: int
    written: frozenset[str]

    def __str__(self) -> str:
        return f"{self.page.name} {self.url}"


def visit_all(library: Library) -> list[Visit]:
    """Open every page with every thing of the library; nothing stays."""
    with transaction.atomic():
        client = signed_in_as(library.staff["everything"])
        found = [visit(client, page, url) for page in PAGES if "get" in page.methods for url in page.urls(library)]
        transaction.set_rollback(True)
    return found


def visit(client: Client, page: Address, url: str) -> Visit:
    before = written()
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client, url)
    asked = [query for query in captured if "SAVEPOINT" not in query["sql"]]
    changed = {table for table, count in written().items() if count != before.get(table, 0)}
    return Visit(page, url, answer, len(asked), frozenset(changed - MAY_BE_WRITTEN))


def written() -> dict[str, int]:
    """Rows that the running transaction has inserted, changed and deleted, by table, as the database counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())
