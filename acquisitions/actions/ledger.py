"""Moves money: every movement is a transaction of entries that sum to zero, added and never changed.

Accounts of a fund: available, encumbered, expended; `source` is where granted money comes from. What a fund was
allocated is the sum of its three. Each posting carries a source key that names its cause: posted again, it posts
nothing and the first transaction is returned.

The limit: a posting that commits more of a fund (encumbering, paying more than was encumbered, taking money away)
is refused when the fund would stand beyond its stop. The fund's row is locked first, so two that race for the last
money can't both have it. Postings on behalf of orders and invoices are called by actions that asked for the right
and write the history; allocations and transfers are acts of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.ledger import LedgerEntry, LedgerTransaction
from acquisitions.queries.funds import Balance, balances
from acquisitions.rules.encumbrance import Reach, reach
from techsvc.kernel import access, clock
from techsvc.kernel.actions import history, numbers
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User
from techsvc.kernel.money import Money

Account = Literal["available", "encumbered", "expended"]
# What may still be posted once a year is closed: letting go, paying what was ordered, putting right.
AFTER_CLOSE = {"disencumber", "expend", "credit", "reverse"}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a posting: so much of a fund, for which ordered copy, paid by which invoice line."""

    fund_id: int
    amount_minor: int
    copy_id: int | None = None
    invoice_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One entry to be: `fund_id` None stands for the source of money."""

    fund_id: int | None
    account: str
    amount_minor: int
    copy_id: int | None = None
    invoice_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money moves: the kind of posting, its year, the key that makes it happen once, who and why."""

    kind: str
    year: FiscalYear
    source_key: str
    actor: User
    why: str
    reverses: LedgerTransaction | None = None


# ── Granting and moving ──────────────────────────────────────────────────────────────────────────


@transaction.atomic
def allocate(fund: Fund, year: FiscalYear, amount_minor: int, *, why: str, actor: User) -> LedgerTransaction:
    """Grant a fund money for a year, or with a negative amount take some back. Refuses nothing, and no reason."""
    access.require(actor, "acquisitions.allocate")
    _need_reason(why)
    if not amount_minor:
        raise Refusal(_("An allocation of nothing changes nothing. Enter an amount."), field="amount")
    sides = [Side(None, "source", -amount_minor), Side(fund.pk, "available", amount_minor)]
    key = f"allocate/{numbers.draw('ledger-allocate')[0]}"
    posted = _post(sides, Cause("allocate", year, key, actor, why))
    money = Money(amount_minor, fund.currency)
    history.write(
        fund, "acquisitions.allocate", actor=actor, why=why, after={"source_key": key, "year": year.code},
        summary=_("%(money)s allocated to %(fund)s for %(year)s") % {"money": money, "fund": fund, "year": year},
    )  # fmt: skip
    return posted


@transaction.atomic
def transfer(
    source: Fund, target: Fund, amount_minor: int, *, year: FiscalYear, why: str, actor: User
) -> LedgerTransaction:
    """Move money between two funds of one currency. Refuses what would leave the giving fund beyond its stop."""
    access.require(actor, "acquisitions.allocate")
    _need_reason(why)
    if amount_minor <= 0:
        raise Refusal(_("Enter how much to move, as an amount above zero."), field="amount")
    if source.pk == target.pk:
        raise Refusal(_("A fund can't give to itself. Choose another fund to move the money to."), field="target")
    if source.currency != target.currency:
        raise Refusal(
            _("%(source)s is kept in %(a)s and %(target)s in %(b)s: money can't be moved between currencies.")
            % {"source": source, "a": source.currency, "target": target, "b": target.currency},
            field="target",
        )
    sides = [Side(source.pk, "available", -amount_minor), Side(target.pk, "available", amount_minor)]
    key = f"transfer/{numbers.draw('ledger-transfer')[0]}"
    posted = _post(sides, Cause("transfer", year, key, actor, why))
    words = {"money": Money(amount_minor, source.currency), "source": source, "target": target, "year": year}
    event = history.write(
        source, "acquisitions.transfer", actor=actor, why=why, after={"source_key": key, "year": year.code},
        summary=_("%(money)s moved from %(source)s to %(target)s for %(year)s") % words,
    )  # fmt: skip
    history.write(target, "acquisitions.transfer_in", actor=actor, why=why, summary=event.summary, batch=event)
    return posted


def undo_posting(event: HistoryEvent, *, actor: User) -> None:
    """Take an allocation or a transfer back; refused when the money was committed since."""
    access.require(actor, "acquisitions.allocate")
    reverse(event.after["source_key"], actor=actor, why=_("Undone"))
    fund = Fund.objects.get(pk=event.subject_id)
    summary = _("Taken back: %(what)s") % {"what": event.summary}
    history.write(fund, "acquisitions.reverse_posting", actor=actor, summary=summary, undoes=event)


