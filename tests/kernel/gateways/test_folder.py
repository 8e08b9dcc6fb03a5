"""The folder transport."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from techsvc.kernel import gateways
from techsvc.kernel.gateways import transport
from techsvc.kernel.gateways.errors import Permanent, Transient
from techsvc.kernel.gateways.folder import Folder
from techsvc.kernel.gateways.transport import Endpoint, Found, RemoteFile

BODY = b"UNB+UNOC:3+1694510:31B+1697684:31B+261124:0900+1'UNZ+0+1'"


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    return Endpoint("folder", root=str(tmp_path))


def test_put_stat_and_resend_leave_one_file(endpoint: Endpoint, tmp_path: Path) -> None:
    with gateways.connect(endpoint) as partner:
        assert partner.stat("m1.edi") is None
        partner.put("m1.edi", b"first")
        partner.put("m1.edi", BODY)
        assert partner.stat("m1.edi") == Found(len(BODY), hashlib.sha256(BODY).hexdigest())
    assert os.listdir(tmp_path / "in") == ["m1.edi"]


def test_list_get_and_archive(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "out" / "b.edi").write_bytes(BODY)
    (tmp_path / "out" / "a.edi").write_bytes(b"x")
    (tmp_path / "out" / ".c.edi.part").write_bytes(b"half")
    (tmp_path / "out" / "d.edi.filepart").write_bytes(b"half")
    with gateways.connect(endpoint) as partner:
        assert partner.list() == [RemoteFile("a.edi", 1), RemoteFile("b.edi", len(BODY))]
        assert partner.get("b.edi") == BODY
        partner.archive("b.edi")
        assert [f.name for f in partner.list()] == ["a.edi"]
    assert (tmp_path / "out" / "done" / "b.edi").read_bytes() == BODY


def test_archive_keeps_both_files_when_a_partner_reuses_a_name(endpoint: Endpoint, tmp_path: Path) -> None:
    with gateways.connect(endpoint) as partner:
        for content in (b"one", b"two", b"three"):
            (tmp_path / "out" / "a.edi").write_bytes(content)
            partner.archive("a.edi")
    done = tmp_path / "out" / "done"
    assert {p.name: p.read_bytes() for p in done.iterdir()} == {"a.edi": b"one", "a.edi~2": b"two", "a.edi~3": b"three"}


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\nb", ".hidden", "a b"])
def test_names_that_lead_elsewhere_are_refused(endpoint: Endpoint, tmp_path: Path, name: str) -> None:
    with gateways.connect(endpoint) as partner, pytest.raises(Permanent, match="is no file name for a partner"):
        partner.put(name, BODY)
    assert os.listdir(tmp_path / "in") == []


@pytest.mark.parametrize("name", ["..", "../in/x", "a\\b", "a\0b"])
def test_incoming_names_that_lead_elsewhere_are_refused(endpoint: Endpoint, name: str) -> None:
    with gateways.connect(endpoint) as partner, pytest.raises(Permanent, match="would lead out of its folder"):
        partner.get(name)


def test_a_full_disk_is_transient_and_leaves_the_old_file(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = Folder(endpoint)
    partner.put("m1.edi", b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Transient, match="No space left on device"):
        partner.put("m1.edi", BODY)
    assert (tmp_path / "in" / "m1.edi").read_bytes() == b"old"


def test_a_missing_folder_needs_a_person(tmp_path: Path) -> None:
    with gateways.connect(Endpoint("folder", root=str(tmp_path))) as partner:
        with pytest.raises(Permanent, match="No such file or directory"):
            partner.put("m1.edi", BODY)
        with pytest.raises(Permanent, match="is no folder"):
            partner.stat("m1.edi")
        with pytest.raises(Permanent, match="No such file or directory"):
            partner.list()


def test_folders_outside_the_root_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="leads out of"):
        gateways.connect(Endpoint("folder", root=str(tmp_path), outbox="../elsewhere"))
    with pytest.raises(Permanent, match="names no folder"):
        gateways.connect(Endpoint("folder"))


def test_an_unknown_transport_is_refused() -> None:
    with pytest.raises(Permanent, match=r'no transport "pigeon". Choose one of folder, sftp, ftp, ftps'):
        gateways.connect(Endpoint("pigeon"))


def test_a_file_too_large_is_not_fetched(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_FILE", 10)
    (tmp_path / "out" / "big.edi").write_bytes(b"x" * 11)
    with gateways.connect(endpoint) as partner, pytest.raises(Permanent, match=r"big.edi has 11 bytes"):
        partner.get("big.edi")


def test_passwords_stay_out_of_repr() -> None:
    assert "secret" not in repr(Endpoint("sftp", host="h", password="secret"))
