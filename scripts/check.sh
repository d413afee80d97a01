#!/usr/bin/env bash
# Lint, types, layers, training data: what must be clean before a commit.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/lint-imports
RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONPATH=. .venv/bin/python -m rasa data validate --data data/nlu data/rules data/stories --fail-on-warnings
