"""What can't be taken back asks first: every act has an undo, or a question with numbers, or a reason for neither."""

from __future__ import annotations

from typing import Any

import pytest

from techsvc.kernel.actions.history import UNDOS
from techsvc.kernel.pages import ActionPage, BulkPage, FormPage
from tests.access.addresses import PAGES
from tests.access.asking import nothing_of
from tests.access.pressing import Press

# Address → the verb of its line of history, which has an undo.
UNDONE = {
    "acquisitions:cart_discard": "acquisitions.discard_cart",
    "acquisitions:cart_enter": "acquisitions.enter_open_orders",
    "acquisitions:cart_order": "acquisitions.place_order",
    "acquisitions:claim_drop": "acquisitions.drop_claim",
    "acquisitions:claim_settle": "acquisitions.settle_claim",
    "acquisitions:claims_drop": "acquisitions.drop_claim",
    "acquisitions:fund_allocate": "acquisitions.allocate",
    "acquisitions:fund_transfer": "acquisitions.transfer",
    "acquisitions:invoice_accept": "acquisitions.accept_price",
    "acquisitions:invoice_approve": "acquisitions.approve_invoice",
    "acquisitions:invoice_assign": "acquisitions.assign_line",
    "acquisitions:invoice_charge": "acquisitions.add_charge",
    "acquisitions:invoice_hold": "acquisitions.hold_line",
    "acquisitions:invoice_refuse": "acquisitions.refuse_invoice",
    "acquisitions:invoices_approve": "acquisitions.approve_invoice",
    "acquisitions:issue_settle": "acquisitions.settle_issue",
    "acquisitions:line_back_order": "acquisitions.back_order_copies",
    "acquisitions:line_cancel": "acquisitions.cancel_copies",
    "acquisitions:order_place": "acquisitions.place_order",
    "acquisitions:request_approve": "acquisitions.approve_request",
    "acquisitions:request_decline": "acquisitions.decline_request",
    "acquisitions:request_order": "acquisitions.place_order",
    "acquisitions:requests_approve": "acquisitions.approve_request",
    "acquisitions:title_leave_out": "acquisitions.leave_out",
    "acquisitions:title_put_back": "acquisitions.leave_out",
    "acquisitions:vendor_code": "acquisitions.map_codes",
    "acquisitions:cart_codes": "acquisitions.map_codes",
    "acquisitions:year_close": "acquisitions.close_year",
    "cataloging:duplicate_dismiss": "cataloging.dismiss_pair",
    "cataloging:item_edit": "cataloging.edit_item",
    "cataloging:item_label": "cataloging.label",
    "cataloging:item_state": "cataloging.change_state",
    "cataloging:items_change": "cataloging.change_items",
    "cataloging:record_suppress": "cataloging.suppress_record",
    "cataloging:load_commit": "cataloging.load",
    "cataloging:load_profiles_usual": "cataloging.save_profile",
    "cataloging:load_profile_copy": "cataloging.save_profile",
    "cataloging:load_profile_edit": "cataloging.save_profile",
    "cataloging:load_profile_new": "cataloging.save_profile",
    "cataloging:load_profile_offer": "cataloging.save_profile",
    "cataloging:record_restore": "cataloging.restore_version",
    "cataloging:record_revive": "cataloging.revive",
    "circulation:hold_new": "circulation.place_hold",
    "ill:cancel": "ill.cancel",
    "ill:complete": "ill.complete",
    "ill:receive": "ill.receive",
    "ill:refuse": "ill.refuse",
    "ill:return": "ill.return",
    "ill:send": "ill.send",
    "ill:ship": "ill.ship",
    "kernel:barcode_rule_delete": "kernel.delete_barcode_rule",
    "kernel:barcode_rule_edit": "kernel.save_barcode_rule",
    "kernel:barcode_rule_new": "kernel.save_barcode_rule",
    "kernel:branch_week": "kernel.set_week",
    "kernel:closing_new": "kernel.close_days",
    "kernel:closing_open": "kernel.open_days",
    "kernel:grant": "kernel.set_grant",
    "kernel:pause": "kernel.pause_outgoing",
    "kernel:person_roles": "kernel.set_roles",
    "kernel:person_switch": "kernel.switch_person",
    "kernel:policy": "kernel.set_policy",
    "processing:finish": "processing.finish",
    "processing:start": "processing.start",
}

