"""Gathers the words of the catalog anew, so that a mistyped word can be told from a rare one."""

from __future__ import annotations

from django.db import transaction

from cataloging.models.records import Spelling
from techsvc.kernel import access, sql
from techsvc.kernel.models.people import User

# Every word once, as people write it but without diacritics, with the number of records that have it in title, author
# or subjects.
GATHER = """
INSERT INTO cataloging_spelling (word, records)
SELECT word, ndoc FROM ts_stat($$
  SELECT to_tsvector(
      'simple', translate(unaccent(concat_ws(' ', title, author, subjects)), '-/.:@<>&_''`', repeat(' ', 9)))
    FROM cataloging_record WHERE state <> 'withdrawn'
$$)
 WHERE length(word) BETWEEN 3 AND 40 AND word ~ '^[[:alpha:]]+$'
"""


@transaction.atomic
def gather_spellings(*, actor: User) -> int:
    """Replace the words by those that the catalog has now; answers how many there are."""
    access.require(actor, "cataloging.load_records")
    Spelling.objects.all().delete()
    return sql.execute(GATHER)
