"""Records as files of MARC: one, or what the catalog's list shows."""

from __future__ import annotations

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cataloging.marc.writing import FORMS, written
from cataloging.models.records import Record
from cataloging.queries import exporting
from techsvc.kernel.errors import Refusal
from techsvc.kernel.pages import ObjectPage
from techsvc.kernel.pages.exports import IN_MEMORY

WORDS = {
    "iso2709": gettext_lazy("MARC (ISO 2709)"),
    "marcxml": gettext_lazy("MARCXML"),
    "json": gettext_lazy("MARC in JSON"),
    "mnemonic": gettext_lazy("MARC as text (.mrk)"),
}
MOST = 50_000


def marc_answer(form: str, name: str, raws: Iterable[tuple[tuple[int, str], bytes]]) -> FileResponse:
    """Records as a file of MARC, made before the first byte is sent. Refuses records that the form can't hold."""
    left_out: dict[tuple[int, str], str] = {}
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the answer closes it
    file.writelines(written(FORMS[form], raws, left_out))
    if left_out:
        (_pk, title), why = next(iter(left_out.items()))
        raise Refusal(
            _("%(n)d records don't go into this form of file. The first is “%(title)s”: %(why)s")
            % {"n": len(left_out), "title": title, "why": why}
        )
    file.seek(0)
    filename = f"{slugify(name)[:60] or 'records'}.{FORMS[form].ending}"
    return FileResponse(file, as_attachment=True, filename=filename, content_type=FORMS[form].content_type)


def list_answer(form: str, name: str, rows: QuerySet[Record]) -> FileResponse:
    """The rows of a list as a file of MARC. Refuses more than can be made while a person waits."""
    if rows[MOST : MOST + 1].exists():
        text = _(
            "At most %(most)s records are written while you wait. Filter the list, or ask for manage.py export_marc."
        )
        raise BadRequest(text % {"most": f"{MOST:,}"})
    return marc_answer(form, name, exporting.raws(rows))


class RecordFile(ObjectPage[Record]):
    """One record as a file."""

    permission = "cataloging.view"

    def objects(self) -> QuerySet[Record]:
        return Record.objects.only("title", "raw")

    def get(self, request: HttpRequest, pk: int, form: str) -> FileResponse:
        if form not in FORMS:
            raise Http404(_("There is no such form of file. Choose one of those that the record's page offers."))
        record = self.object
        return marc_answer(form, record.title, [((pk, record.title), bytes(record.raw))])
