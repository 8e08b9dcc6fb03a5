"""The library's barcodes: scans are read, and new barcodes judged, by the rules that it keeps for each branch."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techsvc.kernel.errors import Refusal
from techsvc.kernel.identifiers import BarcodePattern, Check, Scan, ScanKind, plain_code, read_scan
from techsvc.kernel.models.places import BarcodeRule, Branch

KINDS = {"item": ScanKind.ITEM_BARCODE, "patron": ScanKind.PATRON_CARD}


def pattern(rule: BarcodeRule) -> BarcodePattern:
    return BarcodePattern(KINDS[rule.kind], rule.prefix, rule.length, Check(rule.check_digit))


def patterns() -> list[BarcodePattern]:
    """What any of the library's barcodes may look like, the longest beginning first. One query of a few rows."""
    rules = sorted(BarcodeRule.objects.filter(active=True), key=lambda rule: (-len(rule.prefix), rule.pk))
    return [pattern(rule) for rule in rules]


def read(text: str) -> Scan:
    """What a scanned or typed code is, by the library's own rules."""
    return read_scan(text, patterns())


def plain(text: str) -> str:
    """The code alone, without what scanners and symbologies put around it."""
    return plain_code(text, patterns())


def rules_of(branch: Branch, kind: str = "item") -> Sequence[BarcodeRule]:
    """The rules that barcodes of a branch have to fit: its own, or where it has none those of the whole library."""
    rules = list(BarcodeRule.objects.filter(Q(branch=branch) | Q(branch=None), active=True, kind=kind))
    return [rule for rule in rules if rule.branch_id is not None] or rules


def require_fitting(code: str, branch: Branch) -> None:
    """Refuse a barcode that the branch's items do not get, naming how theirs look."""
    rules = rules_of(branch)
    if not rules or any(pattern(rule).holds(code) for rule in rules):
        return
    looks = _(" or ").join(look(rule) for rule in rules)
    raise Refusal(
        _("%(code)s is no barcode of %(branch)s. Barcodes of %(branch)s %(looks)s. Take a label of theirs.")
        % {"code": code, "branch": branch, "looks": looks},
        field="barcode",
    )


def look(rule: BarcodeRule) -> str:
    """How barcodes of a rule look: "begin with 3 1234 and have 14 characters"."""
    length = ngettext("have %(n)d character", "have %(n)d characters", rule.length) % {"n": rule.length}
    if not rule.prefix:
        return length
    return _("begin with %(prefix)s and %(length)s") % {"prefix": spaced(rule.prefix), "length": length}


def spaced(prefix: str) -> str:
    """The beginning of a barcode as people read it: "3 1234"."""
    whole = prefix.isdigit() and len(prefix) > 1
    return f"{prefix[0]} {prefix[1:]}" if whole else prefix
