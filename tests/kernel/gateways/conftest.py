"""Real servers on loopback: SFTP, FTP with and without TLS, and hosts that misbehave."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import ThreadedFTPServer

from techsvc.kernel.gateways.transport import Endpoint

USER, PASSWORD = "library", "a good password"


@dataclass
class SftpServer:
    """A running SFTP server: its folder, port, key, and every password that it was offered."""

    root: Path
    port: int = 0
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    offered: list[tuple[str, str]] = field(default_factory=list)
    slow_login: bool = False
    break_on_rename: bool = False
    posix_rename: bool = True

    @property
    def key_line(self) -> str:
        return self.key.export_public_key().decode().strip()

    def endpoint(self, **changes: object) -> Endpoint:
        known: dict[str, object] = {
            "kind": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "username": USER,
            "password": PASSWORD,
            "host_key": self.key_line,
            "timeout": 5.0,
        }
        return Endpoint(**(known | changes))  # type: ignore[arg-type]


class Doorkeeper(asyncssh.SSHServer):
    def __init__(self, server: SftpServer) -> None:
        self.server = server

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        self.server.offered.append((username, password))
        if self.server.slow_login:
            await asyncio.sleep(30)
        return (username, password) == (USER, PASSWORD)


class Files(asyncssh.SFTPServer):
    def __init__(self, chan: asyncssh.SSHServerChannel, server: SftpServer) -> None:
        super().__init__(chan, chroot=str(server.root))
        self.server, self.chan = server, chan

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self.server.break_on_rename:
            self.chan.get_connection().abort()
            return
        if not self.server.posix_rename:
            raise asyncssh.SFTPOpUnsupported("no such extension here")
        super().posix_rename(oldpath, newpath)


@pytest.fixture
def sftp_server(tmp_path: Path) -> Iterator[SftpServer]:
    """An SFTP server in a thread, with folders in/ and out/."""
    server = SftpServer(tmp_path / "partner")
    for folder in ("in", "out"):
        (server.root / folder).mkdir(parents=True)
    ready, finished = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: Doorkeeper(server),
            server_host_keys=[server.key],
            sftp_factory=lambda chan: Files(chan, server),
        )
        server.port = acceptor.get_port()
        ready.set()
        await finished.wait()
        acceptor.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    loops[0].call_soon_threadsafe(finished.set)
    thread.join(10)


@dataclass
class FtpServer:
    """A running FTP server: its folder, port and certificate (PEM, empty without TLS)."""

    root: Path
    port: int
    certificate: str

    def endpoint(self, **changes: object) -> Endpoint:
        known: dict[str, object] = {
            "kind": "ftps" if self.certificate else "ftp",
            "host": "127.0.0.1",
            "port": self.port,
            "username": USER,
            "password": PASSWORD,
            "host_key": self.certificate,
            "timeout": 5.0,
        }
        return Endpoint(**(known | changes))  # type: ignore[arg-type]


def self_signed(folder: Path) -> Path:
    """A PEM file with a new key and its certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(params=["ftp", "ftps"])
def ftp_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FtpServer]:
    """An FTP server in a thread, once without and once with TLS."""
    root = tmp_path / "partner"
    for folder in ("in", "out"):
        (root / folder).mkdir(parents=True)
    users = DummyAuthorizer()
    users.add_user(USER, PASSWORD, str(root), perm="elradfmwMT")
    certificate, base = "", FTPHandler
    options: dict[str, object] = {"authorizer": users, "auth_failed_timeout": 0}
    if request.param == "ftps":
        pem = self_signed(tmp_path)
        certificate = "-----BEGIN CERT" + pem.read_text().split("-----BEGIN CERT", 1)[1]
        base = TLS_FTPHandler
        options |= {"certfile": str(pem), "tls_control_required": True, "tls_data_required": True}
    handler = type("Handler", (base,), options)
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.05, "handle_exit": False}, daemon=True)
    thread.start()
    yield FtpServer(root, server.socket.getsockname()[1], certificate)
    server.close_all()
    thread.join(10)


@pytest.fixture
def tarpit() -> Iterator[Callable[[bytes], int]]:
    """A host that accepts connections, says `greeting` and then nothing; returns its port."""
    open_sockets: list[socket.socket] = []

    def start(greeting: bytes = b"") -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        open_sockets.append(listener)

        def accept() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                open_sockets.append(line)
                line.sendall(greeting)

        threading.Thread(target=accept, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for each in open_sockets:
        each.close()
