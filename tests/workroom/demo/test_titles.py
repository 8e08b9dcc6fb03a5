"""The demo's tables: real numbers, MARC that reads back as what it was made from, codes that fit together."""

from __future__ import annotations

from datetime import date

import pytest

from cataloging.marc.fields import Format
from cataloging.marc.orderdata import OrderProfile, read_cart
from cataloging.marc.record import parse, project
from cataloging.rules.callnumbers import call_number, shelf_facts
from cataloging.rules.validation import Severity, faults
from techsvc.workroom.demo import marc, tables
from techsvc.workroom.demo.supply import SPREADS, grid, title_named
from techsvc.workroom.demo.titles import LIBRARY, NEXT_CART, ONLINE, STOCK, Title

TODAY = date(2026, 11, 24)
EVERY = (*LIBRARY, *NEXT_CART, *STOCK, *ONLINE)


def test_there_are_enough_of_them_in_every_format() -> None:
    assert len(LIBRARY) >= 60
    assert len(NEXT_CART) == 11
    assert {title.format for title in EVERY} == set(Format)


def test_every_number_is_valid_and_stands_once() -> None:
    assert [title.title for title in EVERY if not (title.isbn or title.upc or title.issn)] == []
    numbers = [title.number for title in EVERY]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("title", EVERY, ids=lambda title: f"{title.format} {title.title[:20]}")
def test_full_records_read_back(title: Title) -> None:
    record = parse(marc.full_record(title, entered=TODAY))
    read = project(record)
    assert (read.title, read.format, read.pub_year) == (title.title, title.format, title.year)
    assert {title.isbn, title.upc, title.issn} - {""} <= {*read.isbns13, *read.upcs, *read.issns}
    assert call_number(shelf_facts(record)) is not None
    assert [fault for fault in faults(record) if fault.severity is Severity.ERROR] == []


def test_the_newcomers_cart_orders_for_eight_branches_in_codes_of_the_vendor() -> None:
    copies = {title: grid(title, "everywhere", tables.BRODART_CODES) for title in NEXT_CART}
    titles = read_cart(marc.cart(copies, entered=TODAY), OrderProfile())
    assert [title.faults for title in titles] == [[]] * 11
    assert {len(title.copies) for title in titles} == {8}
    assert sum(row.quantity for title in titles for row in title.copies) == 99
    assert {row.branch for title in titles for row in title.copies} == {f"RBPL-{code}" for code, *_ in tables.BRANCHES}


def test_the_tables_fit_together() -> None:
    branches = {code for code, *_ in tables.BRANCHES}
    assert {where for *_, where in tables.STAFF} | {where for _n, where, _m in tables.PATRONS} <= branches
    assert {code for spread in SPREADS.values() for code in spread} == branches
    collections = {code for code, _name in tables.COLLECTIONS}
    assert {title.collection for title in EVERY} <= collections == set(tables.SHELVED)
    assert {item_type for item_type, _fund in tables.SHELVED.values()} <= {code for code, _name in tables.ITEM_TYPES}
    assert {fund for _type, fund in tables.SHELVED.values()} <= {code for code, *_ in tables.FUNDS}


def test_a_title_is_found_by_its_beginning() -> None:
    assert title_named("the wom").author == "Hannah, Kristin"
