"""What the page that adds items goes by: the person's habit, fitted to the title, and the item that a scan fills."""

from __future__ import annotations

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from cataloging.models.items import AddingHabit, Item
from cataloging.models.records import Record
from cataloging.queries import callnumbers
from cataloging.rules.lifecycle import ItemState
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch

# Items that have no barcode yet: the one that came furthest is filled first.
FILLED_FIRST = (ItemState.IN_PROCESS, ItemState.RECEIVED, ItemState.ON_ORDER)
NEWEST_SHOWN = 20


def habit_of(user: User, record: Record) -> AddingHabit:
    """How the person adds items to this title: as the last time, with the title's own call number."""
    kept = AddingHabit.objects.select_related("branch", "collection", "item_type").filter(user=user).first()
    habit = kept or AddingHabit(user=user, branch=user.branch or _any_branch())
    if habit.record_id == record.pk:
        habit.record = record
        return habit
    habit.record, habit.volume, habit.price_minor = record, "", None
    habit.call_number = callnumbers.suggested_for(record, habit.collection)[0]
    return habit


def _any_branch() -> Branch:
    branch = Branch.objects.filter(active=True).order_by("pk").first()
    if branch is None:
        raise Refusal(_("The library has no branch yet, so items belong nowhere. Add one in the console."))
    return branch


def to_fill(habit: AddingHabit) -> QuerySet[Item]:
    """Items of the title without a barcode, at the habit's branch, of its volume or of none said; the next first."""
    steps = [When(state=state, then=Value(place)) for place, state in enumerate(FILLED_FIRST)]
    return (
        Item.objects.filter(
            record=habit.record_id,
            branch=habit.branch_id,
            barcode__isnull=True,
            state__in=FILLED_FIRST,
            volume__in={habit.volume, ""},
        )
        .annotate(step=Case(*steps, output_field=IntegerField()))
        .order_by("-volume", "step", "pk")
    )


def newest(record: Record) -> QuerySet[Item]:
    """The items of a title, those that were touched last first."""
    return Item.objects.filter(record=record).select_related("branch", "collection").order_by("-pk")[:NEWEST_SHOWN]
