"""`python -m common run | train | migrate | revision PACKAGE MESSAGE | environment`: set-up and start."""

from __future__ import annotations

import argparse
import secrets
import sys

from cryptography.fernet import Fernet

from common.settings import ROOT

PACKAGES = ("onestop", "gateway", "bot")


def database_url(package: str) -> str:
    """The address of a package's database, from the settings."""
    from common.settings import settings

    config = settings()
    return {
        "onestop": config.database_url,
        "gateway": config.gateway_database_url,
        "bot": config.tracker_database_url,
    }[package]


def write_environment() -> None:
    """Write `.env` from `.env.example` with random secrets, unless it is there."""
    target = ROOT / ".env"
    if target.exists():
        return
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    text = text.replace(
        "MOTCUA_ENCRYPTION_KEYS=", f"MOTCUA_ENCRYPTION_KEYS={Fernet.generate_key().decode()}"
    )
    text = text.replace(
        "MOTCUA_INTERNAL_TOKEN=", f"MOTCUA_INTERNAL_TOKEN={secrets.token_urlsafe(32)}"
    )
    target.touch(mode=0o600)
    target.write_text(text, encoding="utf-8")
    print("wrote .env with new secrets")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m common", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("environment", help="write .env with new secrets, if missing")
    commands.add_parser("run", help="start everything and stay until Ctrl-C")
    training = commands.add_parser("train", help="train the model")
    training.add_argument("--if-changed", action="store_true", help="only if its data changed")
    commands.add_parser("migrate", help="bring all databases up to date")
    revision = commands.add_parser("revision", help="draft a migration from the models")
    revision.add_argument("package", choices=PACKAGES)
    revision.add_argument("message")
    options = parser.parse_args(arguments)
    if options.command == "environment":
        write_environment()
        return 0
    from common import supervise

    try:
        if options.command == "run":
            return supervise.run()
        if options.command == "train":
            supervise.train(supervise.read_settings(), force=not options.if_changed)
            return 0
    except supervise.CannotStart as obstacle:
        print(f"cannot start: {obstacle}", file=sys.stderr)
        return 1
    from alembic import command

    from common.migrations import configuration, upgrade

    if options.command == "migrate":
        for package in PACKAGES:
            upgrade(package, database_url(package))
        return 0
    command.revision(
        configuration(options.package, database_url(options.package)),
        options.message,
        autogenerate=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
