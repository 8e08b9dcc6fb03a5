"""What the scanner test says about a scanner, and the sheet of codes that a scanner reads."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse

from techsvc.kernel import scansheet
from techsvc.kernel.identifiers import ScanKind, read_scan
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.kernel.scanners import TEST_CODES, Heard, findings
from tests.kernel.pages.branches import person
from tests.kernel.test_identifiers import CARD, ITEM

NO_ENTER = "Your scanner sends no Enter, so nothing happens after a scan. Set its suffix to Enter (CR)."
SLOW = "60 ms pass between two characters, as when a person types. Switch off the delay between characters."
NO_DIGIT = "The last digit is missing. Have the scanner send check digits."
SHORT = "Codes of fewer than 6 characters are taken for typing. Try a longer one."
SWAPPED = "Capital and small letters are swapped. Switch off Caps Lock."
NO_AIM = "It does not say which kind of bars it read. Switch on AIM code identifiers."


def letters(two: str) -> str:
    return (
        f"Codabar's start and stop letters ({two}) come with the code. They are taken off here; switch them off for "
        "other programs."
    )


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        (Heard(f"]F0{ITEM}", "enter", 9), []),
        (Heard(f"]F0{ITEM}", "tab", 35), []),
        (Heard(ITEM), []),
        (Heard("9780306406157"), []),
        (Heard(f"]F0{ITEM}", "none", 9), [NO_ENTER]),
        (Heard(f"]F0{ITEM}", "enter", 60), [SLOW]),
        (Heard(f"]F0A{ITEM}B", "enter", 9), [letters("A … B")]),
        (Heard(f"]F0a{ITEM}d", "enter", 9), [letters("a … d")]),
        (Heard(f"c{CARD}d", "enter", 9), [letters("c … d"), NO_AIM]),
        (Heard(f"]F0{ITEM[:-1]}", "enter", 9), [NO_DIGIT]),
        (Heard(f"]F0{CARD[:-1]}", "enter", 9), [NO_DIGIT]),
        (Heard("]E0978030640615", "enter", 9), [NO_DIGIT]),
        (Heard("01234567890", "enter", 9), [NO_DIGIT, NO_AIM]),
        (Heard("]C0po-2026-00001", "enter", 9), [SWAPPED]),
        (Heard("]C0PO-2026-00001", "enter", 9), []),
        (Heard("12", "none", 60), [NO_ENTER, SLOW, SHORT, NO_AIM]),
    ],
)
def test_what_is_wrong_with_a_scanner(heard: Heard, wrong: list[str]) -> None:
    assert [one.text for one in findings(heard) if one.tone != "ok"] == wrong


def test_what_is_right_is_said_too() -> None:
    assert [one.text for one in findings(Heard(f"]F0{ITEM}", "tab", 8))] == [
        "Tab follows the code: that is as good as Enter.",
        "8 ms pass between two characters: fast enough.",
        "It says which kind of bars it read (]F0).",
    ]


def test_every_code_of_the_sheet_is_read_back_and_understood() -> None:
    document: Any = pypdfium2.PdfDocument(scansheet.pdf())
    assert len(document) == 1
    found = zxingcpp.read_barcodes(document[0].render(scale=4).to_pil())
    read = {
        (code.format.name, code.text.strip("ABab") if code.format.name == "Codabar" else code.text) for code in found
    }
    assert read == {
        ("EAN13", f"0{code.value}") if code.symbology == "UPCA" else (NAMES[code.symbology], code.value)
        for code in TEST_CODES
    }
    kinds = [read_scan(code.value).kind for code in TEST_CODES]
    assert kinds == [
        ScanKind.ITEM_BARCODE, ScanKind.PATRON_CARD, ScanKind.ISBN, ScanKind.UPC,
        ScanKind.ORDER_NUMBER, ScanKind.INVOICE_NUMBER,
    ]  # fmt: skip


NAMES = {"Codabar": "Codabar", "Standard39": "Code39", "Code128": "Code128", "EAN13": "EAN13"}


def test_the_sheet_is_the_same_every_time() -> None:
    assert scansheet.pdf() == scansheet.pdf()


@pytest.fixture
def anybody(db: None, client: Client) -> User:
    user = person("tess", "technician", branch=Branch.objects.create(code="c", name="Central"))
    client.force_login(user)
    return user


def test_the_page_says_what_a_scan_means_without_a_script(client: Client, anybody: User) -> None:
    shown = client.get(reverse("kernel:scanner"), {"code": f"]F0A{CARD}B"}).content.decode()
    assert "This is a patron&#x27;s card." in shown
    assert f'<p class="detail code">{CARD}</p>' in shown
    assert "Codabar&#x27;s start and stop letters (A … B)" in shown
    assert "<html" in shown


def test_the_script_gets_the_answer_alone(client: Client, anybody: User) -> None:
    asked = {"code": "31234000000017", "end": "none", "gap": "9"}
    shown = client.get(reverse("kernel:scanner"), asked, headers={"HX-Request": "true"}).content.decode()
    assert "That is not a whole barcode: scan it again." in shown
    assert "Your scanner sends no Enter" in shown
    assert "<html" not in shown


@pytest.mark.parametrize("asked", [{"end": "shift"}, {"gap": "-1"}, {"gap": "x"}, {"gap": "9" * 6}, {"stranger": "1"}])
def test_the_page_refuses_what_its_script_does_not_say(client: Client, anybody: User, asked: dict[str, str]) -> None:
    assert client.get(reverse("kernel:scanner"), asked | {"code": "1"}).status_code == 400


def test_the_sheet_is_a_pdf(client: Client, anybody: User) -> None:
    answer = client.get(reverse("kernel:scanner_sheet"))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
