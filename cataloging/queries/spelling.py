"""What a word that no record has was meant to be."""

from __future__ import annotations

from cataloging.rules import asking, spelling
from techsvc.kernel import sql

CANDIDATES = 60
# For each word that no record has, the words of the catalog that share most of its three-letter pieces.
NEAR = """
SELECT asked.word, near.word, near.records
  FROM unnest(%s::text[]) asked(word)
 CROSS JOIN LATERAL (
   SELECT word, records FROM cataloging_spelling
    WHERE word %% asked.word ORDER BY similarity(word, asked.word) DESC, records DESC LIMIT %s
 ) near
 WHERE NOT EXISTS (SELECT 1 FROM cataloging_spelling known WHERE known.word = asked.word)
"""


def respelt(text: str) -> str | None:
    """The question with each word that no record has replaced by the likeliest one; None when there is none."""
    question = asking.read(text)
    words = list(dict.fromkeys(asking.plain_words(question)))
    if not words:
        return None
    near: dict[str, list[tuple[str, int]]] = {}
    for asked, word, records in sql.rows(NEAR, [words, CANDIDATES]):
        near.setdefault(asked, []).append((word, records))
    instead = {word: best for word, found in near.items() if (best := spelling.likeliest(word, found))}
    return asking.as_typed(question, instead) if instead else None
