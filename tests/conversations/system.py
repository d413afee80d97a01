"""The whole system as `make run` starts it, on ports and databases of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from common.settings import ROOT

START_SECONDS = 300
STOP_SECONDS = 30


# Of these Linux gives none to outgoing connections: what is free now is still so when it is used.
PORTS = range(12_000, 32_000)
_drawn: set[int] = set()


def free_ports(count: int) -> list[int]:
    """Ports that are free now and were not drawn before.

    By lot, for other runs draw as well; each process of pytest-xdist from a share of its own.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = PORTS[number :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))]
    found: list[int] = []
    for port in random.SystemRandom().sample(share, len(share)):
        if len(found) == count:
            break
        if port in _drawn:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
            _drawn.add(port)
    return found


class System:
    """`python -m common run` in a child process; its output is kept for a failure's report."""

    def __init__(self, directory: Path, settings: dict[str, str] | None = None) -> None:
        web, onestop, gateway, rasa, actions = free_ports(5)
        self.url = f"http://127.0.0.1:{web}"
        self.environment = {
            **os.environ,
            "MOTCUA_PORT": str(web),
            "MOTCUA_ONESTOP_PORT": str(onestop),
            "MOTCUA_GATEWAY_PORT": str(gateway),
            "MOTCUA_RASA_PORT": str(rasa),
            "MOTCUA_ACTIONS_PORT": str(actions),
            "MOTCUA_DATABASE_URL": f"sqlite:///{directory}/onestop.db",
            "MOTCUA_GATEWAY_DATABASE_URL": f"sqlite:///{directory}/gateway.db",
            "MOTCUA_TRACKER_DATABASE_URL": f"sqlite:///{directory}/tracker.db",
            "MOTCUA_UPLOAD_DIRECTORY": f"{directory}/uploads",
            # Scripts type faster than people.
            "MOTCUA_CHAT_MESSAGES_PER_MINUTE": "10000",
            "MOTCUA_SESSIONS_PER_MINUTE": "10000",
            # Scripts want the assistant's answer, at any hour; a person has tests of its own.
            "MOTCUA_HANDOVER": "off",
            # Tests run at night too.
            "MOTCUA_NOTICE_QUIET_FROM": "00:00",
            "MOTCUA_NOTICE_QUIET_UNTIL": "00:00",
            **(settings or {}),
        }
        self.log = directory / "system.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until everything answers.

        Raises:
            RuntimeError: with the end of the output, if it does not come up.
        """
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "common", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if "ready: http" in self.output() and self.healthy():
                return
            time.sleep(0.5)
        self.stop()
        raise RuntimeError(f"the system did not come up:\n{self.output()[-4000:]}")

    def healthy(self) -> bool:
        """Whether the page's process says that all parts answer."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=3) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def output(self) -> str:
        """What it printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def command(self, *arguments: str) -> str:
        """Run `python -m onestop …` on the system's databases; returns its output."""
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def gateway(self, *arguments: str) -> str:
        """Run `python -m gateway …` beside the system; returns its output."""
        done = self._run(*arguments, package="gateway")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *arguments: str) -> str:
        """Run a command that must fail; returns what it says of the reason."""
        done = self._run(*arguments)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def _run(self, *arguments: str, package: str = "onestop") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", package, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and whatever would not."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
