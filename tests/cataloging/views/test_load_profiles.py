"""Load profiles on their pages: written in lines, refused by line, copied, switched off, and taken back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client

from cataloging.models.loads import Load, LoadProfile
from cataloging.rules.profiles import profile_of
from techsvc.kernel.actions import history
from techsvc.kernel.models.history import HistoryEvent
from tests.cataloging import make

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Shelf-ready",
    "counts": ["isbn", "control_no"],
    "needs": ["control_no"],
    "overlay": "keep 520\r\nadd 650 _7 $2 containing fast",
    "fixes": "delete 938\r\nadd =590  \\\\$aGift",
    "items_tag": "949",
    "part_barcode": "i",
    "part_branch": "b",
    "meanings": "branch MAIN = CEN",
    "state": "on_order",
}
KEPT = {
    "matching": {"counts": ["control_no", "isbn"], "needs": ["control_no"]},
    "overlay": ["keep 520", "add 650 _7 $2 containing fast"],
    "fixes": ["delete 938", "add =590  \\\\$aGift"],
    "items": {
        "tag": "949", "barcode": "i", "branch": "b", "state": "on_order", "labels": False, "at": "",
        "meanings": {"branch": {"MAIN": "CEN"}},
    },
}  # fmt: skip


def send(browser: Client, url: str, **data: Any) -> Any:
    return browser.post(url, data | {"_key": str(uuid.uuid4())})


def lines() -> QuerySet[HistoryEvent]:
    return HistoryEvent.objects.filter(verb="cataloging.save_profile").order_by("pk")


def kept(profile: LoadProfile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in KEPT}


def test_a_profile_is_written_in_lines_and_read_back_as_it_was_written() -> None:
    browser = make.client(make.person("cataloger"))
    assert send(browser, "/catalog/loads/profiles/new/", **FORM).status_code == 302
    profile = LoadProfile.objects.get()
    assert kept(profile) == KEPT
    assert len(profile_of(profile).fixes) == 2
    page = browser.get(f"{profile.get_absolute_url()}edit/").content.decode()
    assert "add 650 _7 $2 containing fast\n" not in page  # the last line has no end
    assert "keep 520\nadd 650 _7 $2 containing fast" in page
    assert "branch MAIN = CEN" in page
    shown = browser.get(profile.get_absolute_url()).content.decode()
    assert "delete 938" in shown
    assert "Barcode $i" in shown


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"fixes": "delete 938\nremove 590"}, "Line 2, &quot;remove 590&quot;, is no fix."),
        ({"overlay": "keep 001"}, "Line 1: a record keeps its own number"),
        ({"meanings": "branch X = CEN\nMAIN = CEN"}, "Line 2, &quot;MAIN = CEN&quot;, says no meaning."),
        ({"needs": ["lccn"]}, "a number that has to agree has to count as well"),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_number_and_nothing_is_kept(wrong: dict[str, Any], why: str) -> None:
    answer = send(make.client(make.person("cataloger")), "/catalog/loads/profiles/new/", **(FORM | wrong))
    assert (answer.status_code, LoadProfile.objects.count(), lines().count()) == (422, 0, 0)
    assert why in answer.content.decode()


def test_a_name_that_is_taken_is_refused() -> None:
    browser = make.client(make.person("cataloger"))
    for expected in (302, 422):
        assert send(browser, "/catalog/loads/profiles/new/", **FORM).status_code == expected
    assert LoadProfile.objects.count() == 1


def test_an_edit_is_taken_back_and_so_is_a_new_profile_that_nobody_used() -> None:
    cataloger = make.person("cataloger")
    browser = make.client(cataloger)
    send(browser, "/catalog/loads/profiles/new/", **FORM)
    profile = LoadProfile.objects.get()
    send(browser, f"{profile.get_absolute_url()}edit/", **(FORM | {"fixes": ""}))
    profile.refresh_from_db()
    assert (profile.fixes, profile.version) == ([], 2)
    added, edited = lines()
    history.undo(edited.pk, actor=cataloger)
    profile.refresh_from_db()
    assert (kept(profile), profile.version) == (KEPT, 3)
    history.undo(added.pk, actor=cataloger)
    assert not LoadProfile.objects.exists()


def test_a_copy_says_the_same_and_a_profile_that_is_not_offered_stays() -> None:
    browser = make.client(make.person("supervisor"))
    send(browser, "/catalog/loads/profiles/new/", **FORM)
    profile = LoadProfile.objects.get()
    for _twice in range(2):
        send(browser, f"{profile.get_absolute_url()}copy/")
    send(browser, f"{profile.get_absolute_url()}offer/off/")
    assert [(one.name, one.active, kept(one) == KEPT) for one in LoadProfile.objects.order_by("pk")] == [
        ("Shelf-ready", False, True),
        ("Shelf-ready, copy", True, True),
        ("Shelf-ready, copy 2", True, True),
    ]


def test_who_may_not_say_how_files_are_loaded_sees_but_changes_nothing() -> None:
    profile = LoadProfile.objects.create(name="Vendor")
    browser = make.client(make.person("technician"))
    assert "Edit" not in browser.get(profile.get_absolute_url()).content.decode().partition("<main")[2]
    assert send(browser, f"{profile.get_absolute_url()}edit/", **FORM).status_code == 403
    profile.refresh_from_db()
    assert (profile.name, Load.objects.count()) == ("Vendor", 0)


def test_the_usual_profiles_are_added_once() -> None:
    browser = make.client(make.person("cataloger"))
    send(browser, "/catalog/loads/profiles/usual/")
    assert sorted(LoadProfile.objects.values_list("name", flat=True)) == [
        "E-books",
        "E-books to withdraw",
        "First load of a library",
        "Shelf-ready with items in 949",
        "Vendor records",
    ]
    assert "Add the usual profiles" not in browser.get("/catalog/loads/profiles/").content.decode()
    send(browser, "/catalog/loads/profiles/usual/")
    assert LoadProfile.objects.count() == 5


def test_a_file_goes_by_the_profile_of_the_last_one_of_such_a_name_unless_another_is_chosen() -> None:
    browser = make.client(make.person("cataloger"))
    profile = LoadProfile.objects.create(name="Vendor", fixes=["delete 650"])
    for number, chosen in enumerate((str(profile.pk), "", "none"), 1):
        raw = make.marc(f"Title {number}", isbn13=make.isbn(number))
        upload = SimpleUploadedFile(f"vendor-2026-{number:02d}.mrc", raw)
        answer = send(browser, "/catalog/loads/new/", file=upload, profile=chosen)
        assert answer.status_code == 302
    assert list(Load.objects.order_by("pk").values_list("name", "profile")) == [
        ("vendor-2026-01.mrc", profile.pk),
        ("vendor-2026-02.mrc", profile.pk),
        ("vendor-2026-03.mrc", None),
    ]
    page = browser.get(Load.objects.earliest("pk").get_absolute_url()).content.decode()
    assert profile.get_absolute_url() in page