def _need_reason(why: str) -> None:
    if not why.strip():
        raise Refusal(_("Say why the money moves: the auditor will ask."), field="why")


# ── On behalf of orders and invoices ─────────────────────────────────────────────────────────────


@transaction.atomic
def encumber(
    shares: Sequence[Share], *, year: FiscalYear, source_key: str, actor: User, why: str
) -> LedgerTransaction | None:
    """Promise money to what was ordered. Refuses beyond a fund's stop, with every number; None when all is free."""
    return _post_any(_moves(shares, "available", "encumbered"), Cause("encumber", year, source_key, actor, why))


@transaction.atomic
def disencumber(
    copy_ids: Iterable[int], *, year: FiscalYear, source_key: str, actor: User, why: str
) -> LedgerTransaction | None:
    """Let go of what remains encumbered for the copies; None when nothing remains."""
    wanted = list(copy_ids)
    lock_funds(fund_id for fund_id, _copy, _left in _encumbered(wanted, year))
    left = [Share(fund_id, amount, copy_id) for fund_id, copy_id, amount in _encumbered(wanted, year) if amount]
    return _post_any(_moves(left, "encumbered", "available"), Cause("disencumber", year, source_key, actor, why))


@transaction.atomic
def expend(
    shares: Sequence[Share], *, year: FiscalYear, source_key: str, actor: User, why: str
) -> LedgerTransaction | None:
    """Spend money on what was billed. Disencumber the copies first: only what exceeds that counts against the stop."""
    return _post_any(_moves(shares, "available", "expended"), Cause("expend", year, source_key, actor, why))


@transaction.atomic
def credit(
    shares: Sequence[Share], *, year: FiscalYear, source_key: str, actor: User, why: str
) -> LedgerTransaction | None:
    """Take back money that was spent (a vendor's credit note); amounts are positive."""
    return _post_any(_moves(shares, "expended", "available"), Cause("credit", year, source_key, actor, why))


@transaction.atomic
def reverse(source_key: str, *, actor: User, why: str) -> LedgerTransaction | None:
    """Post the opposite of a transaction; None when its cause posted nothing.

    When several are taken back together, reverse what spends before what had let go, so that no fund stands beyond
    its stop in between.
    """
    first = LedgerTransaction.objects.select_related("fiscal_year").filter(source_key=source_key).first()
    if first is None:
        return None
    sides = [
        Side(entry.fund_id, entry.account, -entry.amount_minor, entry.copy_id, entry.invoice_line_id)
        for entry in LedgerEntry.objects.filter(transaction=first)
    ]
    return _post(sides, Cause("reverse", first.fiscal_year, f"{source_key}/reversed", actor, why, reverses=first))


def lock_funds(fund_ids: Iterable[int]) -> dict[int, Fund]:
    """Lock fund rows in the order of their keys, so that no two postings wait for each other; by key."""
    wanted = sorted(set(fund_ids))
    return {fund.pk: fund for fund in Fund.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}


def _moves(shares: Sequence[Share], giver: Account, taker: Account) -> list[Side]:
    """From one account to another of the same fund: the accounts that tell of copies in detail, `available` in sum."""
    if any(share.amount_minor < 0 for share in shares):
        raise ValueError("amounts of a posting are positive; its kind says where they go")
    detailed, sign = (taker, 1) if giver == "available" else (giver, -1)
    sums: dict[int, int] = defaultdict(int)
    for share in shares:
        sums[share.fund_id] += share.amount_minor
    return [
        *(
            Side(s.fund_id, detailed, sign * s.amount_minor, s.copy_id, s.invoice_line_id)
            for s in shares
            if s.amount_minor
        ),
        *(Side(fund_id, "available", -sign * total) for fund_id, total in sums.items() if total),
    ]


def _encumbered(copy_ids: Sequence[int], year: FiscalYear) -> list[tuple[int, int, int]]:
    """(fund, copy, what is left) of copies that anything was ever encumbered for."""
    entries = LedgerEntry.objects.filter(account="encumbered", copy_id__in=copy_ids, transaction__fiscal_year=year)
    return list(
        entries.order_by("fund_id", "copy_id").values_list("fund_id", "copy_id").annotate(left=Sum("amount_minor"))
    )


# ── Posting ──────────────────────────────────────────────────────────────────────────────────────


def _post_any(sides: Sequence[Side], cause: Cause) -> LedgerTransaction | None:
    """As _post, but nothing to move is a first posting or None, and no error."""
    return _post(sides, cause) if sides else _first(cause)


