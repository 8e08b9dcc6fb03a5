"""Who and what the demo library is made of, as tables: branches, people, funds, vendors and their codes."""

from __future__ import annotations

from typing import Any

from techsvc.kernel.models.exchange import TransportKind

PASSWORD = "bench-light-2026"  # noqa: S105 - everybody's in the demo library; `manage.py demo --logins` tells it

BRANCHES = (
    ("CE", "Central", "400 Commerce Street", "2080001"),
    ("EA", "Eastside", "1210 East Madison Avenue", "208001X"),
    ("HA", "Harbor", "18 Wharf Road", "2080028"),
    ("HI", "Hillcrest", "3055 Hillcrest Drive", "2080036"),
    ("LA", "Lakeview", "77 Lakeview Terrace", "2080044"),
    ("MC", "Mill Creek", "902 Mill Creek Parkway", "2080052"),
    ("NO", "Northgate", "5600 Northgate Boulevard", "2080060"),
    ("RI", "Riverside", "231 River Street", "2080079"),
)

# code of the branches that are closed on Sundays
CLOSED_ON_SUNDAYS = ("HA", "MC", "RI")

# month and day, reason: days on which the whole library is closed every year
HOLIDAYS = (
    ((1, 1), "New Year's Day"),
    ((6, 19), "Juneteenth"),
    ((7, 4), "Independence Day"),
    ((11, 11), "Veterans Day"),
    ((12, 24), "Christmas Eve"),
    ((12, 25), "Christmas Day"),
)

# role code (and user name), name, branch
STAFF = (
    ("technician", "Tess Moreno", "CE"),
    ("selector", "Samir Haddad", "CE"),
    ("cataloger", "Carol Nguyen", "CE"),
    ("ill", "Ilse Brandt", "CE"),
    ("desk", "Dana Whitfield", "EA"),
    ("processing", "Pete Kowalski", "CE"),
    ("supervisor", "Sonia Okafor", "CE"),
    ("finance", "Frank Delgado", "CE"),
    ("admin", "Ada Lindqvist", "CE"),
    ("auditor", "Audrey Chen", "CE"),
)

# name, branch, wants mail
PATRONS = (
    ("Alma Reyes", "EA", True),
    ("Ben Fairchild", "CE", True),
    ("Chika Obi", "HA", True),
    ("Dmitri Volkov", "NO", True),
    ("Elena Marchetti", "EA", True),
    ("Farah Aziz", "RI", True),
    ("George Tallchief", "LA", False),
    ("Hannah Lindgren", "HI", True),
    ("Isaac Booker", "MC", True),
    ("June Park", "CE", True),
)

# code, name: the collections of the spine labels and of the vendors' grids
COLLECTIONS = (
    ("FIC", "Adult fiction"),
    ("NON", "Adult nonfiction"),
    ("BIO", "Biography"),
    ("LP", "Large print"),
    ("TEEN", "Teen"),
    ("JUV", "Children's fiction"),
    ("PIC", "Picture books"),
    ("CDB", "Audiobooks on CD"),
    ("CDM", "Music on CD"),
    ("DVD", "Films"),
    ("GAME", "Video games"),
    ("EBK", "E-books"),
    ("PER", "Periodicals"),
)
ITEM_TYPES = (
    ("BK", "Book"),
    ("LPB", "Large print book"),
    ("AUD", "Audiobook"),
    ("CD", "Music CD"),
    ("VID", "Film"),
    ("VG", "Video game"),
    ("EB", "E-book"),
    ("MAG", "Periodical"),
)
# collection → (item type, fund)
SHELVED: dict[str, tuple[str, str]] = {
    "FIC": ("BK", "ADU-FIC"),
    "NON": ("BK", "ADU-NON"),
    "BIO": ("BK", "ADU-NON"),
    "LP": ("LPB", "ADU-LP"),
    "TEEN": ("BK", "TEEN"),
    "JUV": ("BK", "CHI-FIC"),
    "PIC": ("BK", "CHI-PIC"),
    "CDB": ("AUD", "AV-BOOK"),
    "CDM": ("CD", "AV-MUSIC"),
    "DVD": ("VID", "AV-FILM"),
    "GAME": ("VG", "AV-GAME"),
    "EBK": ("EB", "DIGITAL"),
    "PER": ("MAG", "SERIALS"),
}

