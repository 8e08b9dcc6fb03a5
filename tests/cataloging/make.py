"""Things for the tests of cataloging, made through real actions."""

from __future__ import annotations

import itertools

from django.test import Client

from cataloging.actions import versions
from cataloging.actions.items import NewItem, add_items, move_items
from cataloging.actions.records import create_brief
from cataloging.marc.record import Field, Indicators, Leader, Record, Subfield, to_bytes
from cataloging.models import items, records
from cataloging.rules.lifecycle import RecordState
from cataloging.rules.matching import Description
from techsvc.kernel.actions import people, places
from techsvc.kernel.identifiers import gs1_digit, luhn_digit
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import Branch

PASSWORD = "correct horse battery"
WOMEN = Description("The women", "Hannah, Kristin", "9781250178633", "St. Martin's Press", 2024)
_counter = itertools.count(1)


def person(*roles: str, branch: Branch | None = None) -> User:
    """A member of staff with these roles."""
    name = f"person{next(_counter)}"
    return people.create_user(
        name,
        display_name=name.title(),
        password=PASSWORD,
        branch=branch,
        roles=Role.objects.filter(code__in=roles),
        actor=people.system(),
    )


def client(user: User) -> Client:
    """A browser in which the person has signed in."""
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def branch(code: str = "CEN", name: str = "Central") -> Branch:
    """The branch of that code."""
    found = Branch.objects.filter(code=code).first()
    return found or places.save_branch(Branch(code=code, name=name), actor=people.system())


def barcode(serial: int, kind: str = "3") -> str:
    """A valid 14-digit library barcode; kind 2 makes a patron's card."""
    body = f"{kind}1234{serial:08d}"
    return body + luhn_digit(body)


def isbn(serial: int) -> str:
    """A valid ISBN-13 of no real publisher's."""
    body = f"9780000{serial:05d}"
    return body + gs1_digit(body)


def marc(
    title: str,
    *,
    author: str = "",
    isbn13: str = "",
    year: int = 2024,
    dewey: str = "813.6",
    extra: tuple[tuple[str, str, str], ...] = (),
) -> bytes:
    """A full record as a vendor delivers it; `extra` holds (tag, subfield code, value) of further fields."""
    record = Record()
    record.leader = Leader("00000nam a2200000 i 4500")
    record.fields = [
        Field(tag="001", data=f"bt{title[:8]}"),
        Field(tag="003", data="BaTe"),
        Field(tag="008", data=f"240115s{year}    nyu           000 1 eng d"),
        *(_field("020", [("a", isbn13)]) for _once in filter(None, [isbn13])),
        _field("082", [("a", dewey), ("2", "23")]),
        *(_field("100", [("a", f"{author},"), ("e", "author.")], "1 ") for _once in filter(None, [author])),
        _field("245", [("a", f"{title} /"), ("c", f"{author}.")], "10"),
        _field("264", [("a", "New York :"), ("b", "St. Martin's Press,"), ("c", f"{year}.")], " 1"),
        _field("300", [("a", "471 pages ;"), ("c", "25 cm")]),
        _field("650", [("a", "Friendship"), ("v", "Fiction.")], " 0"),
        *(_field(tag, [(code, value)]) for tag, code, value in extra),
    ]
    return to_bytes(record)


def _field(tag: str, parts: list[tuple[str, str]], indicators: str = "  ") -> Field:
    found = [Subfield(code, value) for code, value in parts if value.strip(" .,")]
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=found)


def brief(description: Description = WOMEN) -> records.Record:
    """A brief record as an order makes it."""
    return create_brief(description, source="order PO-2024-00001", actor=people.system())


def full(raw: bytes) -> records.Record:
    """A full record with these very bytes, as a load makes it."""
    return versions.create([versions.Draft(raw, RecordState.FULL, "a file")])[0]


def received(record: records.Record, count: int = 1, at: Branch | None = None) -> list[items.Item]:
    """Items of a record that have just come out of the carton."""
    where = at or branch()
    made = add_items([NewItem(record, where, price_minor=1680)] * count, actor=people.system())
    return move_items(made, "receive", actor=people.system())
