"""Sets the demo library up: places, people, money, vendors, all through the actions that a person uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from acquisitions.actions import funds, ledger, vendors
from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.vendors import Vendor
from acquisitions.queries.funds import balances, current_year
from acquisitions.rules.vendor_codes import KINDS
from cataloging.actions import load_profiles
from cataloging.models.items import Collection, ItemType
from techsvc.kernel import clock
from techsvc.kernel.actions import calendar, jobs, people, places, policies
from techsvc.kernel.actions.places import save_row
from techsvc.kernel.identifiers import luhn_digit
from techsvc.kernel.models.exchange import Connection, TransportKind
from techsvc.kernel.models.jobs import Schedule
from techsvc.kernel.models.people import Patron, Role, User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.models.printing import Printer
from techsvc.practice import server as practice_server
from techsvc.practice import vendor as practice
from techsvc.workroom.demo import tables
from techsvc.workroom.demo.partners import Partners

PATRON, ITEM = "2", "3"  # first digit of the library's barcodes
INSTITUTION = "1408"
JULY = 7


@dataclass(slots=True)
class Library:
    """The rows of the demo library by their codes."""

    branches: dict[str, Branch] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    patrons: list[Patron] = field(default_factory=list)
    collections: dict[str, Collection] = field(default_factory=dict)
    item_types: dict[str, ItemType] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)


def barcode(kind: str, serial: int) -> str:
    """A 14-digit library barcode with its check digit."""
    body = f"{kind}{INSTITUTION}{serial:08d}"
    return body + luhn_digit(body)


def set_up(folders: Path) -> Library:
    """Everything that stands before the first order; partners' folders lie below `folders` while the year is played."""
    library = Library()
    system = people.system()
    _places(library, system)
    _people(library, system)
    _shelves(library)
    _money(library)
    _partners(library, folders)
    return library


def _places(library: Library, system: User) -> None:
    for code, name, street, san in tables.BRANCHES:
        branch = Branch(code=code, name=name, address=f"{street}\nRiverbend", san=san)
        library.branches[code] = places.save_branch(branch, actor=system)
    _calendar(library, system)
    for code, name, where, stock in tables.PRINTERS:
        printer = Printer(code=code, name=name, branch=library.branches[where], stock=stock)
        places.save_printer(printer, actor=system)


def _calendar(library: Library, system: User) -> None:
    """Sundays, the holidays of this year and the next, Thanksgiving, and one branch that is being repaired."""
    for code in tables.CLOSED_ON_SUNDAYS:
        calendar.set_week(library.branches[code].pk, "123456", why="Hours voted by the board", actor=system)
    for year in (clock.today().year, clock.today().year + 1):
        for (month, day), reason in tables.HOLIDAYS:
            calendar.close_days(None, date(year, month, day), None, reason=reason, actor=system)
        thursday = _fourth_thursday(year)
        calendar.close_days(None, thursday, thursday + timedelta(days=1), reason="Thanksgiving", actor=system)
    repairs = date(clock.today().year + 1, 8, 3)
    lakeview = library.branches["LA"]
    calendar.close_days(lakeview, repairs, repairs + timedelta(days=11), reason="New carpets", actor=system)


