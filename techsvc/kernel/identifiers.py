"""Standard numbers and barcodes: ISBN, UPC and EAN, ISSN, LCCN, OCLC, library barcodes, and what a scanner sends.

Every reader takes text as people type it or as a record holds it and answers the canonical form, or None when the
text holds no valid number. Sources: ISO 2108 (ISBN), ISO 3297 (ISSN), GS1 General Specifications (EAN, UPC, SSCC,
AIM symbology identifiers), the Library of Congress's rules for normalising an LCCN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-") | {"\u00a0": " "})
ISBN_LABEL = re.compile(r"ISBN(?:[- ]?1[03])?[:\s]*", re.IGNORECASE)
ISBN_SHAPE = re.compile(r"(?<![0-9])(?:97[89][- ]?)?[0-9](?:[- ]?[0-9]){8}[- ]?[0-9Xx](?![0-9Xx])")
ISSN_SHAPE = re.compile(r"(?<![0-9])([0-9]{4})[- ]?([0-9]{3}[0-9Xx])(?![0-9Xx])")
LCCN_SHAPE = re.compile(r"[a-z]{0,3}[0-9]{8}|[a-z]{0,2}[0-9]{10}")
OCLC_SHAPE = re.compile(r"(?:\(OCoLC\))?\s*(?:ocm|ocn|on)?\s*0*([1-9][0-9]{0,14})", re.IGNORECASE)


# Check digits


def gs1_digit(body: str) -> str:
    """The GS1 check digit that follows `body` (EAN, UPC-A, SSCC): weights 3, 1, 3 ... from the right."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return str(-total % 10)


def ean_ok(digits: str) -> bool:
    """Whether digits of a GS1 length (8, 12, 13, 14 or 18) end in the right check digit."""
    return len(digits) in (8, 12, 13, 14, 18) and plain_digits(digits) and gs1_digit(digits[:-1]) == digits[-1]


def luhn_digit(body: str) -> str:
    """The mod 10 check digit that library barcodes end in: every second digit from the right doubled."""
    doubled = (int(digit) * (2 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def luhn_ok(digits: str) -> bool:
    """Whether digits end in their mod 10 check digit."""
    return len(digits) > 1 and plain_digits(digits) and luhn_digit(digits[:-1]) == digits[-1]


CODE_39_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"


def mod43_ok(code: str) -> bool:
    """Whether a code ends in its mod 43 check character, as Code 39 has it: the sum of the places of its signs."""
    places = [CODE_39_SIGNS.find(sign) for sign in code.upper()]
    return len(places) > 1 and -1 not in places and sum(places[:-1]) % len(CODE_39_SIGNS) == places[-1]


def plain_digits(text: str) -> bool:
    """Whether text is made of the ten ASCII digits alone."""
    return text.isascii() and text.isdigit()


def mod11_digit(body: str) -> str:
    """The check character (0-9 or X) of an ISBN-10 (nine digits) or ISSN (seven): weights 2, 3 ... from the right."""
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(body), 2))
    return "0123456789X"[-total % 11]


# Standard numbers


def isbn13(text: str) -> str | None:
    """The first valid ISBN in text, as 13 digits; hyphens, labels, qualifiers and punctuation around it are ignored.

    >>> isbn13("141659423X ;")
    '9781416594239'
    """
    unlabelled = ISBN_LABEL.sub(" ", AIM.sub("", text.lstrip()).translate(DASHES))
    for found in ISBN_SHAPE.finditer(unlabelled):
        number = re.sub("[- ]", "", found.group()).upper()
        if len(number) == 10 and mod11_digit(number[:9]) == number[9]:
            return "978" + number[:9] + gs1_digit("978" + number[:9])
        # 979-0 is music (ISMN), not a book.
        if len(number) == 13 and ean_ok(number) and not number.startswith("9790"):
            return number
    return None


