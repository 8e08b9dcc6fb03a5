"""Run the practice vendor: `python -m techsvc.practice`.

PRACTICE_DIR       its directory (var/practice)
PRACTICE_PORT      the SFTP port on this machine (8022)
PRACTICE_USER      the library's login (library)
PRACTICE_PASSWORD  and its password (rehearsal); the server listens on 127.0.0.1 only
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from techsvc.practice import server, vendor
from techsvc.practice.scenario import ScenarioError
from techsvc.practice.vendor import Places

log = logging.getLogger("techsvc.practice")


class Clerk:
    """Works once a second; a mistake in scenario.json is told once, and orders wait until it is corrected."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.told = ""

    def work(self) -> None:
        """One round."""
        try:
            vendor.step(self.places, datetime.now(UTC))
            self.told = ""
        except (ScenarioError, OSError) as error:
            if str(error) != self.told:
                self.told = str(error)
                log.error("%s Orders wait until this is corrected.", error)


async def serve(places: Places, port: int, account: server.Account) -> None:
    """Until SIGTERM or Ctrl-C."""
    finished = asyncio.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(stop, finished.set)
    acceptor = await server.listen(places, port, account)
    log.info("The practice vendor listens on %s:%d, folder %s.", server.HOST, acceptor.get_port(), places.root)
    log.info("Host key: %s", (places.root / "host_key.pub").read_text().strip())
    await server.every_second(Clerk(places).work, finished)
    acceptor.close()
    await acceptor.wait_closed()


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m techsvc.practice", description="A vendor to rehearse with.")
    parser.add_argument("--once", action="store_true", help="answer what is there, all at once, and exit")
    parser.add_argument("--forget", action="store_true", help="forget all orders and answers, and exit")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    places = Places(Path(os.environ.get("PRACTICE_DIR", "var/practice")).resolve())
    try:
        if chosen.forget:
            vendor.forget(places)
        elif chosen.once:
            vendor.step(places, datetime.now(UTC), patient=False)
        else:
            asyncio.run(serve(places, port_number(), account_from_environment()))
    except (ScenarioError, ValueError, OSError) as error:
        log.error("%s", error)
        return 2
    return 0


def port_number() -> int:
    """From the environment; raises ValueError with a sentence."""
    text = os.environ.get("PRACTICE_PORT", "8022")
    if not text.isdigit() or int(text) > 65535:
        raise ValueError(f'PRACTICE_PORT is "{text}"; it should be a number up to 65535.')
    return int(text)


def account_from_environment() -> server.Account:
    """The library's login."""
    return server.Account(os.environ.get("PRACTICE_USER", "library"), os.environ.get("PRACTICE_PASSWORD", "rehearsal"))


if __name__ == "__main__":
    sys.exit(main())
