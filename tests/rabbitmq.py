"""A RabbitMQ of the test's own: Debian's server on a free port, with its files in a scratch directory."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import time
from pathlib import Path

import aio_pika
import pytest

from tests.conversations.system import free_ports

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90


class Broker:
    """A broker that can be killed and started again with what it has stored."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port, self._distribution, self._names = free_ports(3)
        self._process: subprocess.Popen[bytes] | None = None
        # Erlang's name server; one that RabbitMQ starts itself would stay for ever.
        self._name_server = subprocess.Popen(
            ["epmd", "-port", str(self._names), "-address", "127.0.0.1"]
        )
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/"
        (directory / "erlang").mkdir()
        cookie = directory / "erlang" / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        (directory / "plugins").write_text("[].")
        (directory / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self._port}\n")

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        files = self._directory
        environment = {
            **os.environ,
            "HOME": str(files / "erlang"),
            "RABBITMQ_NODENAME": f"motcua{self._port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "ERL_EPMD_PORT": str(self._names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(files / "mnesia"),
            "RABBITMQ_LOG_BASE": str(files / "log"),
            "RABBITMQ_CONFIG_FILE": str(files / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(files / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(files / "none"),
        }
        with (files / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [SERVER],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                asyncio.run(self._connect())
            except Exception:
                time.sleep(0.2)
            else:
                return
        pytest.fail((files / "output").read_text(errors="replace")[-2000:])

    async def _connect(self) -> None:
        connection = await aio_pika.connect(self.url, timeout=2)
        await connection.close()

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self._name_server.kill()
        self._name_server.wait(30)


def available() -> bool:
    """Whether there is a server to start; in CI there must be one."""
    if SERVER.exists():
        return True
    if os.environ.get("CI"):
        raise RuntimeError("CI tests with RabbitMQ too: use `make test`, which installs it")
    return False
