"""One box: every code on paper, a box or a spine leads to its page, or to a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from acquisitions.actions import invoicing
from acquisitions.actions.invoicing import NewInvoice, NewInvoiceLine
from acquisitions.models.invoices import Invoice
from cataloging.models.records import MatchKey, Record
from techsvc.kernel import clock
from techsvc.kernel.identifiers import gs1_digit
from tests import make
from tests.workroom.conftest import SSCC, Library

pytestmark = pytest.mark.django_db
SEARCH = "/search/"
Wanted = Callable[[Library], str]


def item(library: Library) -> str:
    return library.item.get_absolute_url()


def record(library: Library) -> str:
    return library.item.record.get_absolute_url()


def order(library: Library) -> str:
    return library.order.get_absolute_url()


def shipment(library: Library) -> str:
    """The bench, for those who receive: the carton is in their hands."""
    return reverse("acquisitions:bench", args=[library.shipment.pk])


def invoice(library: Library) -> str:
    return library.invoice.get_absolute_url()


def patron(library: Library) -> str:
    return reverse("circulation:patron", args=[library.patron.pk])


def vendors_own(_library: Library) -> str:
    return Invoice.objects.get(number="I0000003").get_absolute_url()


def magazine(_library: Library) -> str:
    return Record.objects.get(title="The New Yorker").get_absolute_url()


def game(_library: Library) -> str:
    return Record.objects.get(title="Mario kart").get_absolute_url()


GOES_TO: list[tuple[str, Wanted, Wanted]] = [
    ("item barcode", lambda lib: lib.item.barcode or "", item),
    ("item barcode with Codabar's letters", lambda lib: f"A{lib.item.barcode}B", item),
    ("item barcode with its symbology", lambda lib: f"]F0{lib.item.barcode}", item),
    ("item barcode with blanks around", lambda lib: f"  {lib.item.barcode}\t", item),
    ("ISBN-13", lambda lib: lib.item.record.isbn, record),
    ("ISBN-10", lambda _lib: "141659423X", record),
    ("ISBN with hyphens", lambda _lib: "978-1-4165-9423-9", record),
    ("ISBN with its label", lambda _lib: "ISBN 9781416594239", record),
    ("ISBN and price add-on", lambda _lib: "978141659423952500", record),
    ("ISBN and price add-on, apart", lambda _lib: "9781416594239 52500", record),
    ("EAN with its symbology", lambda _lib: "]E09781416594239", record),
    ("order number", lambda lib: lib.order.number, order),
    ("order number in small letters", lambda lib: lib.order.number.lower(), order),
    ("packing slip", lambda _lib: "D0000007", shipment),
    ("packing slip in small letters", lambda _lib: "d0000007", shipment),
    ("carton", lambda _lib: SSCC, shipment),
    ("carton with its application identifier", lambda _lib: f"]C100{SSCC}", shipment),
    ("carton as printed", lambda _lib: f"(00) {SSCC}", shipment),
    ("packing slip in Code 39 with its asterisks", lambda _lib: "]A0*D0000007*", shipment),
    ("carton with a symbology and brackets", lambda _lib: f"]C1(00){SSCC}", shipment),
    ("invoice number", lambda _lib: "1130B766274", invoice),
    ("invoice number in small letters", lambda _lib: "1130b766274", invoice),
    ("invoice number in Code 128", lambda _lib: "]C01130B766274", invoice),
    ("invoice number of a vendor's own form", lambda _lib: "I0000003", vendors_own),
    ("ISBN with label and qualifier", lambda _lib: "ISBN: 978-1-4165-9423-9 (hbk.)", record),
    ("ISBN-10 with hyphens and a small x", lambda _lib: "1-4165-9423-x", record),
    ("ISBN and price add-on, each with its symbology", lambda _lib: "]E09781416594239]E252500", record),
    ("order number with its symbology", lambda lib: f"]A0{lib.order.number}", order),
    ("ISSN", lambda _lib: "0028-792X", magazine),
    ("ISSN with its label", lambda _lib: "ISSN 0028792X", magazine),
    ("EAN of a magazine and its issue", lambda _lib: f"977002879200{gs1_digit('977002879200')}05", magazine),
    ("UPC", lambda _lib: "045496590420", game),
    ("UPC as printed", lambda _lib: "0 45496 59042 0", game),
    ("UPC as an EAN", lambda _lib: "]E00045496590420", game),
    ("claim number", lambda lib: lib.claim.number, lambda lib: lib.claim.get_absolute_url()),
    ("request number", lambda lib: lib.request.number, lambda lib: lib.request.get_absolute_url()),
    ("loan number", lambda lib: lib.loan.number, lambda lib: lib.loan.get_absolute_url()),
    ("loan number in small letters", lambda lib: lib.loan.number.lower(), lambda lib: lib.loan.get_absolute_url()),
    ("patron's card", lambda lib: lib.patron.card, patron),
    ("patron's card with Codabar's letters", lambda lib: f"a{lib.patron.card}b", patron),
]


def test_a_code_goes_straight_to_its_page(library: Library) -> None:
    make.full(make.marc("The New Yorker", extra=(("022", "a", "0028-792X"),)))
    MatchKey.objects.create(record=make.full(make.marc("Mario kart")), kind="upc", key="045496590420")
    lines = [NewInvoiceLine(None, 1, 2500, Decimal(25))]
    paper = NewInvoice(library.order.vendor, "I0000003", clock.today(), 2500, lines)
    invoicing.enter_invoice(paper, actor=make.person("technician"))
    browser = make.client(make.person("supervisor"))
    went = {what: browser.get(SEARCH, {"q": code(library)}).headers.get("Location") for what, code, _page in GOES_TO}
    assert went == {what: page(library) for what, _code, page in GOES_TO}


ELSEWHERE = "00999999000000002" + gs1_digit("00999999000000002")
UNKNOWN = [
    (make.barcode(99), "No item has barcode", "Catalog it"),
    (make.barcode(99, kind="2"), "No patron that you may see has card", "New patron"),
    (make.isbn(42), "The library has nothing with ISBN", "Ask to buy it"),
    ("045496590420", "The library has nothing with UPC 045496590420", ""),
    ("0028-792X", "The library has nothing with ISSN 0028-792X", ""),
    ("PO-2019-00001", "There is no order PO-2019-00001", ""),
    (ELSEWHERE, "No shipment lists carton", "Receive"),
    ("31234000000019", "That is not a whole barcode: scan it again.", ""),
    ("9781416594230", "That is not a whole barcode: scan it again.", ""),
    ("ILL-2019-00001", "Nothing that you may see has our number ILL-2019-00001", ""),
    ("I0000099", "Nothing that you may see has number I0000099", "Enter an invoice"),
    ("]C0D0000099", "Nothing that you may see has number D0000099", "Receive"),
    ("]E252500", "That is only the small code beside the large one", ""),
    ("xyzzy", "Nothing is found", ""),
]


def test_an_unknown_code_says_what_to_do(library: Library) -> None:
    browser = make.client(make.person("supervisor"))
    silent = []
    for code, sentence, next_step in UNKNOWN:
        answer = browser.get(SEARCH, {"q": code})
        shown = answer.content.decode()
        if answer.status_code != 200 or sentence not in shown or next_step not in shown:
            silent.append(code)
    assert silent == []


def test_an_isbn_on_two_records_shows_both(library: Library) -> None:
    make.full(make.marc("Act of love, abridged", isbn13="9781416594239"))
    answer = make.client(make.person("cataloger")).get(SEARCH, {"q": "9781416594239"})
    assert answer.status_code == 200
    assert [(kind, len(hits)) for kind, hits in answer.context["found"].groups()] == [("Title", 2)]


def test_the_same_number_twice_shows_the_choice_by_kind(library: Library) -> None:
    library.shipment.number = library.invoice.number
    library.shipment.save()
    answer = make.client(make.person("technician")).get(SEARCH, {"q": library.invoice.number})
    assert [kind for kind, _hits in answer.context["found"].groups()] == ["Shipment", "Invoice"]


def test_words_find_what_each_department_has(library: Library) -> None:
    answer = make.client(make.person("supervisor")).get(SEARCH, {"q": "act of love"})
    kinds = [kind for kind, _hits in answer.context["found"].groups()]
    assert "Title" in kinds
    assert "Hold" in kinds


def test_one_find_is_gone_to(library: Library) -> None:
    answer = make.client(make.person("supervisor")).get(SEARCH, {"q": "peregrine"})
    assert (answer.status_code, answer["Location"]) == (302, library.loan.get_absolute_url())


def test_pages_are_found_by_their_names(library: Library) -> None:
    answer = make.client(make.person("supervisor")).get(SEARCH, {"q": "polic"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("kernel:policies"))
    assert make.client(make.person("desk")).get(SEARCH, {"q": "polic"}).status_code == 200


def test_a_card_and_a_name_stay_closed_for_who_may_not_see_patrons(library: Library) -> None:
    for role in ("technician", "cataloger", "auditor"):
        browser = make.client(make.person(role, branch=make.branch("HAR", "Harbor")))
        for text in (library.patron.card, "Ada Reader"):
            answer = browser.get(SEARCH, {"q": text})
            assert answer.status_code == 200
            assert str(library.patron.pk) not in answer.content.decode()


def test_a_technician_finds_the_patrons_of_the_own_branch(library: Library) -> None:
    browser = make.client(make.person("technician", branch=make.branch("CEN", "Central")))
    assert browser.get(SEARCH, {"q": library.patron.card})["Location"] == patron(library)


def test_nobody_finds_what_their_role_does_not_see(library: Library) -> None:
    browser = make.client(make.person("desk"))
    for code in (library.order.number, library.invoice.number):
        answer = browser.get(SEARCH, {"q": code})
        assert answer.status_code == 200
        assert answer.context["found"].hits == ()


def test_the_box_gets_a_fragment(library: Library) -> None:
    answer = make.client(make.person("supervisor")).get(
        SEARCH, {"q": library.item.barcode}, headers={"HX-Request": "true"}
    )
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in shown
    assert f'href="{item(library)}"' in shown


def test_no_text_breaks_it(library: Library) -> None:
    browser = make.client(make.person("supervisor"))
    for text in ("", " ", "a", "\x00", "%", "'; DROP TABLE x; --", "é" * 300, "(((", "\\", "<b>"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(SEARCH, {"q": text}, headers=headers)
            assert answer.status_code in (200, 302)
            assert b"<b>" not in answer.content


def test_a_scan_asks_few_queries(library: Library, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    browser = make.client(make.person("supervisor"))
    browser.get(SEARCH)
    with django_assert_max_num_queries(10):
        browser.get(SEARCH, {"q": library.item.barcode})


def test_where_nothing_is_a_scanner_still_works(client: Client) -> None:
    answer = make.client(make.person("desk")).get("/nowhere/")
    shown = answer.content.decode()
    assert answer.status_code == 404
    assert "Scan what you have in your hand" in shown
    assert 'id="finder"' in shown
