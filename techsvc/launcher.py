"""What `make run` runs: the whole system on one machine, until Ctrl-C.

Starts the built-in database and broker, brings the tables up to date, fills an empty database with the demo
library, then runs the web server, the worker, the beat and the practice vendor, and starts again what dies.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ImproperlyConfigured

from techsvc import embedded
from techsvc.environment import number, text

BASE_DIR = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds that the web server gets to answer, and that the parts get to stop
LONGEST_PAUSE = 30  # seconds between two starts of a part that keeps dying
DEATHS_TOLD = 5  # a part that keeps dying is tried on, but not told of for ever
STEADY = 60  # seconds after which a part counts as running well
LOG_LIMIT = 10_000_000  # bytes; a longer log is put aside at the next start
PR_SET_PDEATHSIG = 1
# Its control socket would lie in the account's home, one for every installation of the account.
GUNICORN = ("-w", "2", "--threads", "4", "--no-control-socket")


def say(sentence: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


@dataclass
class Part:
    """One process of the system: its program, and how often it has died in a row."""

    name: str
    words: list[str]
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0

    @property
    def log(self) -> Path:
        return embedded.var_dir() / "log" / f"{self.name.replace(' ', '-')}.log"

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the launcher alone."""
        self.started = time.monotonic()
        with _open_log(self.log) as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=BASE_DIR,
                env=os.environ | self.environ,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )

    def tend(self) -> None:
        """Notice a death and start the part again, later each time."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.deaths = 1 if now - self.started > STEADY else self.deaths + 1
        pause = min(2 ** (self.deaths - 1), LONGEST_PAUSE)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        if self.deaths <= DEATHS_TOLD:
            say(f"The {self.name} {how}; it starts again in {pause} s. Its last words are in {self.log}.")
        self.process, self.due = None, now + pause

    def signal(self, number: int) -> None:
        """Send a signal to the part and everything that it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def _die_with_parent() -> Callable[[], Any] | None:
    """On Linux the kernel ends the parts when the launcher itself is killed without a chance to do so."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def parts(host: str, port: int) -> list[Part]:
    """The processes of the system."""
    celery = ["-m", "celery", "-A", "techsvc"]
    queues = "default,edi,print,mail"
    long_statements = {"STATEMENT_TIMEOUT": "1800"}  # seconds: loads and the year end are one statement each
    return [
        Part("web", ["-m", "gunicorn", "-b", f"{host}:{port}", *GUNICORN, "techsvc.wsgi"]),
        Part("worker", [*celery, "worker", "-Q", queues, "-c", "2", "--without-gossip"], long_statements),
        Part("beat", [*celery, "beat", "--pidfile=", "-s", str(embedded.var_dir() / "beat-schedule")]),
        Part("practice vendor", ["-m", "techsvc.practice"], {"PRACTICE_DIR": str(embedded.var_dir() / "practice")}),
    ]


def manage(*words: str) -> str:
    """Run a management command to its end; a failure ends the launcher with what the command said."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\n`manage.py {' '.join(words)}` failed, so nothing was started.")
    return done.stdout


def refuse_taken_port(host: str, port: int) -> None:
    """End with a sentence when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SystemExit(
                f"Port {port} on {host} can't be used ({problem.strerror}). "
                f"Stop the program that has it, or choose another port: PORT={port % 65535 + 1} make run"
            ) from problem


def answers(port: int) -> bool:
    """Wait until the web server answers; False when it doesn't within PATIENCE."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def stop(running: list[Part]) -> None:
    """Ask every part to end, and end those that don't."""
    for part in running:
        part.signal(signal.SIGTERM)
    for part in running:
        if part.process is not None:
            try:
                part.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                say(f"The {part.name} did not stop within {PATIENCE} s and was ended.")
                part.signal(signal.SIGKILL)


def watch(running: list[Part]) -> None:
    """Start again whatever dies, servers included; never returns."""
    for turn in itertools.count():
        time.sleep(0.5)
        if turn % 10 == 0:
            for server in embedded.ensure():
                say(f"The built-in {server} had died and was started again.")
        for part in running:
            part.tend()


def prepare() -> None:
    """Bring tables, demo rows and static files up to date."""
    say("Preparing the database …")
    with ThreadPoolExecutor() as pool:
        static = pool.submit(manage, "collectstatic", "--noinput", "-v", "0")
        manage("migrate", "--noinput", "-v", "0")
        manage("demo", "--if-empty")
        static.result()


def main() -> None:
    """Run the system until Ctrl-C or SIGTERM."""
    try:
        host, port = text("BIND", "127.0.0.1"), number("PORT", 8000, low=1, high=65535)
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from problem
    for wanted in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, signal.default_int_handler)  # raises KeyboardInterrupt, as Ctrl-C does
    running = parts(host, port)
    try:
        refuse_taken_port(host, port)
        embedded.ensure()
        prepare()
        for part in running:
            part.start()
        if not answers(port):
            raise SystemExit(f"The web server did not answer within {PATIENCE} s; see {running[0].log}.")
        say(f"\ntechsvc runs at {text('PUBLIC_URL', f'http://127.0.0.1:{port}')}\n")
        say(manage("demo", "--logins"))
        say("Ctrl-C stops it.")
        watch(running)
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        stop(running)


if __name__ == "__main__":
    main()
