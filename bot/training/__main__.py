"""`python -m bot.training propose | back | gate`: learn from approved corrections, safely."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bot.training import corrections, examples, gate, learnt, models
from bot.training.project import Project
from common.settings import ROOT, Settings
from common.supervise import CannotStart, read_settings


class Stopped(Exception):
    """Nothing was changed; the reason in one line or more."""


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """One training at a time.

    Raises:
        Stopped: if another one runs.
    """
    project.models.mkdir(exist_ok=True)
    with (project.models / ".training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stopped("another training is under way") from None
        yield


def propose(project: Project, config: Settings) -> list[str]:
    """Write approved corrections into the training data, and use the model that learns them if nothing is lost.

    Returns:
        What was done, a line each.

    Raises:
        Stopped: if there is nothing new, the gate stops it or training fails; the files are as before.
    """
    settings = gate.Settings.read(project)
    given = asyncio.run(
        corrections.approved(config.onestop, config.internal_token.get_secret_value())
    )
    known = examples.load(project.nlu)
    added, said = learnt.new_examples(known, given, settings.fillers)
    sayings = learnt.new_sayings(project.learnt[1], given)
    if not added and not sayings:
        raise Stopped("\n".join([*said, "no approved correction is new"]))
    models.keep_learnt(project)
    try:
        lost = []
        if sayings:
            before = gate.search_figures(project, settings)
            learnt.write_situations(project.learnt[1], given)
            lost += gate.search_losses(before, gate.search_figures(project, settings))
        if added:
            learnt.write_examples(project.learnt[0], added)
            lost += gate.losses(
                gate.cross_validated(known, [], settings.folds),
                gate.cross_validated(known, added, settings.folds),
                settings,
            )
        if lost:
            raise Stopped("\n".join([*said, "the gate stops it:", *lost]))
        models.train(project, config)
        running = asyncio.run(models.load(models.CANDIDATE, config))
    except BaseException:
        models.restore_learnt(project, models.CANDIDATE)
        raise
    models.promote(project)
    return [
        *said,
        f"learnt {len(added)} examples and {len(sayings)} sayings of procedures",
        told("the new model", running),
    ]


def back(project: Project, config: Settings) -> list[str]:
    """Use the model before this one again, and take its learnt examples back out of the data.

    Raises:
        Stopped: if there is none.
    """
    if not models.has_previous(project):
        raise Stopped("there is no model to go back to")
    running = asyncio.run(models.load(models.PREVIOUS, config))
    models.demote(project)
    return [told("the model before", running)]


def told(model: str, use: models.InUse) -> str:
    """Which servers use a model, in one line."""
    if not use.running:
        return f"{model} is used from the next start on"
    line = f"{model} is in use in {use.running} running server{'s' * (use.running > 1)}"
    return line + (f"; {use.away} away: from their next start on" if use.away else "")


def measured(project: Project) -> list[str]:
    """The gate's figures of the data as they are."""
    settings = gate.Settings.read(project)
    found = gate.cross_validated(examples.load(project.nlu), [], settings.folds)
    lines = [f"accuracy {found.accuracy:.4f}", f"entities F1 {found.entity_f1:.4f}"]
    lines += [f"{name} F1 {found.f1[name]:.3f}" for name in settings.critical if name in found.f1]
    figures = gate.search_figures(project, settings)
    return lines + [f"search {name} {value:.4f}" for name, value in figures.items()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 with a reason when nothing was changed."""
    parser = argparse.ArgumentParser(prog="python -m bot.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("propose", help="learn approved corrections, if the gate lets them through")
    commands.add_parser("back", help="use the model before this one again")
    commands.add_parser("gate", help="measure what the gate measures")
    parser.add_argument("--project", type=Path, default=ROOT, help="the folder with config.yml")
    options = parser.parse_args(arguments)
    project = Project(options.project.resolve())
    try:
        config = read_settings()
        with alone(project):
            if options.command == "gate":
                lines = measured(project)
            else:
                lines = (propose if options.command == "propose" else back)(project, config)
    except models.CannotTrainError:
        print("not trained: Rasa's message stands above", file=sys.stderr)
        return 1
    except (Stopped, CannotStart, models.RefusedError) as reason:
        print(f"nothing was changed: {reason}", file=sys.stderr)
        return 1
    except (aiohttp.ClientError, TimeoutError) as error:
        print(f"nothing was changed: the one-stop service: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
