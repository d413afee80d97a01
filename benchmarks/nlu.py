"""What the benchmarks of understanding share: train the pipeline of config.yml, parse, spoil messages."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import structlog  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402

from bot.nlu.text import strip_accents  # noqa: E402
from common.settings import ROOT  # noqa: E402

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
logging.disable(logging.WARNING)

CONFIG = ROOT / "config.yml"


class Pipeline:
    """A trained NLU pipeline in memory."""

    def __init__(self, archive: Path) -> None:
        started = time.perf_counter()
        agent = Agent.load(str(archive))
        self.load_s = time.perf_counter() - started
        if agent.processor is None:
            raise RuntimeError("the model did not load")
        self._processor = agent.processor
        self.times: list[float] = []

    def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline understands of `text`; the time it took is kept."""
        started = time.perf_counter()
        result: dict[str, Any] = asyncio.run(self._processor.parse_message(UserMessage(text)))
        self.times.append(time.perf_counter() - started)
        return result

    @property
    def p50_ms(self) -> float:
        """The median of the parses so far, in milliseconds."""
        return statistics.median(self.times) * 1000


@contextmanager
def trained(nlu: Path) -> Iterator[tuple[Pipeline, float]]:
    """The pipeline of config.yml trained on `nlu` (file or directory), and the seconds it took.

    Rasa's cache of earlier trainings is not used: the time is that of a training from nothing.
    """
    with TemporaryDirectory() as directory:
        os.environ["RASA_CACHE_DIRECTORY"] = f"{directory}/cache"
        started = time.perf_counter()
        with redirect_stdout(sys.stderr):  # standard output is for the benchmark's one line
            archive = train_nlu(str(CONFIG), str(nlu), directory, fixed_model_name="benchmark")
        seconds = time.perf_counter() - started
        if archive is None:
            raise RuntimeError("training failed")
        yield Pipeline(Path(archive)), seconds


def one_typo(text: str, chance: random.Random) -> str:
    """`text` with one letter swapped, lost, doubled or replaced, in a word of three letters or more."""
    places = [
        place
        for place in range(len(text) - 1)
        if text[max(0, place - 1) : place + 2].strip().isalpha() and text[place + 1].isalpha()
    ]
    if not places:
        return text
    place = chance.choice(places)
    letter, following = text[place], text[place + 1]
    slip = chance.choice(
        [
            following + letter,
            following,
            letter * 2 + following,
            chance.choice("aeghiklmnortu") + following,
        ]
    )
    return text[:place] + slip + text[place + 2 :]


def as_typed(texts: Sequence[str], *, fold: bool, typos: int | None) -> list[str]:
    """The texts with accents taken away and with one typo each, as asked for."""
    chance = random.Random(typos)
    folded = [strip_accents(text) if fold else text for text in texts]
    return folded if typos is None else [one_typo(text, chance) for text in folded]