def isbn10(isbn: str) -> str | None:
    """The ISBN-10 of an ISBN; None when it has none (979) or isn't one."""
    number = isbn13(isbn)
    if number is None or not number.startswith("978"):
        return None
    return number[3:12] + mod11_digit(number[3:12])


def ean13(text: str) -> str | None:
    """The EAN-13 of a UPC-A (twelve digits) or EAN-13, check digit verified."""
    digits = re.sub("[- ]", "", text.translate(DASHES))
    if len(digits) == 12:
        digits = "0" + digits
    return digits if len(digits) == 13 and ean_ok(digits) else None


def upc(text: str) -> str | None:
    """The one form a product code is kept in: twelve digits where a UPC-A exists, else the EAN-13."""
    found = re.search(r"(?<![0-9])[0-9](?:[- ]?[0-9]){11,12}(?![0-9])", text.translate(DASHES))
    code = ean13(found.group()) if found else None
    return code[1:] if code and code.startswith("0") else code


def issn(text: str) -> str | None:
    """The first valid ISSN in text, as "1234-567X"."""
    for first, last in ISSN_SHAPE.findall(text.translate(DASHES)):
        last = last.upper()
        if mod11_digit(first + last[:3]) == last[3]:
            return f"{first}-{last}"
    return None


def lccn(text: str) -> str | None:
    """The Library of Congress control number, normalised as LC prescribes: "85-2 /AC" is "85000002"."""
    number = re.sub(r"\s", "", text.translate(DASHES)).partition("/")[0].lower()
    head, hyphen, serial = number.partition("-")
    if hyphen:
        number = head + serial.zfill(6)
    return number if LCCN_SHAPE.fullmatch(number) else None


def oclc(text: str) -> str | None:
    """The digits of an OCLC number without prefix and leading zeros: "(OCoLC)ocm00012345" is "12345"."""
    found = OCLC_SHAPE.fullmatch(text.strip())
    return found.group(1) if found else None


# Scans


class ScanKind(StrEnum):
    """What a scanned or typed code is."""

    ISBN = "isbn"
    UPC = "upc"
    ISSN = "issn"
    ITEM_BARCODE = "item_barcode"
    PATRON_CARD = "patron_card"
    ORDER_NUMBER = "order_number"
    INVOICE_NUMBER = "invoice_number"
    CARTON = "carton"
    UNKNOWN = "unknown"


class Check(StrEnum):
    """What a barcode ends in, so that one that was read wrongly is noticed."""

    NONE = "none"
    MOD_10 = "mod10"
    MOD_43 = "mod43"


CHECKS: dict[Check, Callable[[str], bool]] = {
    Check.NONE: lambda code: True,
    Check.MOD_10: luhn_ok,
    Check.MOD_43: mod43_ok,
}


