"""A small library with one of everything, made through real actions: what the walk over every address opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from acquisitions.actions import carts, claiming, invoicing, ledger, ordering, receiving, requests, shipments, vendors
from acquisitions.actions.invoicing import NewCharge, NewInvoice, NewInvoiceLine
from acquisitions.actions.ordering import NewCopies, NewLine
from acquisitions.actions.requests import Asked
from acquisitions.actions.shipments import Announcement, Listed
from acquisitions.models.carts import Cart
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.invoices import Invoice
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.orders import OrderCopy, OrderLine
from acquisitions.models.receipts import Claim
from acquisitions.models.vendors import CodeMap, Vendor
from cataloging.actions import duplicates, items, load_profiles, loads, records, versions
from cataloging.models.duplicates import DuplicatePair
from cataloging.models.items import Collection, ItemType
from cataloging.models.loads import LoadProfile, LoadRow
from cataloging.models.records import RecordVersion
from cataloging.rules.matching import Description
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from processing.actions import routing
from techsvc.circulation.actions import holds
from techsvc.kernel import access, clock
from techsvc.kernel.actions import calendar, exchange, jobs, notices, people, places, policies, saved_views
from techsvc.kernel.models.exchange import Connection, Incoming, Outgoing
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.jobs import Job, Schedule
from techsvc.kernel.models.notices import Notice
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import BarcodeRule, Branch
from techsvc.kernel.models.printing import Printer, PrintRequest
from techsvc.practice import vendor as practice
from techsvc.practice.vendor import Places
from tests.acquisitions.make import cart_title
from tests.cataloging import make
from tests.cataloging.make import barcode, isbn, marc

PASSWORD = "a long and quiet pass phrase"
Say = Callable[[str], str]


@dataclass
class Library:
    """`things` holds rows by their kind ("orders": one in each state); `far` those of the branch that is not ours.

    `staff` has one person for each role, at the home branch, and "everything", who has all roles.
    """

    folder: Path
    say: Say = str
    staff: dict[str, User] = field(default_factory=dict)
    things: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    far: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def one(self, kind: str) -> Any:
        return self.things[kind][0]

    def keep(self, **found: Any) -> None:
        """Note things by their kind; a queryset or list is noted row by row."""
        for kind, rows in found.items():
            self.things[kind] += [rows] if hasattr(rows, "_meta") else list(rows)

    @property
    def system(self) -> User:
        return people.system()


def build(folder: Path, say: Say = str) -> Library:
    """Everything; whatever people type goes through `say`."""
    library = Library(folder, say)
    for part in (
        _house,
        _catalog,
        _money,
        _buying,
        _answers,
        _arriving,
        _paying,
        _lending,
        _borrowing,
        _making_ready,
        _console,
    ):
        part(library)
    return library


def _house(library: Library) -> None:
    say, system = library.say, library.system
    home, away = (
        places.save_branch(Branch(code=code, name=say(name), address=say("1 River Street")), actor=system)
        for code, name in (("BA", "Bank Street"), ("FA", "Falls Road"))
    )
    closing = calendar.close_days(home, date(2026, 11, 26), None, reason=say("Thanksgiving"), actor=system)
    library.keep(branches=[home, away], closings=closing, barcode_rules=list(BarcodeRule.objects.all()))
    roles = {role.code: [role] for role in Role.objects.order_by("code")}
    for code, given in {**roles, "everything": list(Role.objects.all())}.items():
        library.staff[code] = people.create_user(
            code, display_name=say(code.title()), password=PASSWORD, branch=home, roles=given, actor=system
        )
    library.keep(
        people=people.create_user(
            "newcomer", display_name=say("New"), password=PASSWORD, branch=home, roles=[], actor=system
        ),
        roles=Role.objects.filter(code="technician"),
        printers=places.save_printer(
            Printer(code="desk", name=say("Desk"), branch=home, stock="avery-5160"), actor=system
        ),
        schedules=Schedule.objects.all()[:1],
    )
    for branch, kept, name in ((home, library.things, "Ada Reader"), (away, library.far, "Zoe Faraway")):
        card = barcode(7_000 + branch.pk, kind="2")
        kept["patrons"].append(
            people.add_patron(card, name=say(name), branch=branch, email=f"ada@{branch.code}.example.org", actor=system)
        )


def _catalog(library: Library) -> None:
    say, cataloger = library.say, library.staff["cataloger"]
    for code, name in (("AF", "Adult fiction"), ("JF", "Juvenile fiction")):
        library.keep(collections=Collection.objects.create(code=code, name=say(name)))
    library.keep(item_types=ItemType.objects.create(code="book", name=say("Book")))
    brief = records.create_brief(
        Description(say("The women"), say("Hannah, Kristin"), isbn(1)), source="test", actor=cataloger
    )
    raw = marc(say("The women"), author=say("Hannah, Kristin"), isbn13=isbn(1))
    overlaid = records.overlay(brief.pk, raw, source="a vendor", actor=cataloger)
    file = raw + marc(say("Go as a river"), isbn13=isbn(2)) + b"00099 no record"
    load = loads.open_load(file, say("week.mrc"), actor=cataloger)
    other = loads.open_load(marc(say("North woods"), isbn13=isbn(3)), say("loaded.mrc"), actor=cataloger)
    loads.commit_load(other.pk, actor=cataloger)
    library.keep(
        records=[
            overlaid,
            records.create_brief(Description(say("James"), isbn=isbn(4)), source="test", actor=cataloger),
        ]
    )
    gone = make.full(marc(say("The bee sting")))
    library.keep(taken_out=[gone.pk])
    versions.remove([gone.pk], source="a load undone")
    profile = load_profiles.save_profile(LoadProfile(name="Vendor"), actor=people.system())
    library.keep(load_profiles=[profile], loads=[load, other], load_rows=LoadRow.objects.filter(load=load))
    double = marc(say("North woods"), isbn13=isbn(3), extra=(("500", "a", say("The second of two.")),))
    library.keep(doubles=make.full(double))
    duplicates.search_changed(actor=library.system)
    library.keep(pairs=DuplicatePair.objects.all())
    library.keep(versions=RecordVersion.objects.filter(record_id=overlaid.pk, version=1))
    better = marc(say("The women"), isbn13=isbn(1), extra=(("520", "a", "Nurses at war."),))
    library.keep(overlays=exchange.upload(say("one.mrc"), better, kind="marc")[0])
    home, away = library.things["branches"]
    for branch, kept in ((home, library.things), (away, library.far)):
        new = items.NewItem(overlaid, branch, library.one("collections"), library.one("item_types"), 16_80)
        received = items.move_items(items.add_items([new] * 3, actor=cataloger), "receive", actor=cataloger)
        for item in received[:2]:
            items.set_barcode_and_call_number(
                item.pk, barcode=barcode(100 + item.pk), call_number=say("FIC HANNAH"), actor=cataloger
            )
        kept["items"] += received


def _money(library: Library) -> None:
    say, finance = library.say, library.staff["finance"]
    library.keep(years=FiscalYear.objects.create(code="FY", starts_on=date(2000, 1, 1), ends_on=date(2099, 12, 31)))
    for code in ("ADULT", "JUV"):
        fund = Fund.objects.create(code=code, name=say(code.title()))
        ledger.allocate(fund, library.one("years"), 1_000_00, why=say("Budget"), actor=finance)
        library.keep(funds=fund)
    for name in ("in", "out"):
        (library.folder / name).mkdir(parents=True, exist_ok=True)
    link = Connection(
        code="brodart",
        name=say("Brodart"),
        kind="folder",
        root=str(library.folder),
        outbox="in",
        inbox="out",
        reads="edi",
    )
    library.keep(connections=places.save_connection(link, password="never shown", actor=library.staff["admin"]))
    seller = Vendor(
        code="brodart", name=say("Brodart"), san="1697978", our_san="2052431", connection=link, dialect="brodart",
        email="claims@brodart.example.com", note=say("Call Mondays"),
    )  # fmt: skip
    library.keep(vendors=vendors.save_vendor(seller, actor=library.staff["supervisor"]))


def new_line(library: Library, title: str, serial: int, *, copies: int = 3) -> NewLine:
    """A title of $25.00 for both branches from the first fund."""
    home, away = library.things["branches"]
    fund, shelf = library.one("funds"), library.one("collections")
    grid = (NewCopies(home, fund, copies - 1, shelf), NewCopies(away, fund, 1, shelf))
    return NewLine(
        Description(library.say(title), library.say("Jacobson, Howard"), isbn(serial)), Decimal("25.00"), grid
    )


def cart_file(library: Library, title: str, serial: int, branch: str = "BA") -> bytes:
    """A cart of one title with two copies for a branch, named by the vendor's code for it."""
    copies = (f"$a{branch} $b2 $cAF $fADULT $p25.00",)
    return cart_title(library.say(title), isbn(serial), "25.00", copies, library.say("Jacobson, Howard"))


