"""Search: words both stemmed and as written, numbers by themselves, worklists of what waits."""

from __future__ import annotations

import pytest

from cataloging.actions import items
from cataloging.actions.items import NewItem, add_items
from cataloging.actions.spellings import gather_spellings
from cataloging.models.records import Spelling
from cataloging.queries import search as finding
from cataloging.queries.search import best_first, by_barcode, by_isbn, nearest, search, understood, visible
from cataloging.queries.worklists import next_item, to_catalog
from cataloging.rules.matching import Description
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Forbidden
from tests.cataloging import make

pytestmark = pytest.mark.django_db
TITLES = (
    make.WOMEN,
    Description("Harry Potter and the sorcerer's stone", "Rowling, J. K.", "9780590353427"),
    Description("James", "Everett, Percival", "9780385550369"),
    Description("It", "King, Stephen", "9781982127794"),
    Description("Dune", "Herbert, Frank", upc="883929638482", format="blu_ray"),
)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("women", ["The women"]),
        ("the woman", []),
        ("rowling stones", ["Harry Potter and the sorcerer's stone"]),
        ("everett james", ["James"]),
        ("JAMES OR dune", ["Dune", "James"]),
        ("potter -stone", []),
        ('"sorcerer\'s stone"', ["Harry Potter and the sorcerer's stone"]),
        ("it", ["It"]),
        ("sorcer", ["Harry Potter and the sorcerer's stone"]),
        ("978-1-250-17863-3", ["The women"]),
        ("1250178630", ["The women"]),
        ("883929638482", ["Dune"]),
        ("HANNAH women", ["The women"]),
        ("au:hannah", ["The women"]),
        ("ti:hannah", []),
        ("title:women author:hannah", ["The women"]),
        ("rowl*", ["Harry Potter and the sorcerer's stone"]),
        ("au:row* -ti:women", ["Harry Potter and the sorcerer's stone"]),
        ("sorcerers stone", ["Harry Potter and the sorcerer's stone"]),
        ('"the women"', ["The women"]),
        ('"women the"', []),
        ("yr:2024", ["The women"]),
        ("women 2024", ["The women"]),
        ("yr:2020-2025 -women", []),
        ("yr:-1990", []),
        ("pub:martins", ["The women"]),
        ("ti:women pub:knopf", []),
        ("isbn:1250178630", ["The women"]),
        ("no:883929638482", ["Dune"]),
        ("-women -dune -it -james", ["Harry Potter and the sorcerer's stone"]),
        ("(((", []),
        ("'; drop table", []),
        ("'':*A & !", []),
        ("\\' | ''", []),
    ],
)
def test_what_words_find(text: str, titles: list[str]) -> None:
    for title in TITLES:
        make.brief(title)
    assert sorted(search(text).values_list("title", flat=True)) == titles


def test_the_best_is_not_missed_among_too_many_to_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("A history of the house", "The house by the sea", "House"):
        make.full(make.marc(title))
    monkeypatch.setattr(finding, "RANKED", 1)
    asked = understood("house")
    assert "House" not in [record.title for record in best_first(visible(), asked)]
    assert "House" in [
        record.title for record in best_first(visible().exclude(title__contains="sea"), asked, many=True)
    ]


RECORDS = (
    make.marc(
        "Dvořák's letters, 1939-1945",
        author="O'Brien, Łucja",
        dewey="780.92",
        extra=(("500", "a", "The siege of Prague."),),
    ),
    make.marc("Cafe\u0301 society and/or well-being", author="García, José", extra=(("650", "a", "War -- Fiction"),)),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dvorak letters", [0]),
        ("DVOŘÁK", [0]),
        ("dvor\u030ca\u0301k", [0]),
        ("dvoraks 1945", [0]),
        ("obrien", [0]),
        ("o’brien lucja", [0]),
        ("cafe", [1]),
        ("café", [1]),
        ("garcia jose", [1]),
        ("wellbeing", []),
        ("well-being", [1]),
        ('"the siege of prague"', [0]),
        ('"siege prague"', []),
        ("being well or", [1]),
        ('"well being"', [1]),
        ("su:war", [1]),
        ("su:cafe", []),
        ("lang:eng cafe", [1]),
        ("dewey:78", [0]),
        ("780.92", [0]),
    ],
)
def test_diacritics_and_punctuation_are_folded_on_both_sides(text: str, found: list[int]) -> None:
    made = [make.full(record).pk for record in RECORDS]
    assert sorted(search(text).values_list("pk", flat=True)) == [made[place] for place in found]


@pytest.mark.parametrize(
    ("text", "meant", "titles"),
    [
        ("hary poter", "harry potter", ["Harry Potter and the sorcerer's stone"]),
        ("rowlign -women", "rowling -women", ["Harry Potter and the sorcerer's stone"]),
        ("au:hanah", "author:hannah", ["The women"]),
        ("xyzzy", "", []),
        ("FIC HAN", "", ["The women"]),
        ("sorcer", "", ["Harry Potter and the sorcerer's stone"]),
    ],
)
def test_what_was_nearly_meant(text: str, meant: str, titles: list[str]) -> None:
    for title in TITLES:
        make.brief(title)
    item = make.received(by_isbn("9781250178633").get())[0]
    items.set_barcode_and_call_number(item.pk, barcode=make.barcode(1), call_number="FIC HAN", actor=people.system())
    assert gather_spellings(actor=people.system()) == 18
    near = nearest(visible(), text)
    assert (near.meant, near.count, list(near.rows.values_list("title", flat=True))) == (meant, len(titles), titles)


def test_only_whoever_loads_records_gathers_words() -> None:
    with pytest.raises(Forbidden):
        gather_spellings(actor=make.person("desk"))
    assert not Spelling.objects.exists()


def test_a_title_ranks_before_a_note() -> None:
    make.full(make.marc("A friend of the earth", author="Boyle, T. C."))
    make.full(make.marc("The friendship"))
    assert [record.title for record in search("friendship")] == ["The friendship", "A friend of the earth"]


def test_format_branch_barcode_and_isbn() -> None:
    women, dune = make.brief(), make.brief(TITLES[4])
    item = make.received(women)[0]
    items.set_barcode_and_call_number(item.pk, barcode=make.barcode(1), call_number="FIC", actor=people.system())
    assert [record.pk for record in search(make.barcode(1))] == [women.pk]
    assert list(search("dune", format="book")) == []
    assert [record.pk for record in search("dune", format="blu_ray")] == [dune.pk]
    assert [record.pk for record in search("women", branch=make.branch())] == [women.pk]
    assert list(search("women", branch=make.branch("NOR", "North"))) == []
    found = by_barcode(make.barcode(1))
    assert found is not None
    assert found.pk == item.pk
    assert [record.pk for record in by_isbn("9781250178633")] == [women.pk]


def test_what_waits_for_a_cataloger() -> None:
    women, james = make.brief(), make.brief(TITLES[2])
    full = make.full(make.marc("The friendship"))
    add_items([NewItem(james, make.branch())], actor=people.system())
    make.received(women, 2)
    done = make.received(full)[0]
    waiting = to_catalog().order_by("since")
    assert [(one.pk, one.waiting, one.unlabelled, one.branches) for one in waiting] == [
        (women.pk, 2, 2, "CEN"),
        (full.pk, 1, 1, "CEN"),
    ]
    assert next_item(full) == done
    items.set_barcode_and_call_number(done.pk, barcode=make.barcode(1), call_number="FIC", actor=people.system())
    assert [one.pk for one in to_catalog()] == [women.pk]
    assert next_item(full) is None
