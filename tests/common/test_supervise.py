from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from common import supervise
from common.settings import ROOT, Settings
from tests.conversations.system import free_ports

CONSUME = ("python", "-m", "onestop", "transcripts", "consume")


def settings(web: int) -> Settings:
    onestop, rasa, actions = free_ports(3)
    return Settings(port=web, onestop_port=onestop, rasa_port=rasa, actions_port=actions)


def test_a_taken_port_is_one_line_that_names_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(supervise.CannotStart) as obstacle:
            supervise.check_machine(settings(port))
    assert str(port) in str(obstacle.value)
    assert "MOTCUA_PORT" in str(obstacle.value)
    assert "\n" not in str(obstacle.value)


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(free=10 * 1024**2))
    with pytest.raises(supervise.CannotStart, match="10 MB free"):
        supervise.check_machine(settings(free_ports(1)[0]))


def test_a_machine_with_room_and_free_ports_is_fit() -> None:
    supervise.check_machine(settings(free_ports(1)[0]))


def test_a_missing_python_is_one_line(tmp_path: Path) -> None:
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = subprocess.run(
        ["/bin/bash", ROOT / "scripts" / "setup.sh"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 is missing" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_model_is_trained_again_only_when_its_data_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "ROOT", tmp_path)
    for name in supervise.TRAINED_FROM:
        path = tmp_path / name
        path.mkdir(parents=True) if "." not in name else path.write_text("a: 1")
    before = supervise.training_fingerprint()
    assert supervise.training_fingerprint() == before
    (tmp_path / "data" / "nlu" / "new.yml").write_text("nlu: []")
    assert supervise.training_fingerprint() != before


def test_the_consumer_of_events_is_started_where_they_go_over_rabbitmq() -> None:
    without = supervise.processes(Settings(amqp_url=""))
    with_it = supervise.processes(Settings(amqp_url="amqp://somewhere/"))
    assert with_it.keys() - without.keys() == {supervise.CONSUMER}
    assert with_it[supervise.CONSUMER] == f"exec {' '.join(CONSUME)}"


def consumer(tmp_path: Path, **settings: str) -> subprocess.Popen[str]:
    own = {f"MOTCUA_{name.upper()}": value for name, value in settings.items()}
    database = {"MOTCUA_DATABASE_URL": f"sqlite:///{tmp_path}/onestop.db"}
    return subprocess.Popen(
        [sys.executable, *CONSUME[1:]],
        cwd=ROOT,
        env={**os.environ, **database, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_consumer_waits_for_rabbitmq_and_ends_on_sigterm(tmp_path: Path) -> None:
    (port,) = free_ports(1)  # nobody answers there
    process = consumer(tmp_path, amqp_url=f"amqp://guest:guest@127.0.0.1:{port}/")
    try:
        assert process.stdout
        assert "queue_lost" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert "Traceback" not in process.stdout.read()
    finally:
        process.kill()


def test_without_rabbitmq_the_consumer_says_in_one_line_that_it_has_nothing_to_do(
    tmp_path: Path,
) -> None:
    process = consumer(tmp_path, amqp_url="")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "MOTCUA_AMQP_URL is not set" in said
    assert len(said.splitlines()) == 1
