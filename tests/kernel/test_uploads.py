"""Uploads: a file that grows too long is cut off while it arrives."""

from __future__ import annotations

import pytest
from django.core.files.uploadhandler import StopUpload
from pytest_django.fixtures import Settings

from techsvc.kernel.uploads import LimitedUploadHandler


def handler() -> LimitedUploadHandler:
    made = LimitedUploadHandler()
    made.new_file("file", "load.mrc", "application/marc", None)
    return made


def test_a_file_up_to_the_limit_is_kept(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    upload = handler()
    upload.receive_data_chunk(b"x" * 1_000_000, 0)
    kept = upload.file_complete(1_000_000)
    assert kept is not None
    assert kept.size == 1_000_000


def test_a_longer_one_closes_the_connection(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    upload = handler()
    upload.receive_data_chunk(b"x" * 1_000_000, 0)
    with pytest.raises(StopUpload) as stopped:
        upload.receive_data_chunk(b"x", 1_000_000)
    assert stopped.value.connection_reset is True