@dataclass(frozen=True, slots=True)
class BarcodePattern:
    """One kind of barcode of the library: its first characters, its length, and what it ends in."""

    kind: ScanKind
    prefix: str
    length: int = 14
    check: Check = Check.MOD_10

    def fits(self, code: str) -> bool:
        """Whether the code has this pattern's prefix and length (its check digit may still be wrong)."""
        digits_only = self.check is not Check.MOD_10 or plain_digits(code)
        return len(code) == self.length and code.startswith(self.prefix) and digits_only

    def holds(self, code: str) -> bool:
        """Whether the code fits, and its check digit is right."""
        return self.fits(code) and CHECKS[self.check](code)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: what it is, its canonical value, what the scanner sent, and a sentence for the person if need be."""

    kind: ScanKind
    value: str
    raw: str
    note: str = ""


# Where no rules of the library are asked (techsvc.kernel.barcodes): the usual 14-digit barcode,
# which is type (2 patron, 3 item), four digits of the institution, eight of the item, mod 10.
LIBRARY_PATTERNS = (BarcodePattern(ScanKind.ITEM_BARCODE, "3"), BarcodePattern(ScanKind.PATRON_CARD, "2"))
OUR_NUMBERS = {"PO": ScanKind.ORDER_NUMBER, "INV": ScanKind.INVOICE_NUMBER}
OUR_NUMBER_SHAPE = re.compile(r"([A-Z]{2,3})-[0-9]{4}-[0-9]{5,}")
AIM = re.compile(r"^\]([A-Za-z])([0-9])")


def _(text: str) -> str:
    """Marks a text for the catalogues; whoever shows it translates it."""
    return text


TORN = _("That is not a whole barcode: scan it again.")
ONLY_ADD_ON = _("That is only the small code beside the large one. Scan the large one.")
EMPTY = _("The scan is empty. Scan again.")
WRONG_ISBN = _("It looks like an ISBN, but its check digit is wrong. Check it.")
PAPERBACK_UPC = _(
    "A UPC with a five-digit add-on is on mass-market paperbacks; it is not the ISBN. Scan the inside cover."
)
CODABAR = re.compile(r"[A-Da-d]([0-9$:/.+-]+)[A-Da-d]")
CODE_39 = re.compile(r"\*[^*]+\*")
ISSN_LABEL = re.compile(r"^ISSN[:\s]*", re.IGNORECASE)
SPACED = re.compile(r"[0-9](?:[- ]?[0-9]){11,12}")
ADD_ON = re.compile(r"\s*\]E[0-9]|\s+")
# First digit of a book's five-digit price add-on (Book Industry Study Group); 90000 means no price is given.
PRICE_CURRENCY = {"0": "GBP", "1": "GBP", "3": "AUD", "4": "NZD", "5": "USD", "6": "CAD"}


def library_barcode(text: str, patterns: Sequence[BarcodePattern] = LIBRARY_PATTERNS) -> Scan:
    """Read text as one of the library's barcodes; UNKNOWN with a sentence when the check digit is wrong."""
    code = text.strip()
    fitting = [pattern for pattern in patterns if pattern.fits(code)]
    found = next((pattern for pattern in fitting if pattern.holds(code)), None)
    if found is None:
        return Scan(ScanKind.UNKNOWN, code, text, TORN if fitting else "")
    return Scan(found.kind, code, text)


def read_scan(text: str, patterns: Sequence[BarcodePattern] = LIBRARY_PATTERNS) -> Scan:
    """Say what a scanned or typed code is.

    Takes off the AIM symbology identifier, Codabar's start and stop letters and the price add-on of books; a library
    barcode wins over a product code, an ISBN over any other reading of the same digits.
    """
    symbology, code = _without_symbology(text, patterns)
    for reader in (_our_number, _library, _carton, _product, _typed_number):
        scan = reader(code, symbology, patterns)
        if scan is not None:
            return Scan(scan.kind, scan.value, text, scan.note)
    return Scan(ScanKind.UNKNOWN, code, text, "" if code else EMPTY)


def plain_code(text: str, patterns: Sequence[BarcodePattern] = LIBRARY_PATTERNS) -> str:
    """The code alone, without what scanners and symbologies put around it."""
    return _without_symbology(text, patterns)[1]


def _without_symbology(text: str, patterns: Sequence[BarcodePattern]) -> tuple[str, str]:
    """(AIM letter or "", code) without control characters, AIM identifier, Codabar's letters, Code 39's asterisks."""
    code = "".join(character for character in text if character.isprintable()).translate(DASHES).strip()
    prefix = AIM.match(code)
    symbology = prefix.group(1).upper() if prefix else ""
    code = code[3:].strip() if prefix else code
    code = code[1:-1] if CODE_39.fullmatch(code) else code
    middle = CODABAR.fullmatch(code)
    if middle and (symbology == "F" or any(pattern.fits(middle.group(1)) for pattern in patterns)):
        code = middle.group(1)
    return symbology, code


def _our_number(code: str, symbology: str, patterns: Sequence[BarcodePattern]) -> Scan | None:
    found = OUR_NUMBER_SHAPE.fullmatch(code.upper())
    kind = OUR_NUMBERS.get(found.group(1)) if found else None
    return Scan(kind, code.upper(), code) if kind else None