def _buying(library: Library) -> None:
    say, selector, vendor = library.say, library.staff["selector"], library.one("vendors")
    home, away = library.things["branches"]
    vendors.map_codes(vendor.pk, {("branch", "FALLS"): away.pk}, actor=selector)
    for name, serial, branch in (("cart.mrc", 20, "XX"), ("thrown.mrc", 21, "BA"), ("ordered.mrc", 22, "FALLS")):
        cart = carts.upload_cart(vendor, say(name), cart_file(library, name, serial, branch), actor=selector)
        library.keep(carts=cart, cart_titles=cart.titles.all())
    carts.discard_cart(library.things["carts"][1].pk, actor=selector)
    ordering.order_cart(library.things["carts"][2].pk, actor=selector)
    library.keep(codes=CodeMap.objects.all())
    placed, draft, cancelled = (
        ordering.make_order(vendor, [new_line(library, title, serial)], actor=selector, note=say("Rush"))
        for title, serial in (("Act of love", 30), ("Sassy", 31), ("Let it ride", 32))
    )
    for order in (placed, cancelled):
        ordering.place_order(order.pk, actor=selector)
    gone = OrderCopy.objects.filter(line__order=cancelled).values_list("pk", flat=True)
    ordering.cancel_copies(list(gone), reason=say("Out of print"), actor=selector)
    library.keep(orders=[placed, draft, cancelled], lines=OrderLine.objects.all(), copies=OrderCopy.objects.all())
    asked = [
        requests.submit_request(
            Asked(say(title), say("Author"), note=say("Please")),
            patron=library.one("patrons"),
            pickup=home,
            actor=selector,
        )
        for title in ("Asked for", "Approved", "Declined", "Ordered")
    ]
    requests.approve_request(asked[1].pk, actor=selector)
    requests.decline_request(asked[2].pk, reason=say("Too old"), actor=selector)
    ordering.order_request(asked[3].pk, vendor=vendor, line=new_line(library, "Ordered", 33), actor=selector)
    library.keep(requests=asked)