AGAIN = "the same form takes it back, and history keeps what it was"
MADE = "it only adds a row, which can be changed, discarded or left unused"
OPPOSITE = "the opposite button stands on the same page"
OWN = "it is a habit of the person alone, and set again as easily"
HARMLESS = "asking twice does no harm, and nothing is lost by it"
A_FORM = "a form of its own asks, says what it means, and wants a reason"
NEITHER = {
    "acquisitions:cart_new": MADE,
    "acquisitions:charge_fund": AGAIN,
    "acquisitions:claim_edit": AGAIN,
    "acquisitions:claim_reopen": OPPOSITE,
    "acquisitions:fund_edit": AGAIN,
    "acquisitions:fund_new": MADE,
    "acquisitions:invoice_for": "it posts nothing: an invoice is refused, or matched and approved, afterwards",
    "acquisitions:invoice_reopen": OPPOSITE,
    "acquisitions:invoice_unapprove": A_FORM,
    "acquisitions:line_claim": MADE,
    "acquisitions:message_again": HARMLESS,
    "acquisitions:message_apply": A_FORM,
    "acquisitions:order_add_line": MADE,
    "acquisitions:order_new": MADE,
    "acquisitions:order_receive": MADE,
    "acquisitions:receive": MADE,
    "acquisitions:request_new": MADE,
    "acquisitions:shipment_new": MADE,
    "acquisitions:shipment_open": MADE,
    "acquisitions:title_complete": AGAIN,
    "acquisitions:vendor_edit": AGAIN,
    "acquisitions:vendor_new": MADE,
    "acquisitions:year_new": MADE,
    "cataloging:duplicates_search": HARMLESS,
    "cataloging:load_decide": AGAIN,
    "cataloging:load_discard": "the file is kept, and can be looked at again",
    "cataloging:load_new": MADE,
    "cataloging:record_adding": OWN,
    "cataloging:record_overlay": "it keeps the file; the comparison that follows asks",
    "circulation:hold_verb": "collecting and cancelling have an undo; back in the queue is a button of the same page",
    "circulation:patron_edit": AGAIN,
    "circulation:patron_new": MADE,
    "circulation:patron_sever": A_FORM,
    "ill:request_new": MADE,
    "kernel:branch_edit": AGAIN,
    "kernel:branch_new": MADE,
    "kernel:connection_edit": AGAIN,
    "kernel:connection_fetch": HARMLESS,
    "kernel:connection_new": MADE,
    "kernel:fetch": HARMLESS,
    "kernel:job_cancel": "a load that was cancelled is undone as a whole; anything else is begun again",
    "kernel:job_retry": HARMLESS,
    "kernel:job_told": HARMLESS,
    "kernel:list_habit": OWN,
    "kernel:mail_again": A_FORM,
    "kernel:mail_told": A_FORM,
    "kernel:set_aside": A_FORM,
    "kernel:view": OWN,
    "kernel:view_delete": "the toast brings it back",
    "kernel:view_new": OWN,
    "kernel:view_pin": OWN,
    "kernel:view_unpin": OWN,
    "kernel:notice_told": "it only says what a person has done by hand",
    "kernel:outgoing_verb": A_FORM,
    "kernel:own_password": "a password is set anew",
    "kernel:person_edit": AGAIN,
    "kernel:person_new": MADE,
    "kernel:person_password": "a password is set anew",
    "kernel:person_unlock": HARMLESS,
    "kernel:print_again": HARMLESS,
    "kernel:printer_edit": AGAIN,
    "kernel:printer_new": MADE,
    "kernel:print_done": "it only says that the paper lies there; papers can be printed again",
    "kernel:prints_done": "papers can be printed again",
    "kernel:read_again": HARMLESS,
    "kernel:release": A_FORM,
    "kernel:role_edit": AGAIN,
    "kernel:role_new": MADE,
    "kernel:schedule_rhythm": AGAIN,
    "kernel:schedule_run": HARMLESS,
    "kernel:schedule_switch": OPPOSITE,
    "kernel:undo": "an undo is itself in history; the act is done again by hand",
    "processing:sheet_printed": "papers can be printed again",
    "processing:step": OPPOSITE,
}


def asks(view: Any) -> bool:
    return any(issubclass(view, kind) and view.confirm_text is not kind.confirm_text for kind in (ActionPage, BulkPage))


ACTS = [page for page in PAGES if any(page.is_a(kind) for kind in (ActionPage, BulkPage, FormPage))]


def test_every_act_can_be_undone_or_asks_first_or_says_why_neither() -> None:
    silent = {page.name for page in ACTS if not asks(page.view)} - UNDONE.keys() - NEITHER.keys()
    assert not silent, (
        f"Give these acts an undo (history.undoable) and name it in UNDONE, or a `confirm_text` with numbers; "
        f"if they need neither, say why in NEITHER: {sorted(silent)}"
    )
    assert UNDONE.keys() & NEITHER.keys() == set()


def test_the_tables_name_only_what_there_is() -> None:
    names = {page.name for page in ACTS}
    assert (UNDONE.keys() | NEITHER.keys()) - names == set()
    assert set(UNDONE.values()) - UNDOS.keys() == set()


@pytest.mark.slow
def test_what_acts_writes_the_line_that_can_be_undone(presses: list[Press]) -> None:
    wrong = {
        press.page.name: f"wrote {sorted(press.verbs)}, not {UNDONE[press.page.name]}"
        for press in presses
        if press.page.name in UNDONE and press.verbs and UNDONE[press.page.name] not in press.verbs
    }
    nothing_of(wrong)
