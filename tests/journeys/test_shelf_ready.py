"""Full records of a shelf-ready order: what was ordered is filled, nothing comes twice, and the load can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from acquisitions.actions import carts, ordering, vendors
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from cataloging.actions import load_profiles, loads, versions
from cataloging.actions.versions import Draft
from cataloging.marc.record import Field, Indicators, Subfield, parse, to_bytes
from cataloging.models.items import Item
from cataloging.models.loads import Load, LoadProfile
from cataloging.models.records import Record
from cataloging.rules.lifecycle import RecordState
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.kernel import clock
from techsvc.kernel.actions import history
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from tests import make
from tests.journeys.house import BRANCHES, CART, TITLES, House, build

pytestmark = pytest.mark.django_db
NOTE = "Staff pick of the spring"


@pytest.fixture
def house(tmp_path: Path, db: None) -> House:
    return build(tmp_path)


@pytest.fixture(params=["a cart of 2009", pytest.param("the real file", marks=pytest.mark.slow)])
def cart(request: pytest.FixtureRequest) -> bytes:
    if request.param == "a cart of 2009":
        return CART
    folder: Path = request.getfixturevalue("shared_data")
    path = folder / "edi" / "book" / "brodart_onorder_marc_with_funds.mrc"
    if not path.is_file():
        pytest.skip("The real Brodart cart lies in ../shared/data only.")
    return path.read_bytes()


def ordered(house: House, body: bytes) -> Order:
    """The cart of 88 copies, ordered."""
    tess = house.people["tess"]
    mine = {("branch", f"FRRLS-{code}"): Branch.objects.get(code=code).pk for code in BRANCHES}
    vendors.map_codes(house.vendor.pk, mine, actor=tess)
    return ordering.order_cart(carts.upload_cart(house.vendor, "cart.mrc", body, actor=tess).pk, actor=tess)


def add_note(record: Record) -> None:
    """A local note, as a cataloger adds one by hand."""
    marc = parse(bytes(record.raw))
    marc.fields.append(Field(tag="590", indicators=Indicators(" ", " "), subfields=[Subfield("a", NOTE)]))
    versions.put([record], [Draft(to_bytes(marc), RecordState(record.state), "by hand")])


def shelf_ready(order: Order) -> bytes:
    """The vendor's eleven full records, with a 949 for each copy: barcode, its code of the branch, our order line."""
    serial, records = 0, []
    for line in OrderLine.objects.filter(order=order).order_by("position"):
        marc = parse(make.marc(line.title.title(), author=line.author, isbn13=line.isbn, year=2009))
        for copy in line.copies.select_related("branch").order_by("number"):
            serial += 1
            said = {"i": make.barcode(serial), "b": f"FRRLS-{copy.branch.code}", "o": str(line), "a": "FIC TEST"}
            parts = [Subfield(code, value) for code, value in said.items()]
            marc.fields.append(Field(tag="949", indicators=Indicators(" ", " "), subfields=parts))
        records.append(to_bytes(marc))
    return b"".join(records)


def profile(actor: User) -> LoadProfile:
    load_profiles.add_starters(actor=actor)
    mine = LoadProfile.objects.get(name="Shelf-ready with items in 949")
    mine.items = mine.items | {"meanings": {"branch": {f"FRRLS-{code}": code for code in BRANCHES}}}
    return load_profiles.save_profile(mine, actor=actor)


def test_eighty_eight_ordered_copies_get_their_barcodes_and_the_load_is_undone_but_for_the_one_that_came(
    house: House, cart: bytes
) -> None:
    cleo, tess = house.people["cleo"], house.people["tess"]
    order = ordered(house, cart)
    noted, *others = Record.objects.order_by("pk")
    add_note(noted)
    for record in others[:2]:
        holds.place_hold(record, patron=house.patron, pickup=Branch.objects.get(code="BA"), actor=house.people["dora"])
    before = {record.pk: bytes(record.raw) for record in Record.objects.all()}

    load = loads.open_load(shelf_ready(order), "brodart-full.mrc", profile=profile(cleo), actor=cleo)
    assert loads.counted(load)["overlay"] == len(TITLES)
    load = loads.commit_load(load.pk, actor=cleo)

    assert {row.outcome: row.reason for row in load.rows.all()}.keys() == {"overlay"}
    assert Record.objects.count() == Record.objects.filter(state="full").count() == len(TITLES)
    assert Item.objects.count() == 88
    assert Item.objects.exclude(barcode=None).values("barcode").distinct().count() == 88
    assert all(copy.item and copy.item.branch == copy.branch for copy in OrderCopy.objects.all())
    noted.refresh_from_db()
    assert parse(bytes(noted.raw))["590"]["a"] == NOTE
    assert sorted(Hold.objects.values_list("record_id", "state")) == sorted((one.pk, "waiting") for one in others[:2])

    (came,) = make.received(order, 1, actor=tess)
    undone = HistoryEvent.objects.get(verb="cataloging.load")
    history.undo(undone.pk, actor=cleo)
    _is_undone_but_for(load, came, before)


def _is_undone_but_for(load: Load, came: Item, before: dict[int, bytes]) -> None:
    """Eighty-seven items wait for the carton as they did; the one that came keeps its barcode, and its row says why."""
    came.refresh_from_db()
    assert came.barcode == make.barcode(1)
    assert Item.objects.count() == 88
    assert list(Item.objects.exclude(barcode=None)) == [came]
    assert set(Item.objects.exclude(pk=came.pk).values_list("state", "call_number")) == {("on_order", "")}
    stayed = load.rows.get(record=came.record)
    assert f"item {came.barcode} was received on {clock.today():%Y-%m-%d}" in stayed.reason
    now = {record.pk: bytes(record.raw) for record in Record.objects.exclude(pk=came.record_id)}
    assert now == {pk: raw for pk, raw in before.items() if pk != came.record_id}


def test_a_list_to_withdraw_takes_out_what_nobody_waits_for_and_names_the_holds_of_the_rest(house: House) -> None:
    cleo = house.people["cleo"]
    load_profiles.add_starters(actor=cleo)
    raws = [make.marc(title, author="Hannah, Kristin", isbn13=make.isbn(n)) for n, title in enumerate(("One", "Two"))]
    free, wanted = (make.full(raw) for raw in raws)
    holds.place_hold(wanted, patron=house.patron, pickup=Branch.objects.get(code="BA"), actor=house.people["dora"])
    by = LoadProfile.objects.get(name="E-books to withdraw")
    load = loads.open_load(b"".join(raws), "ended.mrc", profile=by, actor=cleo)
    loads.commit_load(load.pk, actor=cleo)
    for record in (free, wanted):
        record.refresh_from_db()
    assert (free.state, wanted.state) == ("withdrawn", "full")
    assert [(row.outcome, row.reason) for row in load.rows.filter(record=wanted)] == [
        ("held", "1 patron waits for it: settle or cancel the hold first.")
    ]
