"""A whole installation of its own in a temporary folder: servers, worker and web server, to be killed at will."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections

from techsvc import celery_app, embedded
from techsvc.embedded.places import Home, home_of

ROOT = Path(__file__).resolve().parent.parent.parent
# Holds a lease on the servers, so that they outlive the processes that are killed; started anew it revives them.
KEEPER = "import sys; from techsvc import embedded; embedded.ensure(); print('up', flush=True); sys.stdin.read()"
PATIENCE = 120  # seconds: what is asked is whether it comes, not how fast


def wait_for(done: Callable[[], Any], what: str, *, patience: float = PATIENCE) -> None:
    """Poll until it is so; fails with the name of what never came."""
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until, f"After {patience} s still not: {what}"
        time.sleep(0.05)


@dataclass
class Plant:
    """`var` is the installation's own folder; nothing of the tests' servers or of the product's is touched."""

    var: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    keeper: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def home(self) -> Home:
        return home_of(self.var)

    @property
    def environ(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in embedded.addresses(self.var)}
        return ours | {"TECHSVC_VAR": str(self.var), "PYTHONPATH": str(ROOT), "SECRET_KEY": os.environ["SECRET_KEY"]}

    def start(self, *words: str, name: str) -> subprocess.Popen[bytes]:
        """A process in a session of its own, so that it is killed with everything that it started."""
        with (self.var / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.environ,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def open(self) -> None:
        """Start the database and the broker, or revive what has died of them."""
        before = self.keeper
        self.keeper = subprocess.Popen(
            [sys.executable, "-c", KEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=self.environ
        )
        assert self.keeper.stdout is not None
        assert self.keeper.stdout.readline() == b"up\n"
        if before is not None:
            before.communicate(b"", timeout=PATIENCE)

    def manage(self, *words: str) -> str:
        """A command of manage.py; fails with its words when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker, once it waits for the bell."""
        ready = self.told_ready()
        words = ("worker", "-Q", "default,edi,print,mail", "-c", "1", "--without-gossip", "--without-mingle")
        process = self.start("-m", "celery", "-A", "techsvc", *words, name="worker")
        wait_for(lambda: self.told_ready() > ready, "a worker that is ready")
        return process

    def told_ready(self) -> int:
        log = self.var / "worker.log"
        return log.read_text().count(" ready.") if log.exists() else 0

    def web(self) -> subprocess.Popen[bytes]:
        """The web server with two workers, once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ("-b", f"127.0.0.1:{self.port}", "-w", "2", "--threads", "2", "--no-control-socket", "techsvc.wsgi")
        process = self.start("-m", "gunicorn", *words, name="web")
        wait_for(self.answers, "an answer of the web server")
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As `kill -9` does, with everything that it started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=PATIENCE)
        self.processes.remove(process)

    def kill_web_workers(self) -> None:
        """The processes that answer requests; their master starts new ones."""
        (master,) = (process for process in self.processes if "gunicorn" in process.args)
        children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        for pid in children:
            os.kill(int(pid), signal.SIGKILL)

    def kill_database(self) -> None:
        """`kill -9` of the postmaster; its children notice by themselves."""
        pid = int((self.home.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{pid}").exists() or _zombie(pid), "the end of the database")

    def broker(self, *words: str) -> None:
        """One command to the broker, in its own protocol."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.home.broker_socket))
            line.sendall(" ".join(words).encode() + b"\r\n")
            line.recv(64)

    def flush_broker(self) -> None:
        self.broker("FLUSHALL")

    def stop_broker(self) -> None:
        self.broker("SHUTDOWN", "NOSAVE")
        wait_for(lambda: not self.home.broker_socket.exists(), "the end of the broker")

    def close(self) -> None:
        for process in list(self.processes):
            self.kill(process)
        if self.keeper is not None:
            self.keeper.communicate(b"", timeout=PATIENCE)
        shutil.rmtree(self.home.data, ignore_errors=True)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def connected(plant: Plant) -> Iterator[None]:
    """This process works with the plant's database and rings its broker's bells, as a process of it would."""
    default, conf = connections["default"], celery_app.conf
    before = dict(default.settings_dict)
    bells = {name: conf[name] for name in ("task_always_eager", "broker_url")}
    login = {"NAME": embedded.DATABASE, "USER": embedded.APP, "HOST": str(plant.home.run), "PORT": "", "PASSWORD": ""}
    connections.close_all()
    default.settings_dict.update(login)
    conf.update(task_always_eager=False, broker_url=embedded.addresses(plant.var)["REDIS_URL"])
    try:
        yield
    finally:
        connections.close_all()
        default.settings_dict.clear()
        default.settings_dict.update(before)
        conf.update(bells)
