"""Where a project's training data and models are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common.settings import ROOT


@dataclass(frozen=True)
class Project:
    """The folder that holds config.yml, domain.yml, data/ and models/."""

    root: Path = ROOT

    @property
    def nlu(self) -> Path:
        """The examples that intents are learnt from."""
        return self.root / "data" / "nlu"

    @property
    def gate(self) -> Path:
        """The settings of the gate."""
        return self.root / "data" / "training" / "gate.yml"

    @property
    def learnt(self) -> tuple[Path, Path]:
        """The files that hold nothing but approved corrections: of intents, of procedures."""
        return self.nlu / "learnt.yml", self.root / "data" / "search" / "learnt.yml"

    @property
    def models(self) -> Path:
        """The folder with `current.tar.gz` and what stood there before."""
        return self.root / "models"
