"""Models: trained beside the one in use, put to use in the running servers, and back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import aiohttp

from bot.training.project import Project
from common.settings import ROOT, Settings
from common.supervise import TRAINING_DATA, process_environment, training_fingerprint

CURRENT, CANDIDATE, PREVIOUS = "current", "candidate", "previous"
TIMEOUT = aiohttp.ClientTimeout(total=120)


class CannotTrainError(Exception):
    """Rasa could not train; its message was printed."""


class RefusedError(Exception):
    """A running server could not load the model; all use the old one."""


def train(project: Project, config: Settings) -> None:
    """Train `candidate.tar.gz` from the project's data.

    Raises:
        CannotTrainError: if Rasa could not.
    """
    done = subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "rasa", "train", "--data", *TRAINING_DATA),
            *("--fixed-model-name", CANDIDATE, "--out", "models"),
        ],
        cwd=project.root,
        env={**process_environment(config), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    if done.returncode or not _archive(project, CANDIDATE).exists():
        raise CannotTrainError
    _mark(project, CANDIDATE).write_text(training_fingerprint(project.root))


class InUse(NamedTuple):
    """How many running servers use the model that was asked for, and how many were not there to ask."""

    running: int
    away: int


async def load(name: str, config: Settings) -> InUse:
    """Have every Rasa server use a model of its folder from the next message on.

    A server answers what it has taken with the old model; the gateway keeps what comes meanwhile. All use the
    same model afterwards, or the one that was in use: if one refuses, the others are told to go back.

    Raises:
        RefusedError: if one cannot load the model.
    """
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    changed: list[str] = []
    away = 0
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session:
        for server in config.rasa_servers:
            try:
                await _use(session, server, name)
                changed.append(server)
            except aiohttp.ClientConnectorError:
                away += 1
            except (RefusedError, aiohttp.ClientError, TimeoutError) as error:
                await _go_back(session, [*changed, server])
                raise RefusedError(f"{server}: {error or type(error).__name__}") from error
    return InUse(len(changed), away)


async def _use(session: aiohttp.ClientSession, server: str, name: str) -> None:
    async with session.put(f"{server}/webhooks/gateway/model", json={"name": name}) as response:
        if response.status != 200:
            raise RefusedError(f"status {response.status}")


async def _go_back(session: aiohttp.ClientSession, servers: Sequence[str]) -> None:
    """Have servers use the current model again; one that does not answer takes it at its next start."""
    for server in servers:
        with suppress(RefusedError, aiohttp.ClientError, TimeoutError):
            await _use(session, server, CURRENT)


def keep_learnt(project: Project) -> None:
    """Keep the learnt files as they are beside the candidate, for when it fails and for the way back."""
    kept = project.models / CANDIDATE
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for file in project.learnt:
        if file.exists():
            shutil.copyfile(file, kept / f"{file.parent.name}.yml")


def restore_learnt(project: Project, name: str) -> None:
    """The learnt files as they were before the candidate, or before the model that `back` takes away."""
    for file in project.learnt:
        kept = project.models / name / f"{file.parent.name}.yml"
        if kept.exists():
            shutil.copyfile(kept, file)
        else:
            file.unlink(missing_ok=True)


def promote(project: Project) -> None:
    """Make the candidate the current model; the current one becomes the previous, its learnt files with it."""
    for name, to in ((CURRENT, PREVIOUS), (CANDIDATE, CURRENT)):
        if _archive(project, name).exists():
            os.replace(_archive(project, name), _archive(project, to))
            if _mark(project, name).exists():
                os.replace(_mark(project, name), _mark(project, to))
    if (project.models / CANDIDATE).exists():
        shutil.rmtree(project.models / PREVIOUS, ignore_errors=True)
        os.replace(project.models / CANDIDATE, project.models / PREVIOUS)


def demote(project: Project) -> None:
    """Make the previous model the current one, with the learnt files that it came from."""
    restore_learnt(project, PREVIOUS)
    os.replace(_archive(project, PREVIOUS), _archive(project, CURRENT))
    if _mark(project, PREVIOUS).exists():
        os.replace(_mark(project, PREVIOUS), _mark(project, CURRENT))


def has_previous(project: Project) -> bool:
    """Whether there is a way back."""
    return _archive(project, PREVIOUS).exists()


def _archive(project: Project, name: str) -> Path:
    return project.models / f"{name}.tar.gz"


def _mark(project: Project, name: str) -> Path:
    return project.models / f"{name}.tar.fingerprint"
