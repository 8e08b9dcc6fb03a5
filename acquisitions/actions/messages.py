"""EDI that comes in: each message of a file applied once, one bad message never dropping the others.

A file is one transaction, a message a savepoint in it. What can't be applied becomes an issue that waits for a
person, at the byte where it stands; a file that is read again applies only what waited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions.answers import apply_answer
from acquisitions.actions.bills import apply_bill
from acquisitions.actions.despatches import apply_despatch
from acquisitions.actions.intake import Applied, Intake, Problem
from acquisitions.edi.dialects import find_dialect
from acquisitions.edi.edifact import decode
from acquisitions.edi.model import Interchange, Message
from acquisitions.models.messages import EdiMessage, MessageIssue
from acquisitions.models.vendors import Vendor
from acquisitions.queries.messages import acknowledged_order, vendors_of
from acquisitions.rules.lifecycle import MESSAGE, MessageState
from techsvc.kernel import access, clock, states
from techsvc.kernel.actions import exchange, history, people
from techsvc.kernel.errors import BadInput, Refusal
from techsvc.kernel.models.exchange import Incoming, IncomingState
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User

# `only` holds the bytes of the lines that are to be applied; None means all.
Applier = Callable[[Intake, Message, "set[int] | None"], Applied]
READ_AGAIN = "Read again"


@transaction.atomic
def take_in(incoming_id: int) -> None:
    """Read an EDI file that came in: apply its messages, or say on the file why it can't be read."""
    incoming = exchange.begin_reading(incoming_id)
    if incoming is None:
        return
    try:
        intake = _open(incoming)
    except BadInput as fault:
        exchange.end_reading(incoming, IncomingState.REFUSED, fault=fault.text)
        return
    except Refusal as refusal:
        exchange.end_reading(incoming, IncomingState.HELD, fault=refusal.text)
        return
    taken: list[EdiMessage] = []
    for message in intake.interchange.messages:
        row = _take_message(intake, message, taken)
        if row is not None:
            taken.append(row)
    _settle_file(incoming)


def _open(incoming: Incoming) -> Intake:
    interchange = decode(bytes(incoming.body))
    if not interchange.messages:
        raise BadInput(
            _("The file holds no message (byte %(offset)s). Ask the vendor to send it again.")
            % {"offset": interchange.offset},
            offset=interchange.offset,
        )
    vendor = _vendor(incoming, interchange)
    # Two files of a vendor are read one after the other, so that neither overlooks the other's messages.
    Vendor.objects.select_for_update(no_key=True).get(pk=vendor.pk)
    return Intake(incoming, interchange, vendor, find_dialect(vendor.dialect), people.system())


def _vendor(incoming: Incoming, interchange: Interchange) -> Vendor:
    """The vendor of the connection; where several share it, or staff uploaded the file, the one with that SAN."""
    found = vendors_of(incoming, interchange.sender)
    if len(found) == 1:
        return found[0]
    raise Refusal(
        _(
            "It can't be told whose file this is: the sender is %(sender)s, and %(count)s vendors fit the connection "
            "“%(connection)s”. Enter the SAN on the vendor's page, then read the file again."
        )
        % {"sender": interchange.sender or _("not named"), "count": len(found), "connection": incoming.connection}
    )


def _take_message(intake: Intake, message: Message, taken: Sequence[EdiMessage]) -> EdiMessage | None:
    """Apply a message, or what waits of it; None when it was taken in already."""
    row = _new_row(intake, message)
    known = EdiMessage.objects.filter(
        vendor=intake.vendor, direction="in", control_ref=row.control_ref, message_ref=row.message_ref, kind=row.kind
    )
    first = known.filter(repeating=None).first()
    if first is None:
        return _apply(intake, row, message)
    mine = known.filter(incoming=intake.incoming).order_by("id").first()
    if mine is not None and mine.pk not in {one.pk for one in taken}:
        return _apply_again(intake, mine, message)
    if _same_content(intake, first, message):
        return None
    return _hold(row, first, message)


