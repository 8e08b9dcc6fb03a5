"""The limit on files that people send: an upload that grows too long is cut off while it arrives."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes to a temporary file and closes the connection after settings.UPLOAD_LIMIT_MB, whatever was announced."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT_MB * 1_000_000:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
