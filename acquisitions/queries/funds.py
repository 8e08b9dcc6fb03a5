"""Where funds stand: balances are sums over the ledger, read in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.models.ledger import LedgerEntry
from acquisitions.rules.encumbrance import Balance
from techsvc.kernel import clock
from techsvc.kernel.errors import Refusal

__all__ = ["Balance", "Balances", "balances", "current_year", "encumbered_by_copy", "entries_of", "funds"]


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


def funds() -> QuerySet[Fund]:
    """Every fund, with its branch."""
    return Fund.objects.select_related("branch")


def encumbered_by_copy(copy_ids: Iterable[int], year: FiscalYear | None = None) -> dict[int, int]:
    """What is still encumbered for each copy, in minor units; copies with nothing left are not in it."""
    entries = LedgerEntry.objects.filter(account="encumbered", copy_id__in=list(copy_ids))
    if year is not None:
        entries = entries.filter(transaction__fiscal_year=year)
    sums = entries.order_by().values_list("copy_id").annotate(left=Sum("amount_minor"))
    return {copy_id: left for copy_id, left in sums if copy_id is not None and left}


def entries_of(fund: Fund, year: FiscalYear) -> QuerySet[LedgerEntry]:
    """The fund's ledger in a year, newest first, with who posted what and why."""
    return (
        LedgerEntry.objects.filter(fund=fund, transaction__fiscal_year=year)
        .select_related("transaction", "transaction__actor")
        .order_by("-transaction_id", "id")
    )
