"""Holds and patrons on their pages; every look at a patron is written down."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cataloging.models.records import Record
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import slots
from techsvc.kernel.actions import people
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import Patron
from techsvc.kernel.models.privacy import PatronLook
from tests.cataloging import make as catalog
from tests.circulation import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Record:
    return catalog.brief()


@pytest.fixture
def ada() -> Patron:
    return make.patron("Ada Reader")


@pytest.fixture
def desk() -> Client:
    return signed_in("desk")


def signed_in(*roles: str, at: str = "CEN") -> Client:
    return catalog.client(catalog.person(*roles, branch=catalog.branch(at, {"CEN": "Central", "EAST": "East"}[at])))


def page(client: Client, name: str, /, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def send(client: Client, name: str, /, *args: Any, **values: Any) -> Any:
    return client.post(reverse(name, args=args), {"_key": str(uuid.uuid4())} | values)


def looks() -> list[tuple[uuid.UUID, str]]:
    return [*PatronLook.objects.order_by("id").values_list("patron", "page")]


# Holds


def test_a_hold_is_placed_by_the_card(desk: Client, record: Record, ada: Patron) -> None:
    form = page(desk, "circulation:hold_new", record.pk)
    assert "The women" in form
    answer = send(desk, "circulation:hold_new", record.pk, card=f" {ada.card} ", pickup=catalog.branch().pk)
    hold = Hold.objects.get()
    assert (hold.patron, answer["Location"]) == (ada, hold.get_absolute_url())


@pytest.mark.parametrize(("card", "words"), [("29999", "No patron has this card."), ("", "This field is required.")])
def test_a_card_that_nobody_has(desk: Client, record: Record, card: str, words: str) -> None:
    answer = send(desk, "circulation:hold_new", record.pk, card=card, pickup=catalog.branch().pk)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Hold.objects.exists()


def test_a_title_that_does_not_exist(desk: Client) -> None:
    assert desk.get(reverse("circulation:hold_new", args=[10**9])).status_code == 404


def test_the_queue_and_its_saved_views(desk: Client, record: Record) -> None:
    make.hold(record)
    shown = page(desk, "circulation:holds", state="waiting")
    assert "The women" in shown
    assert "The women" not in page(desk, "circulation:holds", state="ready", sort="keep_until")
    assert "Ada" not in shown
    assert looks() == []


def test_each_state_offers_what_is_possible(desk: Client, record: Record) -> None:
    hold = make.hold(record)

    def offered() -> list[str]:
        shown = page(desk, "circulation:hold", hold.pk)
        return [verb for verb in ("collect", "release", "cancel") if f"/{hold.pk}/{verb}/" in shown]

    assert offered() == ["cancel"]
    holds.trap(make.on_shelf(record), actor=people.system())
    assert offered() == ["collect", "release", "cancel"]
    assert send(desk, "circulation:hold_verb", hold.pk, "collect").status_code == 302
    assert offered() == []


def test_collected_by_mistake_is_taken_back_by_the_toast(desk: Client, record: Record) -> None:
    hold = make.hold(record)
    holds.trap(make.on_shelf(record), actor=people.system())
    send(desk, "circulation:hold_verb", hold.pk, "collect")
    event = HistoryEvent.objects.get(verb="circulation.collect")
    assert reverse("kernel:undo", args=[event.pk]) in page(desk, "circulation:hold", hold.pk)
    send(desk, "kernel:undo", event.pk)
    hold.refresh_from_db()
    assert hold.state == "ready"


def test_who_only_looks_is_offered_nothing(record: Record) -> None:
    hold = make.hold(record)
    auditor = signed_in("auditor")
    assert f"/{hold.pk}/cancel/" not in page(auditor, "circulation:hold", hold.pk)
    assert send(auditor, "circulation:hold_verb", hold.pk, "cancel").status_code == 403


@pytest.mark.parametrize(
    ("role", "at", "named"),
    [("desk", "CEN", True), ("technician", "CEN", True), ("technician", "EAST", False), ("auditor", "CEN", False)],
)
def test_whose_hold_it_is(record: Record, ada: Patron, role: str, at: str, named: bool) -> None:
    hold = make.hold(record, who=ada)
    shown = page(signed_in(role, at=at), "circulation:hold", hold.pk)
    assert ("Ada Reader" in shown) is named
    assert looks() == ([(ada.pk, "circulation:hold")] if named else [])


def test_a_titles_page_shows_the_head_of_its_queue(record: Record) -> None:
    for n in range(12):
        make.hold(record, who=make.patron(f"Patron {n}"))
    user = catalog.person("technician", branch=catalog.branch())
    (panel,) = [panel for panel in slots.panels("cataloging.record", record, user) if panel.title == "Holds"]
    assert (len(panel.context["queue"]), panel.context["more"]) == (10, 2)
    assert "and 2 more" in page(catalog.client(user), "cataloging:record", record.pk)


# Patrons


def test_a_patron_is_added_changed_and_every_look_is_written(desk: Client) -> None:
    central = catalog.branch().pk
    card = catalog.barcode(1, kind="2")
    send(desk, "circulation:patron_new", card=card, name="Ada Reader", email="ada@example.org", branch=central)
    ada = Patron.objects.get()
    assert looks() == []
    shown = page(desk, "circulation:patron", ada.pk)
    assert "ada@example.org" in shown
    assert "<title>Patron of Central" in shown
    assert 'value="Ada Reader"' in page(desk, "circulation:patron_edit", ada.pk)
    send(desk, "circulation:patron_edit", ada.pk, card=card, name="Ada Lovelace", branch=central)
    ada.refresh_from_db()
    assert (ada.name, ada.email, ada.wants_notices) == ("Ada Lovelace", "", False)
    assert "Ada Lovelace" in page(desk, "circulation:patrons", q="love")
    assert looks() == [
        (ada.pk, "circulation:patron"),
        (ada.pk, "circulation:patron_edit"),
        (ada.pk, "circulation:patrons"),
    ]


def test_a_list_of_patrons_is_a_look_at_each_that_was_shown(desk: Client) -> None:
    made = [make.patron(f"Patron {n:02}") for n in range(30)]
    page(desk, "circulation:patrons", size="25")
    assert [patron for patron, _page in looks()] == [patron.pk for patron in made[:25]]
    PatronLook.objects.all().delete()
    page(desk, "circulation:patrons", q="Patron 07")
    assert looks() == [(made[7].pk, "circulation:patrons")]
    PatronLook.objects.all().delete()
    answer = desk.get(reverse("circulation:patrons"), {"export": "csv"})
    assert len(b"".join(answer).splitlines()) == 31  # type: ignore[arg-type]
    assert len(looks()) == 30


def test_a_technician_sees_the_patrons_of_the_own_branch(ada: Patron) -> None:
    eve = make.patron("Eve", branch=catalog.branch("EAST", "East"))
    technician = signed_in("technician")
    shown = page(technician, "circulation:patrons")
    assert ("Ada Reader" in shown, "Eve" in shown) == (True, False)
    assert technician.get(reverse("circulation:patron", args=[eve.pk])).status_code == 403
    assert looks() == [(ada.pk, "circulation:patrons")]


@pytest.mark.parametrize("role", ["admin", "auditor", "selector", "finance"])
def test_others_see_no_patron(ada: Patron, role: str) -> None:
    client = signed_in(role)
    for name, args in (("circulation:patrons", []), ("circulation:patron", [ada.pk])):
        assert client.get(reverse(name, args=args)).status_code == 403
    assert looks() == []


def test_a_patron_is_severed_when_nothing_is_open(desk: Client, record: Record, ada: Patron) -> None:
    hold = make.hold(record, who=ada)
    refused = send(desk, "circulation:patron_sever", ada.pk, why="Asked for it")
    assert refused.status_code == 422
    assert "1 hold is open" in refused.content.decode()
    holds.cancel_hold(hold.pk, actor=people.system())
    answer = send(desk, "circulation:patron_sever", ada.pk, why="Asked for it")
    assert answer["Location"] == reverse("circulation:patrons")
    assert not Patron.objects.exists()
    assert "severed" in page(desk, "circulation:hold", hold.pk)
    assert desk.get(reverse("circulation:patron", args=[ada.pk])).status_code == 404
