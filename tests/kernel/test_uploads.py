"""Uploads: of a file that grows too long nothing is kept, and the page says so."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from acquisitions.models.carts import Cart
from techsvc.kernel.uploads import LimitedUploadHandler, refused_fields
from tests import make


def handler(announced: int = 1_000_100) -> LimitedUploadHandler:
    made = LimitedUploadHandler(RequestFactory().post("/"))
    made.handle_raw_input(None, {}, announced, b"--")
    made.new_file("file", "load.mrc", "application/marc", None)
    return made


def test_a_file_up_to_the_limit_is_kept(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    upload = handler()
    upload.receive_data_chunk(b"x" * 1_000_000, 0)
    kept = upload.file_complete(1_000_000)
    assert kept is not None
    assert kept.size == 1_000_000


def test_a_longer_one_is_thrown_away_and_named(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    upload = handler()
    upload.receive_data_chunk(b"x" * 1_000_000, 0)
    with pytest.raises(SkipFile):
        upload.receive_data_chunk(b"x", 1_000_000)
    assert refused_fields(upload.request) == ["file"]
    assert upload.file.closed


def test_one_without_an_end_in_sight_closes_the_connection(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    upload = handler(announced=5_000_001)
    with pytest.raises(StopUpload) as stopped:
        upload.receive_data_chunk(b"x" * 1_000_001, 0)
    assert stopped.value.connection_reset is True


@pytest.mark.django_db
def test_the_page_says_so_and_keeps_the_rest_of_the_typing(settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    vendor, client = make.vendor(), make.client(make.person("technician"))
    long = SimpleUploadedFile("cart.mrc", b"x" * 1_000_001)
    answer = make.post(client, reverse("acquisitions:cart_new"), vendor=vendor.pk, file=long)
    content = answer.content.decode()
    assert answer.status_code == 422
    assert "The file is longer than 1 MB, so it was not taken. Split it, and send the parts." in content
    assert "This field is required" not in content
    assert f'<option value="{vendor.pk}" selected' in content
    assert not Cart.objects.exists()
