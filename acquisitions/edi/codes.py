"""Code lists of book-trade EDIFACT in words.

Order status and availability are EDItEUR lists 12B (formerly 1B) and 8B (formerly 7B); the others are UN/EDIFACT
D.96A data elements by their number (1001 document name, 6063 quantity, 5025 amount and so on), as far as libraries'
messages use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of ordered copies; UNDECIDED needs a person."""

    ACCEPTED = "accepted"
    SHIPPED = "shipped"
    BACKORDERED = "back-ordered"
    CANCELLED = "cancelled"
    UNDECIDED = "undecided"


STATUS: dict[str, tuple[str, Fate]] = {
    "100": ("order accepted", Fate.ACCEPTED),
    "101": ("price query, held until you answer", Fate.UNDECIDED),
    "102": ("discount query, held until you answer", Fate.UNDECIDED),
    "103": ("below the minimum order value, held", Fate.UNDECIDED),
    "104": ("firm order required, held", Fate.UNDECIDED),
    "110": ("accepted, a substitute will be supplied", Fate.UNDECIDED),
    "200": ("not accepted", Fate.CANCELLED),
    "201": ("not accepted: price query", Fate.CANCELLED),
    "202": ("not accepted: discount query", Fate.CANCELLED),
    "203": ("not accepted: below the minimum order value", Fate.CANCELLED),
    "205": ("not accepted: promotion code not valid", Fate.CANCELLED),
    "206": ("not accepted: promotion has ended", Fate.CANCELLED),
    "207": ("not accepted: not eligible for the promotion", Fate.CANCELLED),
    "210": ("not accepted, a substitute is offered", Fate.UNDECIDED),
    "220": ("cancelled", Fate.CANCELLED),
    "221": ("cancelled: past the order's expiry date", Fate.CANCELLED),
    "222": ("cancelled at your request", Fate.CANCELLED),
    "223": ("cancelled: the vendor can't supply it", Fate.CANCELLED),
    "300": ("passed to a new supplier", Fate.BACKORDERED),
    "301": ("passed to second-hand suppliers", Fate.BACKORDERED),
    "400": ("back-ordered", Fate.BACKORDERED),
    "401": ("on order from the vendor's supplier", Fate.BACKORDERED),
    "402": ("on order from abroad", Fate.BACKORDERED),
    "403": ("waiting until the supplier's minimum order is reached", Fate.BACKORDERED),
    "404": ("despatched by the supplier to the vendor", Fate.BACKORDERED),
    "405": ("wrong item came from the supplier, re-ordered", Fate.BACKORDERED),
    "406": ("short from the supplier, re-ordered", Fate.BACKORDERED),
    "407": ("damaged from the supplier, re-ordered", Fate.BACKORDERED),
    "408": ("imperfect from the supplier, re-ordered", Fate.BACKORDERED),
    "409": ("the supplier can't trace the order", Fate.UNDECIDED),
    "410": ("being processed by the vendor", Fate.ACCEPTED),
    "411": ("processed, waiting for your instruction", Fate.UNDECIDED),
    "412": ("held until you give an instruction", Fate.UNDECIDED),
    "500": ("on hold, call the vendor", Fate.UNDECIDED),
    "800": ("already despatched", Fate.SHIPPED),
    "900": ("the vendor can't trace the order", Fate.UNDECIDED),
    "901": ("the title has changed", Fate.UNDECIDED),
    "902": ("delayed, new date given", Fate.BACKORDERED),
    "903": ("the price has changed", Fate.UNDECIDED),
    "999": ("temporarily on hold", Fate.UNDECIDED),
}

