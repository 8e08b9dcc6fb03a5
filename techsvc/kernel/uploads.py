"""The limit on files that people send: of one that grows too long nothing is kept, and the rest is not even stored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

TOO_LONG = "upload_too_long"  # on the request: the names of the fields whose file was too long
PATIENCE = 5  # times the limit: whoever sends more than that is not waited for


def limit() -> int:
    """How many bytes a file may have."""
    return int(settings.UPLOAD_LIMIT_MB) * 1_000_000


def too_long() -> str:
    return _("The file is longer than %(limit)s MB, so it was not taken. Split it, and send the parts.") % {
        "limit": settings.UPLOAD_LIMIT_MB
    }


def refused_fields(request: HttpRequest) -> list[str]:
    """The fields whose file was too long to be taken."""
    return list(getattr(request, TOO_LONG, ()))


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes to a temporary file up to the limit, whatever was announced.

    A longer one is read to its end and thrown away, so that the page can answer in words; of one that has no end in
    sight the connection is closed.
    """

    announced = received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= limit():
            super().receive_data_chunk(raw_data, start)
            return
        self.file.close()
        if self.announced > PATIENCE * limit():
            raise StopUpload(connection_reset=True)
        request: Any = self.request
        setattr(request, TOO_LONG, [*refused_fields(request), self.field_name])
        raise SkipFile
