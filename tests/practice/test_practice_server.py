"""The practice vendor's SFTP door, through our own transport."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from techsvc.kernel import gateways
from techsvc.kernel.gateways.errors import GatewayError, Permanent
from techsvc.kernel.gateways.sftp import Sftp
from techsvc.kernel.gateways.transport import Endpoint
from techsvc.practice import server, vendor
from techsvc.practice.vendor import Places
from tests.practice.conftest import NOW, orders_file


@pytest.fixture
def endpoint(places: Places) -> Iterator[Endpoint]:
    """The door, open."""
    opened, finished, ports, loops = threading.Event(), asyncio.Event(), [], []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        acceptor = await server.listen(places, 0, server.Account("library", "rehearsal"))
        ports.append(acceptor.get_port())
        opened.set()
        await finished.wait()
        acceptor.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert opened.wait(10)
    key = (places.root / "host_key.pub").read_text()
    yield Endpoint("sftp", "127.0.0.1", ports[0], "library", "rehearsal", key, timeout=5)
    loops[0].call_soon_threadsafe(finished.set)
    thread.join(10)


def test_an_order_goes_in_and_three_answers_come_out(places: Places, endpoint: Endpoint) -> None:
    with gateways.connect(endpoint) as partner:
        partner.put("m1.edi", orders_file("PO-1001"))
        assert vendor.step(places, NOW, patient=False) == 3
        found = [file.name for file in partner.list()]
        assert found == ["DESADV_D0000002.edi", "INVOIC_I0000003.edi", "ORDRSP_O0000001.edi"]
        bodies = [partner.get(name) for name in found]
        for name in found:
            partner.archive(name)
        assert partner.list() == []
    assert [
        body == (places.outgoing / "done" / name).read_bytes() for name, body in zip(found, bodies, strict=True)
    ] == [True] * 3


def test_the_wrong_password(endpoint: Endpoint) -> None:
    with pytest.raises(Permanent, match="refuses the user name or password"):
        gateways.connect(Endpoint("sftp", "127.0.0.1", endpoint.port, "library", "wrong", endpoint.host_key, timeout=5))


@pytest.mark.parametrize("path", ["host_key", "/host_key", "../host_key", "in/../host_key", "state.json", "kept"])
def test_the_vendors_own_files_are_out_of_reach(endpoint: Endpoint, places: Places, path: str) -> None:
    (places.root / "state.json").write_text("{}")
    with Sftp(endpoint) as partner, pytest.raises(GatewayError):
        partner._read(path)


def test_links_are_refused(endpoint: Endpoint, places: Places) -> None:
    with Sftp(endpoint) as partner, pytest.raises(OSError, match="Links are not allowed"):
        partner._sftp.symlink("/etc/passwd", "in/x")
    assert list(places.incoming.iterdir()) == [places.refused]


def test_the_host_key_is_private_and_stays(places: Places) -> None:
    first = server.host_key(places.root).export_public_key()
    assert server.host_key(places.root).export_public_key() == first == (places.root / "host_key.pub").read_bytes()
    assert (places.root / "host_key").stat().st_mode & 0o777 == 0o600
