"""Keys: on no page does one key mean two things, whatever the page shows and whichever row is the current one."""

from __future__ import annotations

import re

import pytest

from techsvc.kernel.pages import ListPage
from tests.access.asking import nothing_of
from tests.access.walking import Visit

pytestmark = pytest.mark.django_db

MAIN = re.compile(r"<main.*</main>", re.DOTALL)
ROW = re.compile(r"<tr[ >].*?</tr>", re.DOTALL)
KEYED = re.compile(r'<(a|button)\b[^>]*? data-key="([^"]+)"[^>]*>(.*?)</\1>', re.DOTALL)
NO_WORDS = re.compile(r"<kbd.*?</kbd>|<[^>]+>", re.DOTALL)
# What the shell itself listens for, everywhere; a toast's Undo may stand on any page.
SHELL = [("j", "next row"), ("k", "previous row"), ("/", "search"), ("?", "help"), ("u", "Undo")]


def keys(html: str) -> list[tuple[str, str]]:
    """(key, words) of everything that a key presses."""
    return [(key, NO_WORDS.sub("", face).strip()) for _tag, key, face in KEYED.findall(html)]


def clashes(page: str) -> list[str]:
    """Keys that mean two things at once; the same words twice are one thing in two places."""
    main = "".join(MAIN.findall(page))
    around = SHELL + keys(ROW.sub("", main))
    return sorted({clash for row in ["", *ROW.findall(main)] for clash in _twice(around + keys(row))})


def _twice(pairs: list[tuple[str, str]]) -> list[str]:
    meant: dict[str, str] = {}
    return [f"{key}: {meant[key]} / {words}" for key, words in pairs if meant.setdefault(key, words) != words]


def test_a_clash_is_seen() -> None:
    new, row = '<a data-key="n">New <kbd>N</kbd></a>', '<tr><td><button x data-key="n">Note</button></td></tr>'
    assert clashes(f"<main>{new}{new}</main>") == []
    assert clashes(f"<main>{new}<table>{row}</table></main>") == ["n: New / Note"]
    assert clashes('<main><a data-key="j">Join</a></main>') == ["j: next row / Join"]


@pytest.mark.slow
def test_no_key_means_two_things_on_one_page(visits: list[Visit]) -> None:
    nothing_of({str(visit): "; ".join(found) for visit in visits if (found := clashes(visit.answer.text))})


def test_every_list_that_begins_something_new_does_so_by_n(visits: list[Visit]) -> None:
    wrong = {}
    for visit in visits:
        if visit.page.is_a(ListPage) and visit.answer.status == 200:
            new = [(key, words) for key, words in keys("".join(MAIN.findall(visit.answer.text))) if words[:4] == "New "]
            wrong |= {str(visit): str(pair) for pair in new if pair[0] != "n"}
    nothing_of(wrong)
    assert any(("n", "New order") in keys(visit.answer.text) for visit in visits)
