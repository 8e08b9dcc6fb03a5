"""A library of eight branches that buys from the practice vendor, made through the real actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from acquisitions.actions import vendors
from acquisitions.models.funds import Fund
from acquisitions.models.vendors import Vendor
from acquisitions.queries.funds import balances
from techsvc.kernel import clock
from techsvc.kernel.actions import people, places
from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import Patron, Role, User
from techsvc.kernel.models.places import Branch
from techsvc.practice import vendor as practice
from techsvc.practice.vendor import Places
from tests.acquisitions import make
from tests.cataloging.make import barcode

PASSWORD = "a long and quiet pass phrase"
BRANCHES = {
    "BA": "Bank Street", "FA": "Falls Road", "FY": "Ferry", "GR": "Green Hill",
    "JA": "James Square", "PT": "Point", "TY": "Tyler", "ZE": "Zenith",
}  # fmt: skip
COLLECTIONS = {"AF": "Adult fiction", "ANF": "Adult nonfiction", "AREF": "Reference", "JE": "Easy", "JF": "Juvenile"}
BUDGET = 2_000_00
# Eleven titles of one order of 2009 with the prices of that day: title, author, ISBN, price, collection, funds in turn.
TITLES = (
    ("ACT OF LOVE", "Jacobson, Howard", "141659423X", "25.00", "AF", (1,)),
    ("ANGELS OF DESTRUCTION", "Donohue, Keith", "0307450252", "24.00", "AF", (1,)),
    ("APOLOGIZE, APOLOGIZE!", "Kelly, Elizabeth", "0446406147", "23.99", "AF", (1,)),
    ("BELLINI CARD", "Goodwin, Jason", "0374110395", "25.00", "AF", (1,)),
    ("SASSY", "Draper, Sharon M.", "0545071518", "14.99", "JF", (4,)),
    ("MANOLITO FOUR-EYES", "Lindo, Elvira", "0761453032", "15.99", "JF", (4,)),
    ("PIRATES OF CROCODILE SWAMP", "Arnosky, Jim", "0399250689", "15.99", "JF", (4,)),
    ("MARTHA STEWART'S ENCYCLOPEDIA OF CRAFTS", "", "0307450570", "35.00", "ANF", (3, 3, 3, 3, 3, 6, 6, 6)),
    ("ARE YOU A HORSE?", "Rash, Andy", "0439724171", "16.99", "JE", (2,)),
    ("BIRDS", "Henkes, Kevin", "0061363049", "17.99", "JE", (2,)),
    ("DICKSON BASEBALL DICTIONARY. REV. AND EXPANDED", "Dickson, Paul", "0393066819", "49.95", "AREF", (3,)),
)
CART = b"".join(
    make.cart_title(
        title,
        f"{isbn} ;",
        price,
        [
            f"$aFRRLS-{branch} $b1 $c{shelf} $fTESTFUND{funds[n % len(funds)]} $p{price} $sBRODART"
            for n, branch in enumerate(BRANCHES)
        ],
        author,
    )
    for title, author, isbn, price, shelf, funds in TITLES
)
# What the cart takes from each fund, in cents: $2,119.12 for 88 copies.
TAKEN = {"TESTFUND1": 783_92, "TESTFUND2": 279_84, "TESTFUND3": 574_60, "TESTFUND4": 375_76, "TESTFUND6": 105_00}


@dataclass
class House:
    """The library, its people by user name, its vendor, and the vendor's own folder on the other side."""

    vendor: Vendor
    connection: Connection
    places: Places
    people: dict[str, User]
    patron: Patron

    def answers(self, **scenario: Any) -> None:
        """The vendor answers every order that arrived, at once; the files wait in its outbox."""
        self.places.scenario.write_text(json.dumps({"discount": "0", "delivery_charge": "4.50"} | scenario))
        practice.step(self.places, clock.now(), patient=False)

    def delivered(self) -> list[Path]:
        """What lies in the vendor's inbox."""
        return sorted(path for path in self.places.incoming.iterdir() if path.is_file())

    def money(self) -> Mapping[str, tuple[int, int]]:
        """Fund → (encumbered, expended) in cents, of the funds that were touched."""
        codes = dict(Fund.objects.values_list("pk", "code"))
        held = balances(make.year())
        return {codes[pk]: (b.encumbered, b.expended) for pk, b in held.items() if b.encumbered or b.expended}


def build(folder: Path) -> House:
    system = people.system()
    for code, name in BRANCHES.items():
        places.save_branch(Branch(code=code, name=name), actor=system)
    make.collections(*COLLECTIONS)
    for number in (1, 2, 3, 4, 6):
        make.fund(BUDGET, code=f"TESTFUND{number}")
    home = Branch.objects.get(code="BA")
    staff = {
        name: people.create_user(
            name,
            display_name=name.title(),
            password=PASSWORD,
            branch=home,
            roles=Role.objects.filter(code__in=roles),
            actor=system,
        )
        for name, roles in PEOPLE.items()
    }
    rooms = Places(folder / "brodart")
    link = places.save_connection(
        Connection(
            code="brodart", name="Brodart", kind="folder", root=str(rooms.root), outbox="in", inbox="out", reads="edi"
        ),
        actor=staff["adam"],
    )
    seller = Vendor(
        code="brodart", name="Brodart", san="1697684", our_san="1697978", connection=link, dialect="brodart",
        email="claims@brodart.example.com", discount_percent=Decimal(0),
    )  # fmt: skip
    reader = people.add_patron(
        barcode(1, kind="2"), name="Ada Reader", branch=home, email="ada@example.org", actor=staff["dora"]
    )
    return House(vendors.save_vendor(seller, actor=staff["sue"]), link, rooms, staff, reader)


PEOPLE = {
    "tess": ("technician",),
    "cleo": ("cataloger",),
    "sue": ("supervisor",),
    "finn": ("finance",),
    "adam": ("admin",),
    "dora": ("desk",),
    "paul": ("processing",),
    "ilse": ("ill",),
    "selma": ("selector",),
    "audrey": ("auditor",),
}
