"""ORDRSP: what the vendor answers is done to the copies of the order; what it leaves open becomes an issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acquisitions.actions import ledger
from acquisitions.actions.changing import back_order_copies, cancel_copies
from acquisitions.actions.intake import Applied, Intake, Problem
from acquisitions.actions.receiving import lock_orders
from acquisitions.edi.model import Message
from acquisitions.edi.ordrsp import LineOutcome, ResponseDocument, ResponseLine, outcome, read_ordrsp
from acquisitions.models.orders import Order, OrderCopy, OrderLine
from acquisitions.queries.invoices import tolerance
from acquisitions.queries.messages import Found, find_lines
from acquisitions.rules.answers import Plan, Standing, asked_for, merged, ordered_price, plan
from acquisitions.rules.lifecycle import COPY, CopyState
from acquisitions.rules.three_way import Tolerance, change_words
from techsvc.kernel import clock
from techsvc.kernel.actions import history
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor says of one order line, what that means, and what is to be done."""

    line: OrderLine
    said: ResponseLine
    means: LineOutcome
    plan: Plan


def apply_answer(intake: Intake, message: Message, only: set[int] | None) -> Applied:
    """Apply an order response: cancelled copies are cancelled, back-ordered ones wait for their date."""
    document = read_ordrsp(message)
    stated = [line for line in document.lines if only is None or line.offset in only]
    if not document.lines:
        return _whole_order(intake, document, message)
    found = find_lines(intake.vendor, stated)
    problems = [
        Problem(said.offset, hit.sentence, hit.line)
        for said, hit in zip(stated, found, strict=True)
        if hit.line is None
    ]
    copies = _lock_copies([hit.line for hit in found if hit.line is not None])
    answers = [_understand(line, said, copies[line.pk], intake) for line, said in _by_line(stated, found)]
    for order, mine in _by_order(answers).items():
        _carry_out(order, mine, copies, intake)
    _write_down([(answer.line, answer.means.reason, answer.means.expected_on) for answer in answers])
    limit = tolerance()
    problems += [problem for answer in answers for problem in _problems(answer, limit)]
    first = answers[0].line.order if answers else None
    return Applied(_summary(answers, document), document.number, first, problems=problems)


def _by_line(stated: Sequence[ResponseLine], found: Sequence[Found]) -> list[tuple[OrderLine, ResponseLine]]:
    """Order lines with what is said of them, several statements about one put together."""
    said: dict[int, list[ResponseLine]] = defaultdict(list)
    lines: dict[int, OrderLine] = {}
    for response, hit in zip(stated, found, strict=True):
        if hit.line is not None:
            said[hit.line.pk].append(response)
            lines[hit.line.pk] = hit.line
    return [(line, merged(said[pk])) for pk, line in lines.items()]


def _lock_copies(lines: Sequence[OrderLine]) -> dict[int, list[OrderCopy]]:
    """The copies of the lines by line, in their order; funds and orders are locked before them."""
    wanted = OrderCopy.objects.filter(line__in=lines)
    ledger.lock_funds(wanted.values_list("fund_id", flat=True))
    lock_orders(line.order_id for line in lines)
    by_line: dict[int, list[OrderCopy]] = {line.pk: [] for line in lines}
    for copy in wanted.exclude(state=CopyState.PLANNED).select_for_update().order_by("pk"):
        by_line[copy.line_id].append(copy)
    return by_line


def _understand(line: OrderLine, said: ResponseLine, copies: Sequence[OrderCopy], intake: Intake) -> Answer:
    standing = [Standing(copy.pk, CopyState(copy.state)) for copy in sorted(copies, key=lambda copy: copy.number)]
    ordered, anew = asked_for(said.quantities, standing)
    means = outcome(said, intake.dialect, ordered=ordered)
    if means.needs_person:
        return Answer(line, said, means, Plan())
    return Answer(line, said, means, plan(means, standing, anew=anew))


