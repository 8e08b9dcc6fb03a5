"""The library's own rules read its barcodes, and judge new ones branch by branch."""

from __future__ import annotations

import pytest

from techsvc.kernel import barcodes
from techsvc.kernel.actions import barcodes as actions
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.identifiers import ScanKind
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.places import BarcodeRule, Branch
from tests.cataloging import make

pytestmark = pytest.mark.django_db
USUAL = [("item", "3", 14, "mod10"), ("patron", "2", 14, "mod10")]


def rules() -> list[tuple[str, str, int, str]]:
    return list(BarcodeRule.objects.order_by("kind", "pk").values_list("kind", "prefix", "length", "check_digit"))


def rule(branch: Branch | None, prefix: str = "R", length: int = 8, check: str = "none") -> BarcodeRule:
    return actions.save_rule(
        BarcodeRule(branch=branch, prefix=prefix, length=length, check_digit=check), actor=make.person("supervisor")
    )


def test_a_new_library_has_the_two_usual_rules() -> None:
    assert rules() == USUAL
    assert barcodes.read(make.barcode(1)).kind is ScanKind.ITEM_BARCODE
    assert barcodes.read(make.barcode(1, kind="2")).kind is ScanKind.PATRON_CARD


def test_a_rule_is_what_scans_are_read_by() -> None:
    assert barcodes.read("R0001234").kind is ScanKind.UNKNOWN
    rule(None)
    assert barcodes.read("R0001234").kind is ScanKind.ITEM_BARCODE


def test_a_branch_with_rules_of_its_own_goes_by_them_alone() -> None:
    riverbend, central = make.branch("RIV", "Riverbend"), make.branch()
    rule(riverbend, prefix="31234", length=14, check="mod10")
    barcodes.require_fitting("39999000000016", central)
    barcodes.require_fitting(make.barcode(1), riverbend)
    with pytest.raises(Refusal) as refused:
        barcodes.require_fitting("39999000000016", riverbend)
    assert refused.value.text == (
        "39999000000016 is no barcode of Riverbend. Barcodes of Riverbend begin with 3 1234 and have 14 characters. "
        "Take a label of theirs."
    )


def test_a_rule_is_added_changed_and_taken_away_and_each_can_be_undone() -> None:
    person = make.person("supervisor")
    made = rule(make.branch("RIV", "Riverbend"))
    made.length = 9
    actions.save_rule(made, actor=person)
    actions.delete_rule(made.pk, actor=person)
    assert rules() == USUAL
    lines = list(HistoryEvent.objects.filter(subject_id=str(made.pk), verb__contains="barcode_rule").order_by("-pk"))
    assert [line.summary for line in lines] == [
        "Taken away: Riverbend, items: begin with R and have 9 characters",
        "Riverbend, items: begin with R and have 9 characters",
        "Riverbend, items: begin with R and have 8 characters",
    ]
    history.undo(lines[0].pk, actor=person)
    assert ("item", "R", 9, "none") in rules()
    history.undo(lines[1].pk, actor=person)
    assert ("item", "R", 8, "none") in rules()
    history.undo(lines[2].pk, actor=person)
    assert rules() == USUAL


def test_the_last_rule_of_items_stays() -> None:
    usual = BarcodeRule.objects.get(kind="item")
    with pytest.raises(Refusal, match="Without a rule no barcode of an item would be read"):
        actions.delete_rule(usual.pk, actor=make.person("supervisor"))
    usual.active = False
    with pytest.raises(Refusal, match="Without a rule"):
        actions.save_rule(usual, actor=make.person("supervisor"))
    assert rules() == USUAL
    assert BarcodeRule.objects.get(kind="item").active


def test_the_same_rule_twice_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="There is a rule for this beginning and length already"):
        rule(None, prefix="3", length=14)
    assert rules() == USUAL


def test_who_does_not_set_the_library_up_changes_no_rule() -> None:
    with pytest.raises(Forbidden):
        actions.delete_rule(BarcodeRule.objects.get(kind="patron").pk, actor=make.person("cataloger"))
    assert rules() == USUAL
