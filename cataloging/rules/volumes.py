"""Volumes and parts of a title: how they sort, and which comes next."""

from __future__ import annotations

import re
import unicodedata

AT_THE_END = re.compile(r"[0-9]+$")
WORD = re.compile(r"[0-9]+|[^\W\d_]+")
NUMBER_WIDTH = 6
LONGEST_KEY = 120


def sort_key(volume: str) -> str:
    """A key whose plain byte order is the order in which people count: "v. 2" comes before "v. 10"."""
    text = unicodedata.normalize("NFKD", volume).casefold()
    bare = "".join(sign for sign in text if not unicodedata.combining(sign))
    words = [word.zfill(NUMBER_WIDTH) if word.isdigit() else word for word in WORD.findall(bare)]
    return " ".join(words)[:LONGEST_KEY]


def counts(volume: str) -> bool:
    """Whether a volume ends in a number, so that the next one is known."""
    return AT_THE_END.search(volume.strip()) is not None


def next_volume(volume: str) -> str:
    """The volume after this one; the same where it does not end in a number.

    >>> next_volume("v. 9"), next_volume("Season 01"), next_volume("Index")
    ('v. 10', 'Season 02', 'Index')
    """
    return AT_THE_END.sub(lambda found: str(int(found.group()) + 1).zfill(len(found.group())), volume.strip())
