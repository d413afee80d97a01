# Newcomers need two commands: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help setup run test train check bench lock import format
PY := .venv/bin/python

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ —/'

setup:           ## install what the project needs (uv, Python packages, scripts of the page, .env)
	@bash scripts/setup.sh

run: setup       ## everything up, on SQLite; prints the page's address; Ctrl-C stops all
	@$(PY) -m common run

test: setup      ## install what tests need and run every test
	@bash scripts/test.sh

train: setup     ## train the model
	@$(PY) -m common train

check: setup     ## lint, types, training data
	@bash scripts/check.sh

format:          ## put the code in the house style
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

bench: setup     ## speed and memory as ratios, search and understanding: one JSON line each
	@bash scripts/bench.sh

import: setup    ## import real records: make import PATHS=../shared/data/procedures
	@$(PY) -m onestop catalogue import $(PATHS)

lock: setup      ## resolve the dependencies again (pyproject.toml → requirements.txt with hashes)
	@$$(cat .venv/.uv) pip compile --quiet --group dev --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
