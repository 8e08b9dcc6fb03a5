"""The SFTP transport against a real server."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

import asyncssh
import pytest

from techsvc.kernel import gateways
from techsvc.kernel.gateways import sftp
from techsvc.kernel.gateways.errors import Permanent, Transient, Unknown
from techsvc.kernel.gateways.transport import Endpoint, Found, RemoteFile
from tests.kernel.gateways.conftest import PASSWORD, USER, SftpServer

BODY = bytes(range(256)) * 400


def test_put_stat_and_resend_leave_one_file(sftp_server: SftpServer) -> None:
    with gateways.connect(sftp_server.endpoint()) as partner:
        assert partner.stat("m1.edi") is None
        partner.put("m1.edi", b"first")
        partner.put("m1.edi", BODY)
        assert partner.stat("m1.edi") == Found(len(BODY), hashlib.sha256(BODY).hexdigest())
    assert os.listdir(sftp_server.root / "in") == ["m1.edi"]


def test_a_server_without_posix_rename(sftp_server: SftpServer) -> None:
    sftp_server.posix_rename = False
    with gateways.connect(sftp_server.endpoint()) as partner:
        partner.put("m1.edi", b"first")
        partner.put("m1.edi", BODY)
    assert (sftp_server.root / "in" / "m1.edi").read_bytes() == BODY
    assert os.listdir(sftp_server.root / "in") == ["m1.edi"]


def test_list_get_and_archive(sftp_server: SftpServer) -> None:
    out = sftp_server.root / "out"
    (out / "b.edi").write_bytes(BODY)
    (out / "a.edi").write_bytes(b"x")
    (out / ".c.edi.part").write_bytes(b"half")
    (out / "done").mkdir()
    (out / "done" / "b.edi").write_bytes(b"an older one")
    with gateways.connect(sftp_server.endpoint()) as partner:
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


def test_another_host_key_stops_before_the_password(sftp_server: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(Permanent, match="another host key than the approved one") as caught:
        gateways.connect(sftp_server.endpoint(host_key=other))
    assert sftp_server.offered == []
    assert sftp.fingerprint(sftp_server.key_line) in caught.value.text


def test_a_host_key_of_another_type_stops_before_the_password(sftp_server: SftpServer) -> None:
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    with pytest.raises(Permanent, match="host key"):
        gateways.connect(sftp_server.endpoint(host_key=other))
    assert sftp_server.offered == []


@pytest.mark.parametrize(
    ("line", "text"),
    [("", "No host key is approved"), ("ssh-ed25519", "No host key is approved"), ("ssh-ed25519 ???", "can't be read")],
)
def test_without_a_host_key_nothing_is_tried(sftp_server: SftpServer, line: str, text: str) -> None:
    with pytest.raises(Permanent, match=text):
        gateways.connect(sftp_server.endpoint(host_key=line))
    assert sftp_server.offered == []


def test_the_offered_key_can_be_fetched_for_approval(sftp_server: SftpServer) -> None:
    line = sftp.offered_key("127.0.0.1", sftp_server.port, timeout=5)
    assert line == " ".join(sftp_server.key_line.split()[:2])
    assert sftp.fingerprint(line) == sftp_server.key.get_fingerprint()
    assert sftp_server.offered == []


def test_a_wrong_password_needs_a_person(sftp_server: SftpServer) -> None:
    with pytest.raises(Permanent, match="refuses the user name or password"):
        gateways.connect(sftp_server.endpoint(password="wrong"))
    assert sftp_server.offered == [(USER, "wrong")]
    assert PASSWORD not in str(sftp_server.offered)


def test_a_missing_folder_needs_a_person(sftp_server: SftpServer) -> None:
    with gateways.connect(sftp_server.endpoint(outbox="orders", inbox="answers")) as partner:
        with pytest.raises(Permanent, match="No such file"):
            partner.put("m1.edi", BODY)
        with pytest.raises(Permanent, match="No such file"):
            partner.list()
        with pytest.raises(Permanent, match="No such file"):
            partner.get("a.edi")


def test_a_line_that_breaks_at_delivery_leaves_an_unknown(sftp_server: SftpServer) -> None:
    sftp_server.break_on_rename = True
    with (
        gateways.connect(sftp_server.endpoint()) as partner,
        pytest.raises(Unknown, match=r"m1\.edi was being delivered"),
    ):
        partner.put("m1.edi", BODY)
    assert os.listdir(sftp_server.root / "in") == [".m1.edi.part"]


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-tarpit\r\n"])
def test_a_server_that_never_answers_times_out(tarpit: Callable[[bytes], int], greeting: bytes) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    endpoint = Endpoint("sftp", "127.0.0.1", tarpit(greeting), USER, PASSWORD, key, timeout=1)
    started = time.monotonic()
    with pytest.raises(Transient, match="Can't reach sftp 127"):
        gateways.connect(endpoint)
    assert time.monotonic() - started < 4


def test_a_server_that_hangs_at_login_times_out(sftp_server: SftpServer) -> None:
    sftp_server.slow_login = True
    started = time.monotonic()
    with pytest.raises(Transient, match="Can't reach"):
        gateways.connect(sftp_server.endpoint(timeout=1.0))
    assert time.monotonic() - started < 4


def test_nobody_listening_is_transient(sftp_server: SftpServer) -> None:
    with pytest.raises(Transient, match="Can't reach"):
        gateways.connect(sftp_server.endpoint(port=1))
