"""The call number that an item should get."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cataloging.marc.record import parse
from cataloging.models.items import Collection, Item
from cataloging.models.records import Record
from cataloging.rules.callnumbers import call_number, shelf_facts


def suggested(item: Item) -> tuple[str, str]:
    """(call number, why): the item's own, else its sisters', else one made from the record; ("", why not)."""
    if item.call_number:
        return item.call_number, _("as it is now")
    return suggested_for(item.record, item.collection)


def suggested_for(record: Record, collection: Collection | None) -> tuple[str, str]:
    """(call number, why) for an item of a title in a collection: its sisters', else one made from the record."""
    sister = Item.objects.filter(record=record, collection=collection).exclude(call_number="").order_by("pk").first()
    if sister is not None:
        return sister.call_number, _("as its other items have it")
    facts = shelf_facts(parse(bytes(record.raw)))
    made = call_number(facts)
    if made is None:
        return "", _("The record has no Dewey number to make one from. Type it.")
    if made.class_part[0].isdigit():
        return str(made), _("from Dewey number %(ddc)s in the record") % {"ddc": facts.dewey}
    return str(made), _("from the record's audience, kind and author: fiction, easy and biography need no number")