# code, name, audience, format, finance account, granted each year in dollars
FUNDS = (
    ("ADU-FIC", "Adult fiction", "adult", "book", "5210-01", 1600),
    ("ADU-NON", "Adult nonfiction", "adult", "book", "5210-02", 1300),
    ("ADU-LP", "Large print", "adult", "large_print", "5210-03", 260),
    ("TEEN", "Teen", "teen", "book", "5220-01", 600),
    ("CHI-FIC", "Children's fiction", "child", "book", "5230-01", 700),
    ("CHI-PIC", "Picture books", "child", "book", "5230-02", 450),
    ("AV-BOOK", "Audiobooks on CD", "adult", "audiobook_cd", "5240-01", 480),
    ("AV-MUSIC", "Music", "adult", "music_cd", "5240-02", 180),
    ("AV-FILM", "Films", "adult", "dvd", "5240-03", 640),
    ("AV-GAME", "Video games", "teen", "video_game", "5240-04", 420),
    ("DIGITAL", "E-books", "adult", "ebook", "5250-01", 300),
    ("SERIALS", "Periodicals", "adult", "serial", "5260-01", 560),
    ("REQUESTS", "Patrons' purchase requests", "adult", "book", "5270-01", 200),
    ("FRIENDS", "Gift of the Friends of the Library", "adult", "book", "7110-01", 250),
)

# code of the connection, name, kind
CONNECTIONS = (
    ("brodart", "Brodart over SFTP (rehearsal)", TransportKind.SFTP),
    ("ingram", "Ingram, exchange folder", TransportKind.FOLDER),
    ("midwest-tape", "Midwest Tape, exchange folder", TransportKind.FOLDER),
)

# columns of acquisitions.models.vendors.Vendor; `connection` by its code
VENDORS: tuple[dict[str, Any], ...] = (
    {
        "code": "brodart",
        "name": "Brodart Books",
        "san": "1697684",
        "account": "RB-4471",
        "connection": "brodart",
        "dialect": "brodart",
        "discount_percent": 42,
        "email": "claims@brodart.example.org",
        "note": "Answers come from the practice vendor of this installation.",
    },
    {
        "code": "ingram",
        "name": "Ingram Library Services",
        "san": "1697978",
        "account": "20N9060",
        "connection": "ingram",
        "dialect": "ingram",
        "discount_percent": 40,
        "email": "claims@ingram.example.org",
    },
    {
        "code": "midwest-tape",
        "name": "Midwest Tape",
        "san": "2549913",
        "account": "2000013117",
        "connection": "midwest-tape",
        "dialect": "midwest_tape",
        "discount_percent": 25,
        "email": "service@midwesttape.example.org",
    },
    {
        "code": "thorndike",
        "name": "Thorndike Press",
        "san": "2020017",
        "account": "TH-118",
        "discount_percent": 20,
        "email": "orders@thorndike.example.org",
    },
    {"code": "ebsco", "name": "EBSCO Information Services", "san": "3604713", "account": "BG-20117"},
    {
        "code": "mainstreet",
        "name": "Main Street Books",
        "discount_percent": 10,
        "note": "The bookshop on the corner; no EDI, no mail: they bring it over.",
    },
)
OUR_SAN = "2080087"

# What the codes in Ingram's carts mean; Brodart's carts are new here, so that their codes have to be mapped first.
INGRAM_CODES: dict[str, dict[str, str]] = {
    "branch": {f"RBD{number}": code for number, (code, *_rest) in enumerate(BRANCHES, 1)},
    "fund": {f"2026-{code}": code for code, *_rest in FUNDS},
    "collection": {f"{code}-SHELF": code for code, _name in COLLECTIONS},
    "item_type": {f"IT{code}": code for code, _name in ITEM_TYPES},
}
BRODART_CODES: dict[str, dict[str, str]] = {
    "branch": {code: f"RBPL-{code}" for code, *_rest in BRANCHES},
    "fund": {code: f"FY27 {code}" for code, *_rest in FUNDS},
    "collection": {code: f"B{code}" for code, _name in COLLECTIONS},
    "item_type": {code: f"{code}1" for code, _name in ITEM_TYPES},
}

PRINTERS = (
    ("central-labels", "Label printer, Central workroom", "CE", "avery-5160"),
    ("eastside-slips", "Slip printer, Eastside desk", "EA", "dymo-30336"),
)
