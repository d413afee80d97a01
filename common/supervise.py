"""`python -m common run`: everything up under one supervisor, until Ctrl-C.

Checks what can be checked before it starts (settings, ports, disk), migrates, loads the shipped catalogue,
trains if the training data changed, starts the Procfile's processes, waits until all answer, and prints
the page's address.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from pydantic import ValidationError

from common.settings import ROOT, Settings

MIN_FREE_BYTES = 500 * 1024 * 1024
START_SECONDS = 180
# Named one by one: Rasa takes every YAML file with a key `rules` or `nlu` below `data/` for its own.
TRAINING_DATA = ("data/nlu", "data/rules", "data/stories")
TRAINED_FROM = ("config.yml", "domain.yml", *TRAINING_DATA, "bot/nlu")
CONSUMER = "transcripts"  # the process that takes conversations' events from RabbitMQ
MODEL = ROOT / "models" / "current.tar.gz"


class CannotStart(Exception):
    """What stands in the way, in one line."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"▸ {text}", flush=True)


def read_settings() -> Settings:
    """The settings, or one line that names what is wrong with them.

    Raises:
        CannotStart: with the variables' names, never their values.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"MOTCUA_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise CannotStart(f"a setting is wrong (see .env.example): {faults}") from error


def check_machine(config: Settings) -> None:
    """Raise `CannotStart` if a port is taken or the disk is full."""
    ports = {
        "MOTCUA_PORT": config.port,
        "MOTCUA_ONESTOP_PORT": config.onestop_port,
        "MOTCUA_GATEWAY_PORT": config.gateway_port,
        "MOTCUA_RASA_PORT": config.rasa_port,
        "MOTCUA_ACTIONS_PORT": config.actions_port,
    }
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host if name == "MOTCUA_PORT" else "127.0.0.1", port))
            except OSError as error:
                raise CannotStart(
                    f"port {port} is taken ({error.strerror}); free it or set {name} in .env"
                ) from error
    free = shutil.disk_usage(ROOT).free
    if free < MIN_FREE_BYTES:
        raise CannotStart(f"the disk is nearly full: {free // 1024**2} MB free, 500 MB needed")


def training_fingerprint(root: Path | None = None) -> str:
    """A digest of all that a model is trained from; the code is always this project's.

    Args:
        root: where the data lies when it is not this project's own (a proposal's working copy).
    """
    digest = hashlib.sha256()
    root = root or ROOT
    for name in TRAINED_FROM:
        path = (ROOT if name.startswith("bot/") else root) / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{name}/{file.relative_to(path)}".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def process_environment(config: Settings) -> dict[str, str]:
    """The environment of our processes: every setting that Rasa's YAML files name is there."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "MOTCUA_INTERNAL_TOKEN": config.internal_token.get_secret_value(),
        "MOTCUA_RASA_PORT": str(config.rasa_port),
        "MOTCUA_ACTIONS_PORT": str(config.actions_port),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }


def train(config: Settings, force: bool = False) -> bool:
    """Train a model unless the present one was trained from the same data; whether it trained.

    Raises:
        CannotStart: if Rasa could not train.
    """
    mark = MODEL.with_suffix(".fingerprint")
    fingerprint = training_fingerprint()
    if not force and MODEL.exists() and mark.exists() and mark.read_text() == fingerprint:
        return False
    say("training the model (the training data changed) …")
    MODEL.parent.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "rasa", "train", "--data", *TRAINING_DATA),
            *("--fixed-model-name", "current", "--out", "models"),
        ],
        cwd=ROOT,
        env=process_environment(config),
        check=False,
    )
    if done.returncode or not MODEL.exists():
        raise CannotStart("rasa train failed; its message stands above")
    mark.write_text(fingerprint)
    return True


def prepare(config: Settings) -> None:
    """Migrate the databases, load the shipped catalogue, train if needed."""
    from common.__main__ import PACKAGES, database_url
    from common.migrations import upgrade

    say("migrating the databases …")
    for package in PACKAGES:
        upgrade(package, database_url(package))
    say("loading the shipped catalogue …")
    subprocess.run(
        [sys.executable, "-m", "onestop", "catalogue", "load-shipped"],
        cwd=ROOT,
        env=process_environment(config),
        check=True,
    )
    train(config)


def answers(url: str) -> bool:
    """Whether an address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - loopback
            return bool(response.status < 400)
    except (urllib.error.URLError, OSError):
        return False


def processes(config: Settings) -> dict[str, str]:
    """The Procfile's commands by name: those that these settings need."""
    found: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    if not config.amqp_url.get_secret_value():
        found.pop(CONSUMER, None)  # events come over HTTP: it would have nothing to do, and end
    return found


def _announce(config: Settings, manager: Manager, stopped: threading.Event) -> None:
    waiting = {
        "web": f"http://{config.host}:{config.port}/health",
        "actions": f"http://127.0.0.1:{config.actions_port}/health",
        "rasa": f"http://127.0.0.1:{config.rasa_port}/",
    }
    deadline = time.monotonic() + START_SECONDS
    while waiting and not stopped.is_set():
        for name in [name for name, url in waiting.items() if answers(url)]:
            del waiting[name]
            say(f"{name} answers" + (f"; waiting for {', '.join(waiting)} …" if waiting else ""))
        if waiting and time.monotonic() > deadline:
            say(f"gave up: {', '.join(waiting)} did not answer in {START_SECONDS} s")
            manager.terminate()
            return
        stopped.wait(0.5)
    if not stopped.is_set():
        say(f"ready: http://{config.host}:{config.port}/   (Ctrl-C stops everything)")


def run() -> int:
    """Start everything and stay until it stops; the exit status of the first process that failed."""
    config = read_settings()
    check_machine(config)
    prepare(config)
    manager = Manager()
    environment = process_environment(config)
    commands = processes(config)
    for name, command in commands.items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    stopped = threading.Event()
    threading.Thread(target=_announce, args=(config, manager, stopped), daemon=True).start()
    say(f"starting {', '.join(commands)} …")
    manager.loop()
    stopped.set()
    # 130 and 143: stopped by Ctrl-C or a supervisor above, as wished.
    return 0 if manager.returncode in (None, 130, 143) else int(manager.returncode)
