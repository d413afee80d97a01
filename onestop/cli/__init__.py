"""The command line of the one-stop service, a module for each group of commands.

A group's module has `register(subparsers)`: it adds its parsers and sets `run`, a function of the
parsed options that returns the exit status, as their default. List the module in `GROUPS`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError, ProgrammingError

from onestop.cli import (
    booking,
    catalogue,
    dossier,
    eform,
    feedback,
    notices,
    outbox,
    payments,
    post,
    report,
    retention,
    serve,
    staff,
    transcripts,
)

GROUPS = (
    booking,
    catalogue,
    dossier,
    eform,
    feedback,
    notices,
    outbox,
    payments,
    post,
    report,
    retention,
    serve,
    staff,
    transcripts,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after the program's name; the process's own if None.

    Returns:
        The exit status: 0 if it did its work, 1 if it could not, 2 if it was called wrongly.
    """
    parser = argparse.ArgumentParser(prog="python -m onestop", description="One-stop service")
    subparsers = parser.add_subparsers(required=True, metavar="GROUP")
    for group in GROUPS:
        group.register(subparsers)
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except (OperationalError, ProgrammingError) as error:
        sys.stderr.write(f"database: {error.orig} (is it migrated? python -m common migrate)\n")
        return 1
    except BrokenPipeError:  # the reader has seen enough, as in "… | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return status