def _library(code: str, symbology: str, patterns: Sequence[BarcodePattern]) -> Scan | None:
    scan = library_barcode(code, patterns)
    return scan if scan.kind is not ScanKind.UNKNOWN or scan.note else None


def _carton(code: str, symbology: str, patterns: Sequence[BarcodePattern]) -> Scan | None:
    """A carton's SSCC: 18 digits, after the application identifier 00 when the label carries it."""
    digits = re.sub(r"^\(00\)\s*|^00(?=[0-9]{18}$)", "", code)
    if len(digits) != 18 or not ean_ok(digits):
        return None
    # Thirteen digits and a price of five are 18 as well; only Code 128 (C) settles it against a book.
    if symbology != "C" and isbn13(digits[:13]):
        return None
    return Scan(ScanKind.CARTON, digits, code)


def _product(code: str, symbology: str, patterns: Sequence[BarcodePattern]) -> Scan | None:
    """EAN-13 or UPC-A, alone or with an add-on of two or five digits: ISBN, ISSN or product code."""
    if symbology == "E" and plain_digits(code) and len(code) in (2, 5):
        return Scan(ScanKind.UNKNOWN, code, code, ONLY_ADD_ON)
    main, add_on = (re.sub("[- ]", "", code), "") if SPACED.fullmatch(code) else _split_add_on(code)
    number = ean13(main) if plain_digits(main) else None
    if number is None:
        torn = symbology in ("", "E") and plain_digits(main) and len(main) in (12, 13)
        return Scan(ScanKind.UNKNOWN, code, code, TORN) if torn else None
    if isbn13(number):
        return Scan(ScanKind.ISBN, number, code, _price_note(add_on))
    if number.startswith("977"):
        serial = f"{number[3:7]}-{number[7:10]}{mod11_digit(number[3:10])}"
        return Scan(ScanKind.ISSN, serial, code, f"Issue code {add_on}." if add_on else "")
    return Scan(ScanKind.UPC, upc(number) or number, code, PAPERBACK_UPC if len(add_on) == 5 else "")


def _split_add_on(code: str) -> tuple[str, str]:
    """(main code, add-on of two or five digits or ""), whether set apart by a space, by ]E1/]E2 or not at all."""
    parts = ADD_ON.split(code)
    if len(parts) == 2 and len(parts[1]) in (2, 5) and plain_digits(parts[1]):
        return parts[0], parts[1]
    if plain_digits(code):
        for main in (13, 12):
            if len(code) - main in (2, 5) and ean13(code[:main]):
                return code[:main], code[main:]
    return code, ""


def _price_note(add_on: str) -> str:
    currency = PRICE_CURRENCY.get(add_on[:1]) if len(add_on) == 5 and add_on != "90000" else None
    return f"Price on the cover: {int(add_on[1:]) / 100:.2f} {currency}." if currency else ""


def _typed_number(code: str, symbology: str, patterns: Sequence[BarcodePattern]) -> Scan | None:
    """An ISBN or ISSN typed by hand; a wrong check digit gets a sentence."""
    if symbology == "E":  # EAN-8, or what was cut off
        return Scan(ScanKind.UPC, code, code) if ean_ok(code) else Scan(ScanKind.UNKNOWN, code, code, TORN)
    if ISBN_LABEL.match(code) and (number := isbn13(code)):
        return Scan(ScanKind.ISBN, number, code)
    bare = ISSN_LABEL.sub("", ISBN_LABEL.sub("", code)).strip()
    if ISSN_SHAPE.fullmatch(bare) and (number := issn(bare)):
        return Scan(ScanKind.ISSN, number, code)
    if not ISBN_SHAPE.fullmatch(bare):
        return None
    if number := isbn13(bare):
        return Scan(ScanKind.ISBN, number, code)
    return Scan(ScanKind.UNKNOWN, code, code, WRONG_ISBN)
