"""Things for the tests of circulation and processing, made through real actions."""

from __future__ import annotations

import itertools

from cataloging.actions.items import move_items, set_barcode_and_call_number
from cataloging.models.items import Item
from cataloging.models.records import Record
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel.actions import people
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.places import Branch
from tests.cataloging import make

_serial = itertools.count(1)


def patron(name: str = "Ada Reader", *, branch: Branch | None = None, email: str = "ada@example.org") -> Patron:
    """A patron with a card of their own."""
    card = make.barcode(next(_serial), kind="2")
    return people.add_patron(card, name=name, email=email, branch=branch or make.branch(), actor=people.system())


def hold(record: Record, *, who: Patron | None = None, pickup: Branch | None = None) -> Hold:
    """A place in the title's queue."""
    return holds.place_hold(record, patron=who or patron(), pickup=pickup or make.branch(), actor=people.system())


def cataloged(record: Record, at: Branch | None = None, call_number: str = "813.6 HAN") -> Item:
    """An item that came out of the carton and has its barcode and place on the shelf."""
    (item,) = make.received(record, at=at)
    code = make.barcode(next(_serial))
    return set_barcode_and_call_number(item.pk, barcode=code, call_number=call_number, actor=people.system())


def on_shelf(record: Record, at: Branch | None = None) -> Item:
    """An item that anybody could take."""
    return move_items([cataloged(record, at)], "finish", actor=people.system())[0]
