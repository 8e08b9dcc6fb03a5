"""Where funds stand: balances are sums over the ledger, read in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.ledger import LedgerEntry
from acquisitions.rules.encumbrance import Balance
from techsvc.kernel import clock
from techsvc.kernel.errors import Refusal

__all__ = [
    "Balance",
    "Balances",
    "balances",
    "chosen_year",
    "current_year",
    "encumbered_by_copy",
    "funds",
    "has_postings",
    "postings",
]


class Balances(dict[int, Balance]):
    """Balances by fund; a fund that nothing was posted to stands at zero."""

    def __missing__(self, fund_id: int) -> Balance:
        return Balance()


def balances(year: FiscalYear, funds: Iterable[int] | None = None, as_of: date | None = None) -> Balances:
    """Where funds stand in a year, by key; `funds` narrows it, `as_of` leaves out what was posted after that day."""
    entries = LedgerEntry.objects.filter(transaction__fiscal_year=year, fund__isnull=False)
    if funds is not None:
        wanted = list(funds)
        entries = entries.filter(fund__in=wanted)
    if as_of is not None:
        entries = entries.filter(transaction__at__lt=_end_of(as_of))
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    for fund_id, account, amount in (
        entries.order_by().values_list("fund_id", "account").annotate(amount=Sum("amount_minor"))
    ):
        sums[fund_id][account] = amount
    found = Balances(
        (fund_id, Balance(sum(of.values()), of.get("encumbered", 0), of.get("expended", 0)))
        for fund_id, of in sums.items()
    )
    if funds is not None:
        found |= {pk: Balance() for pk in wanted if pk not in found}
    return found


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def current_year() -> FiscalYear:
    """The open fiscal year that holds today. Raises Refusal when there is none."""
    today = clock.today()
    year = FiscalYear.objects.filter(open=True, starts_on__lte=today, ends_on__gte=today).order_by("-starts_on").first()
    if year is None:
        raise Refusal(
            _("No open fiscal year holds %(today)s. Open one under Funds, and allocate money, before ordering.")
            % {"today": today.isoformat()}
        )
    return year


def has_postings(fund: Fund) -> bool:
    """Whether any money was ever posted to the fund."""
    return LedgerEntry.objects.filter(fund=fund).exists()


def chosen_year(code: str) -> FiscalYear | None:
    """The year that a page is asked for, else the one that holds today, else the newest; None when there is none."""
    years = FiscalYear.objects.order_by("-starts_on")
    today = clock.today()
    asked = years.filter(code=code).first() if code else None
    return asked or years.filter(starts_on__lte=today, ends_on__gte=today).first() or years.first()


def funds(year: FiscalYear | None) -> QuerySet[Fund]:
    """Every fund with what was posted to it in the year, as columns that a list can be sorted by. One query."""
    posted = LedgerEntry.objects.filter(fund=OuterRef("pk"), transaction__fiscal_year=year).order_by().values("fund")

    def total(account: str) -> Coalesce:
        sums = posted.filter(account=account).annotate(total=Sum("amount_minor")).values("total")
        return Coalesce(Subquery(sums), 0, output_field=BigIntegerField())

    return (
        Fund.objects.select_related("branch")
        .annotate(
            available_minor=total("available"), encumbered_minor=total("encumbered"), expended_minor=total("expended")
        )
        .annotate(allocated_minor=F("available_minor") + F("encumbered_minor") + F("expended_minor"))
    )


def encumbered_by_copy(copy_ids: Iterable[int], year: FiscalYear | None = None) -> dict[int, int]:
    """What is still encumbered for each copy, in minor units; copies with nothing left are not in it."""
    entries = LedgerEntry.objects.filter(account="encumbered", copy_id__in=list(copy_ids))
    if year is not None:
        entries = entries.filter(transaction__fiscal_year=year)
    sums = entries.order_by().values_list("copy_id").annotate(left=Sum("amount_minor"))
    return {copy_id: left for copy_id, left in sums if copy_id is not None and left}


@dataclass(frozen=True, slots=True)
class Posting:
    """What one movement of money did to a fund, account by account, in minor units."""

    kind: str
    at: datetime
    why: str
    actor: str
    currency: str
    available: int
    encumbered: int
    expended: int


def postings(fund: Fund, year: FiscalYear, *, limit: int) -> list[Posting]:
    """The fund's ledger in a year, newest first; an order of a hundred copies is one line. One query."""
    rows = (
        LedgerEntry.objects.filter(fund=fund, transaction__fiscal_year=year)
        .order_by("-transaction_id")
        .values_list(
            "transaction__kind", "transaction__at", "transaction__why", "transaction__actor__display_name", "currency"
        )
        .annotate(
            available=Sum("amount_minor", filter=Q(account="available"), default=0),
            encumbered=Sum("amount_minor", filter=Q(account="encumbered"), default=0),
            expended=Sum("amount_minor", filter=Q(account="expended"), default=0),
        )
    )
    return [Posting(*row) for row in rows[:limit]]