def _answers(library: Library) -> None:
    """The practice vendor answers every order that left; one of its files comes again, garbled."""
    link = library.one("connections")
    practice.step(Places(library.folder), clock.now(), patient=False)
    exchange.collect(link.pk)
    answer = bytes(Incoming.objects.filter(connection=link, name__startswith="INVOIC").first().body)
    exchange.take_in(connection=link, name=library.say("again.edi"), body=answer.replace(b"25", b"26"))
    exchange.take_in(connection=link, name=library.say("cut.edi"), body=answer[: len(answer) // 2])
    library.keep(issues=MessageIssue.objects.all())


def _arriving(library: Library) -> None:
    say, technician, vendor = library.say, library.staff["technician"], library.one("vendors")
    line = OrderLine.objects.get(order=library.one("orders"))
    listed = [
        Listed(line, line.isbn, 3, "003400000000000017"),
        Listed(None, isbn(90), 1, fault=say("No order fits.")),
    ]
    announced = Announcement("SLIP-1", listed, date(2026, 11, 20), date(2026, 11, 24))
    shipment = shipments.announce_shipment(vendor, announced, incoming=None, actor=library.system)
    unpacking = shipments.open_shipment(vendor, "SLIP-2", actor=technician)
    copies = list(OrderCopy.objects.filter(line=line).order_by("pk"))
    receipts = receiving.receive_copies([copies[0].pk], shipment=shipment, actor=technician)
    receipts += receiving.receive_copies(
        [copies[1].pk], shipment=shipment, condition="damaged", note=say("Torn cover"), actor=technician
    )
    shipments.finish_shipment(shipment.pk, actor=technician)
    claiming.send_claim(Claim.objects.filter(kind="damaged").get().pk, actor=technician)
    library.keep(shipments=[unpacking, shipment], receipts=receipts, claims=Claim.objects.order_by("kind"))


def _paying(library: Library) -> None:
    say, technician = library.say, library.staff["technician"]
    line = OrderLine.objects.get(order=library.one("orders"))
    entered, approved, refused = (_bill(library, number, line, n) for number, n in (("I-1", 2), ("I-2", 1), ("I-3", 1)))
    invoicing.approve_invoice(approved.pk, actor=library.staff["finance"])
    invoicing.refuse_invoice(refused.pk, why=say("Not ours"), actor=technician)
    bought = OrderLine.objects.get(order=Cart.objects.get(order__isnull=False).order)
    receiving.receive_copies(bought.copies.values_list("pk", flat=True), shipment=None, actor=technician)
    library.keep(invoices=[entered, approved, refused], payable=_bill(library, "I-4", bought, 2))
    library.keep(invoice_lines=entered.lines.all(), invoice_charges=entered.charges.all())


def _bill(library: Library, number: str, line: OrderLine, quantity: int) -> Invoice:
    """An invoice for copies of $25.00 and their delivery."""
    said = NewInvoiceLine(line, quantity, quantity * 25_00, Decimal(25), title=library.say("Act of love"))
    charge = NewCharge("DL", library.say("Delivery"), 4_50)
    total = said.amount_minor + charge.amount_minor
    new = NewInvoice(library.one("vendors"), number, date(2026, 11, 24), total, [said], [charge])
    return invoicing.enter_invoice(new, actor=library.staff["technician"])


def _lending(library: Library) -> None:
    desk, reader = library.staff["desk"], library.one("patrons")
    overlaid, brief = library.things["records"]
    home, away = library.things["branches"]
    ready = holds.place_hold(overlaid, patron=reader, pickup=home, actor=desk)
    waiting = holds.place_hold(brief, patron=reader, pickup=away, actor=desk)
    shelved = library.things["items"][0]
    job = routing.start(
        shelved.pk, actor=desk if access.allowed(desk, "processing.work") else library.staff["processing"]
    )
    routing.finish(job.pk, actor=library.staff["processing"], do_open=True)
    notices.send_due()
    library.keep(holds=[ready, waiting], notices=Notice.objects.all(), jobs_done=[job])


def _borrowing(library: Library) -> None:
    say, actor = library.say, library.staff["ill"]
    home, away = library.things["branches"]
    for branch, kept in ((home, library.things), (away, library.far)):
        for step in range(4):
            wanted = Wanted(say(f"Wanted {step}"), branch, say("Author"), patron=kept["patrons"][0], note=say("Soon"))
            loan = borrowing.request_loan(wanted, actor=actor)
            kept["loans"].append(loan)
            if step >= 1:
                borrowing.mark_sent(loan.pk, lender=say("Elm Library"), actor=actor)
            if step >= 2:
                borrowing.receive_loan(loan.pk, due_on=date(2099, 1, 1), actor=actor)
            if step >= 3:
                borrowing.return_loan(loan.pk, actor=actor)


def _making_ready(library: Library) -> None:
    processing = library.staff["processing"]
    for kept in (library.things, library.far):
        kept["processing_jobs"].append(routing.start(kept["items"][1].pk, actor=processing))


def _console(library: Library) -> None:
    say, admin = library.say, library.staff["admin"]
    link = library.one("connections")
    policies.set_policy("library.name", say("Riverbend"), actor=admin, why=say("Ours"))
    exchange.take_in(connection=link, name=say("garbled.edi"), body=b"no interchange at all")
    exchange.take_in(connection=link, name=say("other.bin"), body=b"\x00\x01", kind="unknown")
    everybody = library.staff["everything"]
    jobs.start("kernel.sweep", 1, title=say("A long job"), key="library", total=5, actor=everybody)
    view = saved_views.save_view("acquisitions:orders", say("Late"), "late=1", shared=True, actor=everybody)
    library.keep(
        views=saved_views.pin_view(view.pk, actor=everybody),
        incoming=Incoming.objects.exclude(kind="marc"),
        outgoing=Outgoing.objects.all(),
        mails=Outgoing.objects.filter(connection__kind="mail"),
        prints=PrintRequest.objects.filter(document__isnull=False),
        jobs=Job.objects.all(),
        messages=EdiMessage.objects.all(),
        answers=EdiMessage.objects.filter(direction="in"),
        history=HistoryEvent.objects.all()[:1],
    )