def _new_row(intake: Intake, message: Message) -> EdiMessage:
    interchange = intake.interchange
    # A file without a header has no control reference; its own key stands in for one.
    control = interchange.control_ref[:35] or f"file {intake.incoming.pk}"
    return EdiMessage(
        vendor=intake.vendor,
        direction="in",
        kind=message.type if message.type in APPLIERS else "OTHER",
        control_ref=control,
        message_ref=message.ref[:35],
        incoming=intake.incoming,
        departures=[[found.offset, found.text] for found in [*interchange.departures, *message.departures]],
        at=clock.now(),
    )


def _same_content(intake: Intake, first: EdiMessage, message: Message) -> bool:
    """Whether the message is, byte for byte, the one that was taken in under its reference."""
    mine = bytes(intake.incoming.body)[message.offset : message.end]
    if first.incoming is None:
        return False
    body = bytes(first.incoming.body)
    others = [one for one in decode(body).messages if one.ref[:35] == first.message_ref]
    return any(body[one.offset : one.end] == mine for one in others)


def _hold(row: EdiMessage, first: EdiMessage, message: Message) -> EdiMessage:
    row.repeating, row.state = first, MessageState.NEEDS_PERSON
    row.summary = _("Not applied: its reference was used before.")
    row.save()
    text = _(
        "Message %(ref)s of interchange %(control)s was taken in on %(day)s with other content. Ask the vendor which "
        "one is right; then apply this one as well, or set it aside."
    ) % {"ref": row.message_ref, "control": row.control_ref, "day": f"{first.at:%d %b %Y}"}
    MessageIssue.objects.create(message=row, offset=message.offset, text=text)
    return row


def _apply_again(intake: Intake, row: EdiMessage, message: Message) -> EdiMessage:
    """Of a message that was read before, apply the lines that wait for a person; all of it when all of it waits."""
    waiting = MessageIssue.objects.filter(message=row, settled_at=None)
    offsets = set(waiting.values_list("offset", flat=True))
    if not offsets or row.repeating_id is not None:
        return row
    waiting.update(settled_at=clock.now(), settled_how=_(READ_AGAIN))
    return _apply(
        intake, row, message, only=None if message.offset in offsets else {o for o in offsets if o is not None}
    )


def _apply(intake: Intake, row: EdiMessage, message: Message, *, only: set[int] | None = None) -> EdiMessage:
    try:
        with transaction.atomic():
            if message.error:
                raise BadInput(message.error, offset=message.offset)
            applied = APPLIERS.get(message.type, _unread)(intake, message, only)
    except Refusal as refusal:
        applied = Applied(_("Nothing was applied."), problems=[Problem(message.offset, refusal.text)])
    row.summary = applied.summary
    row.document_number = applied.number[:60] or row.document_number
    row.order, row.shipment, row.invoice = (
        applied.order or row.order, applied.shipment or row.shipment, applied.invoice or row.invoice
    )  # fmt: skip
    row.state = MessageState.NEEDS_PERSON if applied.problems else MessageState.APPLIED
    row.save()
    MessageIssue.objects.bulk_create(
        MessageIssue(message=row, offset=problem.offset, text=problem.text, line=problem.line)
        for problem in applied.problems
    )
    return row


def _settle_file(incoming: Incoming) -> None:
    """A file waits for a person as long as one of its messages does."""
    waiting = EdiMessage.objects.filter(incoming=incoming, state=MessageState.NEEDS_PERSON).count()
    fault = ngettext("%(n)d of its messages waits for a person.", "%(n)d of its messages wait for a person.", waiting)
    fault = fault % {"n": waiting} if waiting else ""
    exchange.end_reading(incoming, IncomingState.HELD if waiting else IncomingState.READ, fault=fault)


def _unread(_intake: Intake, message: Message, _only: set[int] | None) -> Applied:
    text = _("A message of type %(type)s is not read here. Look at it below and act by hand.") % {"type": message.type}
    return Applied(_("Not read: %(type)s") % {"type": message.type}, problems=[Problem(message.offset, text)])


