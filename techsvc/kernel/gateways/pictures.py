"""Pictures of a document's pages, drawn from the very bytes that go to the printer."""

from __future__ import annotations

import hashlib
import io
from threading import Lock

import pypdfium2
from django.utils.translation import gettext as _

from techsvc.kernel.errors import Refusal

DOTS_PER_INCH = 110
POINTS_PER_INCH = 72
_one_at_a_time = Lock()  # the library that draws is not made for threads


def fingerprint(document: bytes) -> str:
    """What tells one document from another, however alike they look."""
    return hashlib.sha256(document).hexdigest()


def page_count(document: bytes) -> int:
    """How many pages a PDF has. Refuses what is no PDF."""
    with _one_at_a_time, _opened(document) as pdf:
        return len(pdf)


def page(document: bytes, number: int) -> bytes:
    """Page `number` (1 is the first) as PNG. Refuses what is no PDF, and a page that it does not have."""
    with _one_at_a_time, _opened(document) as pdf:
        if not 1 <= number <= len(pdf):
            raise Refusal(_("The document has no page %(number)s. Go back and look again.") % {"number": number})
        drawn = io.BytesIO()
        pdf[number - 1].render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil().save(drawn, "PNG")
    return drawn.getvalue()


def _opened(document: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError:
        raise Refusal(_("The document can't be read. Make it again, then look once more.")) from None