AVAILABILITY: dict[str, tuple[str, Fate]] = {
    "AB": ("publication abandoned", Fate.CANCELLED),
    "AD": ("order direct from the publisher", Fate.CANCELLED),
    "AU": ("publisher's address unknown", Fate.CANCELLED),
    "CS": ("status uncertain, ask the vendor", Fate.UNDECIDED),
    "EX": ("no longer stocked by the vendor", Fate.CANCELLED),
    "FQ": ("available abroad only", Fate.UNDECIDED),
    "HK": ("paperback out of print, hardback available", Fate.UNDECIDED),
    "IB": ("in stock", Fate.ACCEPTED),
    "IP": ("in print", Fate.ACCEPTED),
    "MD": ("made on demand", Fate.ACCEPTED),
    "NK": ("not known to the vendor", Fate.UNDECIDED),
    "NN": ("not supplied by this vendor", Fate.CANCELLED),
    "NP": ("not yet published", Fate.BACKORDERED),
    "NQ": ("not stocked by the vendor", Fate.UNDECIDED),
    "NS": ("not sold separately", Fate.CANCELLED),
    "NY": ("not yet available", Fate.BACKORDERED),
    "OB": ("temporarily out of stock", Fate.BACKORDERED),
    "OF": ("this format out of print, other format available", Fate.UNDECIDED),
    "OI": ("out of stock indefinitely", Fate.UNDECIDED),
    "OP": ("out of print", Fate.CANCELLED),
    "OR": ("out of print, new edition coming", Fate.UNDECIDED),
    "PK": ("hardback out of print, paperback available", Fate.UNDECIDED),
    "PN": ("publisher no longer in business", Fate.CANCELLED),
    "PP": ("publication postponed indefinitely", Fate.UNDECIDED),
    "RE": ("awaiting reissue", Fate.BACKORDERED),
    "RF": ("referred to another supplier", Fate.UNDECIDED),
    "RM": ("remaindered", Fate.CANCELLED),
    "RP": ("reprinting", Fate.BACKORDERED),
    "RR": ("rights restricted, can't be supplied here", Fate.CANCELLED),
    "SD": ("sold", Fate.CANCELLED),
    "SN": ("the vendor can't trace the title", Fate.UNDECIDED),
    "SO": ("the set is no longer available", Fate.CANCELLED),
    "ST": ("stocktaking, temporarily unavailable", Fate.BACKORDERED),
    "TO": ("ordered from the publisher when you order", Fate.ACCEPTED),
    "TP": ("temporarily out of stock because the publisher can't supply", Fate.BACKORDERED),
    "TU": ("temporarily unavailable", Fate.BACKORDERED),
    "UB": ("unobtainable", Fate.CANCELLED),
    "UC": ("unavailable, reprint under consideration", Fate.UNDECIDED),
    "UR": ("unavailable, awaiting reissue", Fate.BACKORDERED),
    "WR": ("will be remaindered", Fate.UNDECIDED),
    "WS": ("withdrawn from sale", Fate.CANCELLED),
}

FATES: dict[str, dict[str, tuple[str, Fate]]] = {
    "12B": STATUS,
    "1B": STATUS,
    "8B": AVAILABILITY,
    "7B": AVAILABILITY,
}
LINE_ACTION = {
    "1": "added",
    "2": "cancelled",
    "3": "accepted with changes",
    "4": "no action",
    "5": "accepted",
    "7": "not accepted",
    "10": "not found",
    "24": "accepted with amendment",
}
# What an action says of copies that no quantity accounts for; an action that is not here says nothing.
ACTION_FATES = {
    "2": Fate.CANCELLED,
    "5": Fate.ACCEPTED,
    "7": Fate.CANCELLED,
    "10": Fate.CANCELLED,
}
QUANTITY_FATES = {
    "12": Fate.SHIPPED,
    "57": Fate.SHIPPED,
    "83": Fate.BACKORDERED,
    "85": Fate.CANCELLED,
    "185": Fate.CANCELLED,
}