def _post(sides: Sequence[Side], cause: Cause) -> LedgerTransaction:
    """Lock the funds, check their limits, add the rows. The key is looked up under the lock: replays find the first."""
    funds = lock_funds(side.fund_id for side in sides if side.fund_id is not None)
    if (first := _first(cause)) is not None:
        return first
    _need_open(cause, funds)
    _need_room(cause.year, funds, sides)
    posted = LedgerTransaction.objects.create(
        fiscal_year=cause.year,
        kind=cause.kind,
        source_key=cause.source_key,
        at=clock.now(),
        actor=cause.actor,
        why=cause.why,
        reverses=cause.reverses,
    )
    LedgerEntry.objects.bulk_create(_entries(posted, sides, funds))
    return posted


def _first(cause: Cause) -> LedgerTransaction | None:
    first = LedgerTransaction.objects.filter(source_key=cause.source_key).first()
    if first is not None and first.kind != cause.kind:
        raise ValueError(
            f"{cause.source_key} names a posting of kind {first.kind}, not {cause.kind}: give each its own"
        )
    return first


def _entries(posted: LedgerTransaction, sides: Sequence[Side], funds: Mapping[int, Fund]) -> Iterator[LedgerEntry]:
    currency = next(iter({fund.currency for fund in funds.values()}))
    for side in sides:
        yield LedgerEntry(
            transaction=posted,
            fund_id=side.fund_id,
            account=side.account,
            amount_minor=side.amount_minor,
            currency=currency,
            copy_id=side.copy_id,
            invoice_line_id=side.invoice_line_id,
        )


def _need_open(cause: Cause, funds: Mapping[int, Fund]) -> None:
    currencies = sorted({fund.currency for fund in funds.values()})
    if len(currencies) > 1:
        raise Refusal(
            _("These funds are kept in %(currencies)s: one order or invoice can draw on funds of one currency only.")
            % {"currencies": _(" and ").join(currencies)}
        )
    if not cause.year.open and cause.kind not in AFTER_CLOSE:
        raise Refusal(
            _("The year %(year)s is closed. Choose the year that is open.") % {"year": cause.year}, field="year"
        )
    closed = sorted(fund.code for fund in funds.values() if not fund.active)
    if closed and cause.kind == "encumber":
        raise Refusal(
            _("Fund %(codes)s is closed: nothing can be ordered from it. Choose another fund.")
            % {"codes": ", ".join(closed)},
            field="fund",
        )


def _need_room(year: FiscalYear, funds: Mapping[int, Fund], sides: Sequence[Side]) -> None:
    """Refuse when a fund that the sides burden would stand beyond its stop."""
    changes = _changes(sides)
    burdened = [pk for pk, change in changes.items() if change.committed > 0 or change.allocated < 0]
    before = balances(year, burdened)
    sentences = []
    for pk in sorted(burdened):
        fund, change = funds[pk], changes[pk]
        after = before[pk].plus(allocated=change.allocated, encumbered=change.encumbered, expended=change.expended)
        if reach(after, warn_percent=None, stop_percent=fund.stop_percent) is Reach.STOP:
            sentences.append(_too_much(fund, before[pk], change, year))
    if sentences:
        raise Refusal(" ".join(sentences), field="fund")


def _changes(sides: Sequence[Side]) -> dict[int, Balance]:
    """What the sides do to each fund, as the difference of its balance."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for side in sides:
        if side.fund_id is not None:
            sums[side.fund_id, side.account] += side.amount_minor
    return {
        pk: Balance(
            allocated=sum(sums.get((pk, account), 0) for account in ("available", "encumbered", "expended")),
            encumbered=sums.get((pk, "encumbered"), 0),
            expended=sums.get((pk, "expended"), 0),
        )
        for pk in {pk for pk, _account in sums}
    }


def _too_much(fund: Fund, before: Balance, change: Balance, year: FiscalYear) -> str:
    def money(minor: int) -> Money:
        return Money(minor, fund.currency)

    numbers_ = {
        "code": fund.code,
        "wanted": money(change.committed or -change.allocated),
        "available": money(before.available),
        "allocated": money(before.allocated),
        "encumbered": money(before.encumbered),
        "expended": money(before.expended),
        "stop": fund.stop_percent,
        "year": year,
    }
    text = (
        _("Fund %(code)s has %(available)s available in %(year)s, and %(wanted)s is wanted:")
        if change.committed > 0
        else _("Fund %(code)s has %(available)s available in %(year)s, and %(wanted)s would be taken away:")
    )
    rest = _(
        "allocated %(allocated)s, encumbered %(encumbered)s, expended %(expended)s; it stops at %(stop)s %% committed. "
        "Use another fund, or have money moved to this one."
    )
    return f"{text} {rest}" % numbers_