def _fourth_thursday(year: int) -> date:
    """Of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


def _people(library: Library, system: User) -> None:
    roles = {role.code: role for role in Role.objects.all()}
    for role, name, where in tables.STAFF:
        library.staff[role] = people.create_user(
            role,
            display_name=name,
            password=tables.PASSWORD,
            branch=library.branches[where],
            roles=[roles[role]],
            email=f"{role}@riverbend.example.org",
            actor=system,
        )
    for serial, (name, where, wants) in enumerate(tables.PATRONS, 1):
        mail = f"{name.lower().replace(' ', '.')}@example.org" if wants else ""
        library.patrons.append(
            people.add_patron(
                barcode(PATRON, 4000 + serial),
                name=name,
                branch=library.branches[where],
                email=mail,
                phone="" if wants else "555-0142",
                expires_on=clock.today() + timedelta(days=900),
                actor=library.staff["desk"],
            )
        )


def _shelves(library: Library) -> None:
    cataloger = library.staff["cataloger"]
    for code, name in tables.COLLECTIONS:
        row = Collection(code=code, name=name)
        library.collections[code] = save_row(row, "cataloging.save_collection", actor=cataloger)
    for code, name in tables.ITEM_TYPES:
        kind = ItemType(code=code, name=name)
        library.item_types[code] = save_row(kind, "cataloging.save_item_type", actor=cataloger)
    load_profiles.add_starters(actor=cataloger)


def fiscal_years(today: date) -> list[tuple[str, date, date]]:
    """(code, first day, last day) of the year that holds a day, and of the one before it; years run July to June."""
    ends = today.year + (today.month >= JULY)
    return [(f"FY{year % 100:02d}", date(year - 1, JULY, 1), date(year, JULY - 1, 30)) for year in (ends - 1, ends)]


def _money(library: Library) -> None:
    finance = library.staff["finance"]
    for code, name, audience, form, account, _dollars in tables.FUNDS:
        fund = Fund(code=code, name=name, audience=audience, format=form, account_no=account)
        library.funds[code] = funds.save_fund(fund, actor=finance)


def grant(library: Library, year: tuple[str, date, date]) -> FiscalYear:
    """Open a fiscal year and allocate each fund's grant."""
    finance = library.staff["finance"]
    code, first, last = year
    opened = funds.open_year(code, starts_on=first, ends_on=last, actor=finance)
    for fund, _name, _audience, _format, _account, dollars in tables.FUNDS:
        ledger.allocate(library.funds[fund], opened, dollars * 100, why=f"Budget of {code}", actor=finance)
    return opened


def nearly_empty(library: Library, code: str, *, target: str, left_minor: int) -> None:
    """Move what a fund does not need elsewhere: so much stays, and the next order is too much for it."""
    year = current_year()
    fund = library.funds[code]
    spare = balances(year, [fund.pk])[fund.pk].available - left_minor
    why, finance = "Fewer people ask for it", library.staff["finance"]
    ledger.transfer(fund, library.funds[target], spare, year=year, why=why, actor=finance)


def _partners(library: Library, folders: Path) -> None:
    admin, selector = library.staff["admin"], library.staff["selector"]
    for code, name, kind in tables.CONNECTIONS:
        connection = Connection(code=code, name=name, kind=kind, reads="edi", outbox="in", inbox="out")
        if kind == TransportKind.FOLDER:
            connection.root = str(practice.Places(folders / code).root)
        else:
            connection.active = False  # switched on when the year has been played
        library.connections[code] = places.save_connection(connection, actor=admin)
    for row in tables.VENDORS:
        columns: dict[str, Any] = dict(row)
        link = library.connections.get(columns.pop("connection", ""))
        vendor = Vendor(connection=link, our_san=tables.OUR_SAN, claim_after_days=60, **columns)
        library.vendors[vendor.code] = vendors.save_vendor(vendor, actor=admin)
    own: dict[str, dict[str, Any]] = {
        "branch": library.branches,
        "fund": library.funds,
        "collection": library.collections,
        "item_type": library.item_types,
    }
    meanings = {
        (kind, theirs): own[kind][ours].pk for kind in KINDS for theirs, ours in tables.INGRAM_CODES[kind].items()
    }
    vendors.map_codes(library.vendors["ingram"].pk, meanings, actor=selector)


def connect_practice(library: Library, partners: Partners) -> None:
    """Point Brodart's connection at the practice vendor of this installation, and switch it on."""
    line = library.connections["brodart"]
    line.host, line.port, line.host_key = practice_server.HOST, partners.port, partners.host_key
    line.username, line.active = partners.username, True
    places.save_connection(line, password=partners.password, actor=library.staff["admin"])


def move_folders(library: Library, folders: Path) -> None:
    """Give the folder connections the place where they stay."""
    for connection in library.connections.values():
        if connection.kind == TransportKind.FOLDER:
            connection.root = str(folders / connection.code)
            for name in (connection.outbox, connection.inbox):
                (folders / connection.code / name).mkdir(parents=True, exist_ok=True)
            places.save_connection(connection, actor=library.staff["admin"])


def set_policies(library: Library) -> None:
    """What the library decided for itself."""
    mail, why = "techservices@riverbend.example.org", "The address that vendors and patrons know"
    policies.set_policy("library.mail", mail, actor=library.staff["supervisor"], why=why)
    poll = Schedule.objects.get(task="kernel.poll")
    jobs.set_rhythm(poll.pk, every_minutes=1, actor=library.staff["supervisor"], why="Rehearsals should not wait")
