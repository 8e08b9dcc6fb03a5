"""FTP and FTPS against real servers; each test runs with both."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

import pytest

from techsvc.kernel import gateways
from techsvc.kernel.gateways.errors import Permanent, Transient, Unknown
from techsvc.kernel.gateways.ftp import Ftp
from techsvc.kernel.gateways.transport import Endpoint, Found, RemoteFile
from tests.kernel.gateways.conftest import PASSWORD, USER, FtpServer

BODY = bytes(range(256)) * 400


def test_put_stat_and_resend_leave_one_file(ftp_server: FtpServer) -> None:
    with gateways.connect(ftp_server.endpoint()) as partner:
        assert partner.stat("m1.edi") is None
        partner.put("m1.edi", b"first")
        partner.put("m1.edi", BODY)
        assert partner.stat("m1.edi") == Found(len(BODY), hashlib.sha256(BODY).hexdigest())
    assert os.listdir(ftp_server.root / "in") == ["m1.edi"]


def test_list_get_and_archive(ftp_server: FtpServer) -> None:
    out = ftp_server.root / "out"
    (out / "b.edi").write_bytes(BODY)
    (out / "a.edi").write_bytes(b"x")
    (out / ".c.edi.part").write_bytes(b"half")
    (out / "done").mkdir()
    (out / "done" / "b.edi").write_bytes(b"an older one")
    with gateways.connect(ftp_server.endpoint()) as partner:
        assert partner.list() == [RemoteFile("a.edi", 1), RemoteFile("b.edi", len(BODY))]
        assert partner.get("b.edi") == BODY
        partner.archive("b.edi")
        partner.archive("a.edi")
        assert partner.list() == []
    assert {p.name: p.read_bytes() for p in (out / "done").iterdir()} == {
        "a.edi": b"x",
        "b.edi": b"an older one",
        "b.edi~2": BODY,
    }


def test_listing_without_mlsd(ftp_server: FtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    (ftp_server.root / "out" / "a.edi").write_bytes(BODY)
    (ftp_server.root / "out" / "done").mkdir()
    with Ftp(ftp_server.endpoint()) as partner:
        monkeypatch.setattr(partner, "_mlsd", lambda: partner._ftp.voidcmd("NOSUCH"))
        assert partner.list() == [RemoteFile("a.edi", len(BODY))]


def test_a_wrong_password_needs_a_person(ftp_server: FtpServer) -> None:
    with pytest.raises(Permanent, match="refuses the user name or password"):
        gateways.connect(ftp_server.endpoint(password="wrong"))


def test_a_missing_folder_needs_a_person(ftp_server: FtpServer) -> None:
    with gateways.connect(ftp_server.endpoint(outbox="orders", inbox="answers")) as partner:
        with pytest.raises(Permanent, match="Can't write orders"):
            partner.put("m1.edi", BODY)
        with pytest.raises(Permanent, match="Can't list answers"):
            partner.list()


def test_an_untrusted_certificate_stops_before_the_password(ftp_server: FtpServer) -> None:
    if not ftp_server.certificate:
        pytest.skip("Plain FTP has no certificate.")
    with pytest.raises(Permanent, match=r"is not trusted.*No password was sent"):
        gateways.connect(ftp_server.endpoint(host_key=""))


def test_an_unreadable_certificate_is_named() -> None:
    with pytest.raises(Permanent, match="should be a PEM text"):
        gateways.connect(Endpoint("ftps", "127.0.0.1", 1, USER, PASSWORD, "not a certificate", timeout=1))


def test_a_line_that_breaks_at_delivery_leaves_an_unknown(
    ftp_server: FtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(part: str, final: str) -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    with Ftp(ftp_server.endpoint()) as partner:
        monkeypatch.setattr(partner, "_rename_over", broken)
        with pytest.raises(Unknown, match=r"m1\.edi was being delivered: Connection reset by peer"):
            partner.put("m1.edi", BODY)
    assert os.listdir(ftp_server.root / "in") == [".m1.edi.part"]


def test_a_server_that_never_answers_times_out(tarpit: Callable[[bytes], int]) -> None:
    started = time.monotonic()
    for greeting in (b"", b"220 welcome\r\n"):
        with pytest.raises(Transient, match="no answer in time"):
            gateways.connect(Endpoint("ftp", "127.0.0.1", tarpit(greeting), USER, PASSWORD, timeout=0.5))
    assert time.monotonic() - started < 4