def _apply_acknowledgement(intake: Intake, message: Message, _only: set[int] | None) -> Applied:
    """CONTRL: the vendor's system has our interchange, or refuses it (UCI with action 4)."""
    uci = next((segment for segment in message.segments if segment.tag == "UCI"), None)
    if uci is None:
        raise BadInput(
            _("The acknowledgement does not say of what (no UCI). Ask the vendor to send it again."),
            offset=message.offset,
        )
    control = uci.at(0)
    order = acknowledged_order(intake.vendor, control)
    words = {"control": control, "order": order or _("unknown")}
    if uci.at(3) != "4":
        return Applied(_("Interchange %(control)s arrived (order %(order)s).") % words, number=control, order=order)
    text = _(
        "The vendor's system refuses interchange %(control)s (order %(order)s): nothing was ordered. Call the vendor."
    )
    return Applied(_("Interchange refused."), control, order, problems=[Problem(uci.offset, text % words)])


APPLIERS: dict[str, Applier] = {
    "ORDRSP": apply_answer,
    "DESADV": apply_despatch,
    "INVOIC": apply_bill,
    "CONTRL": _apply_acknowledgement,
}


# What a person decides


@transaction.atomic
def settle_issue(issue_id: int, *, how: str, actor: User) -> EdiMessage:
    """Say how an issue was settled. The last one settles the message, and its last message the file."""
    access.require(actor, "acquisitions.settle_messages")
    if not how.strip():
        raise Refusal(_("Say how it was settled: the next person will ask."), field="how")
    message = EdiMessage.objects.select_for_update().get(issues=issue_id)
    issue = MessageIssue.objects.get(pk=issue_id)
    if issue.settled_at is not None:
        raise Refusal(_("This was settled already: %(how)s") % {"how": issue.settled_how})
    issue.settled_at, issue.settled_how = clock.now(), how.strip()
    issue.save(update_fields=["settled_at", "settled_how"])
    if not MessageIssue.objects.filter(message=message, settled_at=None).exists():
        _set_state(message, "settle")
    history.write(
        message, "acquisitions.settle_issue", actor=actor, why=how.strip(), after={"issue": issue.pk},
        summary=_("Settled: %(what)s") % {"what": issue.text},
    )  # fmt: skip
    return message


def undo_settle(event: HistoryEvent, *, actor: User) -> EdiMessage:
    """Let an issue wait again."""
    access.require(actor, "acquisitions.settle_messages")
    message = EdiMessage.objects.select_for_update().get(pk=event.subject_id)
    MessageIssue.objects.filter(pk=event.after["issue"]).update(settled_at=None, settled_how="")
    if message.state == MessageState.SETTLED:
        _set_state(message, "reopen")
    summary = _("Waits again: %(what)s") % {"what": event.summary}
    history.write(message, "acquisitions.undo_settle_issue", actor=actor, summary=summary, undoes=event)
    return message


@transaction.atomic
def apply_repeated(message_id: int, *, actor: User, why: str = "") -> EdiMessage:
    """Apply a message that was held because its reference had been used: the vendor means it."""
    access.require(actor, "acquisitions.settle_messages")
    row = EdiMessage.objects.select_for_update(of=("self",)).select_related("incoming").get(pk=message_id)
    states.move(MESSAGE, MessageState(row.state), "apply", what=_("This message"))
    if row.repeating_id is None or row.incoming is None:
        raise Refusal(_("Only a message whose reference was used before can be applied by hand. Read the file again."))
    intake = _open(row.incoming)
    offset = MessageIssue.objects.filter(message=row).order_by("id").values_list("offset", flat=True)[0]
    message = next(one for one in intake.interchange.messages if one.offset == offset)
    MessageIssue.objects.filter(message=row, settled_at=None).update(settled_at=clock.now(), settled_how=_("Applied"))
    _apply(intake, row, message)
    _settle_file(row.incoming)
    history.write(row, "acquisitions.apply_repeated", actor=actor, why=why, summary=_("Applied after all"))
    return row


def _set_state(message: EdiMessage, verb: str) -> None:
    message.state = states.move(MESSAGE, MessageState(message.state), verb, what=_("This message"))
    message.save(update_fields=["state"])
    if message.incoming is not None:
        _settle_file(message.incoming)
