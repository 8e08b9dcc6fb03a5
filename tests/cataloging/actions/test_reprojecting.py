"""After an upgrade everything that follows from the bytes of records can be derived anew."""

from __future__ import annotations

import pytest

from cataloging.actions.reprojecting import reproject
from cataloging.models.records import Heading, MatchKey, Record, RecordVersion
from techsvc.kernel.actions import people
from techsvc.kernel.errors import Forbidden
from tests.cataloging import make

pytestmark = pytest.mark.django_db


def derived() -> object:
    return (
        list(Record.objects.order_by("pk").values_list("pk", "title", "author", "isbn", "version", "updated_at")),
        sorted(MatchKey.objects.values_list("record", "kind", "key")),
        sorted(Heading.objects.values_list("record", "kind", "tag", "text", "sort")),
    )


def test_columns_keys_and_headings_come_back_and_nothing_else_changes() -> None:
    for title in ("The women", "James\tand\\n others"):
        make.full(make.marc(title, author="Hannah, Kristin", isbn13="9781250178633"))
    before = derived()
    Record.objects.update(title="?", author="?", isbn="?")
    MatchKey.objects.all().delete()
    Heading.objects.all().delete()
    assert [done for done, _faults in reproject(actor=people.system())] == [2]
    assert derived() == before
    assert RecordVersion.objects.count() == 2


def test_only_who_may_change_records_derives_anew() -> None:
    with pytest.raises(Forbidden):
        next(reproject(actor=make.person("technician")))