PLAIN: dict[str, Mapping[str, str]] = {
    "1229": LINE_ACTION,
    "1001": {
        "220": "order",
        "221": "blanket order",
        "224": "rush order",
        "227": "consignment order",
        "22C": "continuation order",
        "22V": "order answering a quote",
        "231": "order response",
        "23C": "order status report",
        "310": "offer",
        "31C": "quote for items to be ordered",
        "351": "despatch advice",
        "380": "invoice",
        "381": "credit note",
        "383": "debit note",
        "389": "self-billed invoice",
    },
    "1225": {
        "4": "change",
        "9": "original",
        "15": "request for reference numbers",
        "16": "proposed",
        "27": "not accepted",
        "29": "accepted without amendment",
        "31": "copy",
        "42": "confirmed by other means",
        "43": "additional transmission",
        "54": "supplementary transmission",
        "55": "reply expected",
    },
    "6063": {
        "1": "discrete",
        "11": "part",
        "12": "despatched",
        "21": "ordered",
        "46": "delivered",
        "47": "invoiced",
        "57": "in transit",
        "59": "per pack",
        "83": "back-ordered",
        "85": "cancelled",
        "185": "cancelled",
        "192": "free",
    },
    "5025": {
        "8": "allowance or charge",
        "9": "amount due",
        "23": "charge",
        "25": "charge",
        "38": "invoice line",
        "39": "invoice total",
        "52": "discount",
        "66": "goods total",
        "77": "invoice amount",
        "79": "total of the lines",
        "86": "message total",
        "113": "prepaid",
        "124": "tax",
        "125": "taxable",
        "128": "total with tax",
        "129": "total subject to discount terms",
        "131": "total charges and allowances",
        "136": "payment discount",
        "146": "unit price",
        "176": "total tax",
        "203": "line",
        "204": "allowance",
        "259": "total charges",
        "260": "total allowances",
        "304": "charge or allowance",
    },
    "5125": {
        "AAA": "net price",
        "AAB": "list price",
        "AAE": "price with tax",
        "AAF": "price with tax and charges",
        "CAL": "calculated price",
        "INV": "invoiced price",
    },
    "5375": {
        "CA": "catalogue",
        "CP": "current",
        "CT": "contract",
        "RTP": "retail",
        "SRP": "suggested retail",
        "NTP": "net",
    },
    "2005": {
        "2": "delivery requested",
        "3": "invoice date",
        "11": "despatched",
        "13": "payment due",
        "17": "delivery estimated",
        "36": "expires",
        "44": "available",
        "67": "delivery scheduled",
        "69": "delivery promised",
        "131": "tax point",
        "132": "arrival estimated",
        "137": "date of the message",
        "171": "date of the reference",
        "194": "begins",
        "206": "ends",
    },
    "3035": {
        "BY": "buyer",
        "SU": "supplier",
        "SR": "supplier's agent",
        "SE": "seller",
        "DP": "deliver to",
        "ST": "ship to",
        "IV": "invoice to",
        "BT": "bill to",
        "CN": "consignee",
    },
    "1153": {
        "AAJ": "delivery order number",
        "API": "account",
        "BFN": "fund",
        "BM": "bill of lading",
        "CR": "customer's reference (city purchase order)",
        "CT": "contract",
        "DQ": "delivery note",
        "IA": "vendor's internal number",
        "IV": "invoice",
        "LI": "order line",
        "ON": "order",
        "PK": "packing list",
        "QLI": "quote line",
        "SLI": "vendor's line",
        "SNA": "vendor's subscription number",
        "VA": "tax number",
    },
    "7081": {
        "009": "author",
        "010": "author",
        "011": "author's forename",
        "050": "title",
        "060": "subtitle",
        "080": "volume",
        "100": "edition",
        "109": "publisher",
        "110": "place",
        "120": "publisher",
        "170": "date of publication",
        "180": "extent",
        "190": "series",
        "220": "binding",
        "230": "class number",
        "80": "author",
        "81": "title",
        "BAU": "author",
        "BEN": "edition",
        "BPD": "date of publication",
        "BPH": "extent",
        "BPU": "publisher",
        "BST": "author and title",
        "BTI": "title",
        "JTI": "journal title",
    },
    "7143": {
        "EN": "EAN",
        "IB": "ISBN-10",
        "IM": "manufacturer's number",
        "IN": "buyer's number",
        "IS": "ISSN",
        "BP": "buyer's part number",
        "SA": "vendor's number",
        "SI": "serial issue",
        "UP": "UPC",
    },
    "7405": {
        "LAC": "barcode",
        "LAF": "first barcode",
        "LAL": "last barcode",
        "LCL": "class number",
        "LCO": "library's copy number",
        "LCV": "copy value",
        "LFH": "feature heading",
        "LFN": "fund",
        "LFS": "filing suffix",
        "LHC": "holding code",
        "LLN": "loan category",
        "LLO": "branch",
        "LLS": "label sublocation",
        "LQT": "copies",
        "LRP": "rotation plan",
        "LRS": "record sublocation",
        "LSC": "statistical category",
        "LSM": "call number",
        "LSQ": "collection",
        "LST": "item type",
        "LSZ": "size",
        "LVC": "servicing",
        "LVT": "servicing text",
        "RIC": "reader interest category",
    },
    "5463": {
        "A": "allowance",
        "C": "charge",
        "N": "no allowance or charge",
    },
    "7161": {
        "ABG": "additional charges",
        "B29": "postage and handling",
        "C26": "discount",
        "C&P": "cataloging and processing",
        "CA": "cataloging",
        "DI": "discount",
        "DL": "delivery",
        "E51": "handling",
        "FC": "freight",
        "G74": "service charge",
        "HD": "handling",
        "PAB": "postage",
        "PC": "packing",
        "TX": "tax",
        "UPC": "cataloging and processing",
    },
}
VENDOR_LISTS = frozenset({*FATES, "1229", "7161"})


def meaning(code_list: str, code: str) -> str | None:
    """The words of a code alone, or None when the list doesn't have it."""
    if code_list in FATES:
        entry = FATES[code_list].get(code)
        return entry[0] if entry else None
    return PLAIN.get(code_list, {}).get(code)


def words(code_list: str, code: str) -> str:
    """A code as people read it: "back-ordered (vendor code 400)"; "unknown code X" when no list has it.

    >>> words("12B", "400")
    'back-ordered (vendor code 400)'
    """
    if not code:
        return "no code"
    found = meaning(code_list, code)
    if found is None:
        return f"unknown code {code}"
    return f"{found} ({'vendor code' if code_list in VENDOR_LISTS else 'code'} {code})"
