"""The running system's processes one by one, for tests that kill one of them.

`python -m common run` prepares the same, and starts the same Procfile; but its supervisor ends all processes
when one ends, and leaves beginning anew to whoever supervises it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from common import supervise
from common.settings import ROOT, Settings
from tests.conversations.system import START_SECONDS, STOP_SECONDS, System

PREPARE = "from common import supervise as s; s.prepare(s.read_settings())"


class Parts(System):
    """The system without its supervisor: each process can be killed and begun again."""

    def __init__(self, directory: Path, settings: dict[str, str] | None = None) -> None:
        super().__init__(directory, settings)
        self._commands = supervise.processes(
            Settings(amqp_url=self.environment.get("MOTCUA_AMQP_URL", ""))
        )
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Prepare, begin every process, and wait until all answer."""
        self.environment |= self._of_processes()
        prepare = [sys.executable, "-c", PREPARE]
        with self.log.open("wb") as out:
            subprocess.run(prepare, cwd=ROOT, env=self.environment, stdout=out, check=True)
        for name in self._commands:
            self.begin(name)
        self.wait()

    def begin(self, name: str) -> None:
        """Start a process of the Procfile."""
        with self.log.open("ab") as out:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                shell=True,
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process as a crash does: it has no time for anything."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self) -> None:
        """Wait until all parts answer.

        Raises:
            RuntimeError: with the end of the output, if they do not.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.healthy() and supervise.answers(f"{self._actions}/health"):
                return
            time.sleep(0.3)
        self.stop()
        raise RuntimeError(f"the system did not come up:\n{self.output()[-4000:]}")

    def stop(self) -> None:
        """Stop what runs, and kill what would not stop."""
        for process in self._running.values():
            os.killpg(process.pid, signal.SIGINT)
        for process in self._running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    @property
    def _actions(self) -> str:
        return f"http://127.0.0.1:{self.environment['MOTCUA_ACTIONS_PORT']}"

    def _of_processes(self) -> dict[str, str]:
        """What the supervisor adds to the environment of its processes."""
        ports = {
            name: int(self.environment[f"MOTCUA_{name.upper()}"])
            for name in ("rasa_port", "actions_port")
        }
        whole = supervise.process_environment(Settings(**ports))
        return {name: one for name, one in whole.items() if os.environ.get(name) != one}
