"""Funds and fiscal years: set up, opened, closed. What they hold is the ledger's business."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from acquisitions.models.funds import FiscalYear, Fund
from acquisitions.queries.funds import balances, has_postings
from techsvc.kernel import access
from techsvc.kernel.actions import history
from techsvc.kernel.actions.places import save_row
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.models.people import User


@transaction.atomic
def save_fund(fund: Fund, *, actor: User) -> Fund:
    """Add or change a fund. Refuses another currency once money was posted, and a warning beyond the stop."""
    access.require(actor, "acquisitions.edit_funds")
    warn, stop = fund.warn_percent, fund.stop_percent
    if warn is not None and stop is not None and warn > stop:
        raise Refusal(_("The warning has to come before the stop: choose a lower percentage."), field="warn_percent")
    old = Fund.objects.select_for_update().filter(pk=fund.pk).first() if fund.pk else None
    if old is not None and old.currency != fund.currency and has_postings(old):
        raise Refusal(
            _("%(fund)s has money in %(currency)s already. Make another fund for the other currency.")
            % {"fund": old, "currency": old.currency},
            field="currency",
        )
    return save_row(fund, "acquisitions.save_fund", actor=actor)


@transaction.atomic
def open_year(code: str, *, starts_on: date, ends_on: date, actor: User) -> FiscalYear:
    """Open a fiscal year. Refuses one that ends before it starts, and one that overlaps an open year."""
    access.require(actor, "acquisitions.edit_funds")
    if ends_on <= starts_on:
        raise Refusal(_("The year has to end after it starts. Check both days."), field="ends_on")
    other = FiscalYear.objects.filter(open=True, starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if other is not None:
        raise Refusal(
            _("%(other)s is open from %(start)s to %(end)s. Close it first, or choose days outside it.")
            % {"other": other, "start": other.starts_on, "end": other.ends_on},
            field="starts_on",
        )
    try:
        with transaction.atomic():
            year = FiscalYear.objects.create(code=code.strip(), starts_on=starts_on, ends_on=ends_on)
    except IntegrityError:
        raise Refusal(
            _("There is already a year called %(code)s. Choose another name.") % {"code": code}, field="code"
        ) from None
    history.write(year, "acquisitions.open_year", actor=actor, summary=_("Year %(year)s opened") % {"year": year})
    return year


@transaction.atomic
def close_year(year_id: int, *, actor: User) -> FiscalYear:
    """Close a year for new orders. Refuses while anything is encumbered in it: pay, cancel, or carry it over first."""
    return _set_open(year_id, False, actor=actor)


def undo_close_year(event: HistoryEvent, *, actor: User) -> FiscalYear:
    return _set_open(int(event.subject_id), True, actor=actor, undoes=event)


def _set_open(year_id: int, is_open: bool, *, actor: User, undoes: HistoryEvent | None = None) -> FiscalYear:
    access.require(actor, "acquisitions.edit_funds")
    year = FiscalYear.objects.select_for_update().get(pk=year_id)
    if year.open == is_open:
        raise Refusal(
            _("%(year)s is open already.") % {"year": year}
            if is_open
            else _("%(year)s is closed already.") % {"year": year}
        )
    left = sorted(pk for pk, balance in balances(year).items() if balance.encumbered)
    if not is_open and left:
        codes = ", ".join(Fund.objects.filter(pk__in=left).values_list("code", flat=True)[:10])
        raise Refusal(
            _(
                "%(year)s has orders that are neither paid nor cancelled, on %(codes)s. Settle them before closing "
                "the year."
            )
            % {"year": year, "codes": codes}
        )
    year.open = is_open
    year.save(update_fields=["open"])
    summary = _("Year %(year)s opened again") if is_open else _("Year %(year)s closed")
    history.write(
        year, "acquisitions.close_year" if not is_open else "acquisitions.reopen_year", actor=actor,
        summary=summary % {"year": year}, before={"open": not is_open}, after={"open": is_open}, undoes=undoes,
    )  # fmt: skip
    return year
