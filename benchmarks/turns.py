"""What a turn costs on the whole running system: `python -m benchmarks.turns [--turns N]`.

Starts the system as `make run` does on throw-away databases, plays one citizen asking and filling, and
prints one JSON line: turns, p50_ms and p99_ms over HTTP, the ratio of the last hundred turns to the
first hundred (a conversation must not get slower as it grows), and the resident memory of each process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from cryptography.fernet import Fernet

from tests.conversations.player import Citizen
from tests.conversations.system import System

ASKED = [
    "làm giấy khai sinh cần giấy tờ gì",
    "le phi bao nhieu",
    "mất bao lâu",
    "nộp ở đâu",
    "chào em",
]


def resident_megabytes() -> dict[str, int]:
    """Resident memory of the system's processes, by what they run."""
    found: dict[str, int] = {}
    page = os.sysconf("SC_PAGE_SIZE")
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes().decode().replace("\0", " ")
            pages = int((directory / "statm").read_text().split()[1])
        except (OSError, ValueError):
            continue
        for name in ("-m web", "-m actions", "-m rasa run"):
            if name in command and "python" in command.split(" ")[0]:
                found[name.split()[-1]] = pages * page // 1024**2
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    options = parser.parse_args()
    os.environ.setdefault("MOTCUA_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    os.environ.setdefault("MOTCUA_INTERNAL_TOKEN", "a-token-for-the-benchmark-of-turns-only")
    with tempfile.TemporaryDirectory() as directory:
        system = System(Path(directory))
        system.start()
        try:
            citizen = Citizen(system)
            citizen.say(ASKED[0])
            spent = []
            for number in range(options.turns):
                started = time.perf_counter()
                citizen.say(ASKED[number % len(ASKED)])
                spent.append((time.perf_counter() - started) * 1000)
            memory = resident_megabytes()
        finally:
            system.stop()
    part = min(100, len(spent) // 2)
    print(
        json.dumps(
            {
                "turns": len(spent),
                "p50_ms": round(statistics.median(spent), 1),
                "p99_ms": round(statistics.quantiles(spent, n=100)[98], 1),
                "last_to_first": round(
                    statistics.median(spent[-part:]) / statistics.median(spent[:part]), 2
                ),
                "resident_mb": memory,
            }
        )
    )


if __name__ == "__main__":
    main()