def _by_order(answers: Sequence[Answer]) -> dict[Order, list[Answer]]:
    by_order: dict[Order, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_order[answer.line.order].append(answer)
    return by_order


def _carry_out(order: Order, answers: Sequence[Answer], copies: dict[int, list[OrderCopy]], intake: Intake) -> None:
    """One line of history on the order; like reasons are carried out together."""
    event = history.write(
        order, "acquisitions.answer", actor=intake.actor,
        summary=_("%(vendor)s answered: %(what)s") % {"vendor": intake.vendor, "what": _counts(answers)},
        after={"file": intake.incoming.name},
    )  # fmt: skip
    cancelled: dict[str, list[int]] = defaultdict(list)
    later: dict[tuple[str, date | None], list[int]] = defaultdict(list)
    waiting = {copy.pk for group in copies.values() for copy in group if copy.state == CopyState.BACK_ORDERED}
    for answer in answers:
        cancelled[answer.means.reason or _("Cancelled by the vendor")].extend(answer.plan.cancel)
        later[answer.means.reason, answer.means.expected_on].extend(set(answer.plan.back_order) - waiting)
    for reason, keys in cancelled.items():
        if keys:
            cancel_copies(keys, reason=reason, actor=intake.actor, batch=event)
    for (reason, day), keys in later.items():
        if keys:
            back_order_copies(keys, expected_on=day, reason=reason, actor=intake.actor, batch=event)
    _expect_again([pk for answer in answers for pk in answer.plan.supply], event)


def _expect_again(copy_ids: Sequence[int], event: HistoryEvent) -> None:
    """Copies that were back-ordered will come after all."""
    copies = list(OrderCopy.objects.select_for_update().filter(pk__in=copy_ids).order_by("pk"))
    for copy in copies:
        copy.state, copy.reason = COPY[CopyState(copy.state)]["supply"], event.summary
    OrderCopy.objects.bulk_update(copies, ["state", "reason"])


def _write_down(said: Sequence[tuple[OrderLine, str, date | None]]) -> None:
    at = clock.now()
    lines = []
    for line, words, expected_on in said:
        line.answer, line.answered_at = words or _("answered"), at
        line.expected_on = expected_on or line.expected_on
        lines.append(line)
    OrderLine.objects.bulk_update(lines, ["answer", "answered_at", "expected_on"])


def _problems(answer: Answer, limit: Tolerance) -> list[Problem]:
    """What a person has to look at: contradictions, copies that came and are cancelled, a price beyond tolerance."""
    texts = []
    if answer.means.needs_person:
        texts.append(
            _("Nothing was done to its copies. The vendor says: %(reason)s.") % {"reason": answer.means.reason}
        )
    if answer.plan.too_many:
        texts.append(
            ngettext(
                "The vendor cancels %(n)d copy that is here already.",
                "The vendor cancels %(n)d copies that are here already.",
                answer.plan.too_many,
            )
            % {"n": answer.plan.too_many}
        )
    if price := _price_problem(answer, limit):
        texts.append(price)
    where = _("%(order)s line %(line)s, “%(title)s”: ") % {
        "order": answer.line.order, "line": answer.line.position, "title": answer.line.title
    }  # fmt: skip
    return [Problem(answer.said.offset, where + " ".join(texts), answer.line)] if texts else []


def _price_problem(answer: Answer, limit: Tolerance) -> str:
    price, line = answer.means.price, answer.line
    if price is None:
        return ""
    ordered = ordered_price(answer.said.price_code, list_price=line.list_price, unit_price=line.unit_price)
    currency = line.order.currency
    if not ordered or not limit.exceeded(ordered, price, currency):
        return ""
    return _("The price is %(new)s, ordered was %(old)s (%(change)s). Keep the order, or cancel the line.") % {
        "new": Money.of(price, currency), "old": Money.of(ordered, currency), "change": change_words(ordered, price)
    }  # fmt: skip


def _summary(answers: Sequence[Answer], document: ResponseDocument) -> str:
    numbers = dict.fromkeys(answer.line.order.number for answer in answers)
    return _("Answer to %(orders)s: %(what)s") % {
        "orders": ", ".join(numbers) or document.order_number or _("an unknown order"), "what": _counts(answers)
    }  # fmt: skip


def _counts(answers: Sequence[Answer]) -> str:
    """ "18 lines: 20 copies accepted, 1 cancelled, 2 back-ordered until 1 Dec 2026." """
    lines = ngettext("%(n)d line", "%(n)d lines", len(answers)) % {"n": len(answers)}
    accepted = sum(answer.means.accepted + answer.means.shipped for answer in answers)
    cancelled = sum(len(answer.plan.cancel) for answer in answers)
    later = [answer for answer in answers if answer.plan.back_order]
    parts = [_("%(n)d accepted") % {"n": accepted}]
    if cancelled:
        parts.append(_("%(n)d cancelled") % {"n": cancelled})
    if later:
        dates = [answer.means.expected_on for answer in later if answer.means.expected_on]
        until = _(" until %(day)s") % {"day": date_format(max(dates), "j M Y")} if dates else ""
        count = sum(len(answer.plan.back_order) for answer in later)
        parts.append(_("%(n)d back-ordered%(until)s") % {"n": count, "until": until})
    return f"{lines}: {', '.join(parts)}."


def _whole_order(intake: Intake, document: ResponseDocument, message: Message) -> Applied:
    """An answer without lines speaks of the order as a whole: accepted as it stands (29), or not at all."""
    order = Order.objects.filter(vendor=intake.vendor, number=document.order_number).first()
    if order is None:
        raise Refusal(
            _("The answer is to order %(number)s, which is not one of our orders with %(vendor)s.")
            % {"number": document.order_number or _("(no number)"), "vendor": intake.vendor}
        )
    if document.function != "29":
        text = _(
            "The vendor answers order %(order)s as a whole and does not accept it. Read the message, then call them."
        )
        return Applied(
            _("Order %(order)s as a whole.") % {"order": order}, document.number, order,
            problems=[Problem(message.offset, text % {"order": order})],
        )  # fmt: skip
    lines: QuerySet[OrderLine] = order.lines.all()
    _write_down([(line, _("accepted"), None) for line in lines])
    history.write(
        order,
        "acquisitions.answer",
        actor=intake.actor,
        summary=_("%(vendor)s accepted the order") % {"vendor": intake.vendor},
    )
    return Applied(_("Order %(order)s accepted as it stands.") % {"order": order}, document.number, order)
