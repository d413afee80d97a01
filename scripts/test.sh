#!/usr/bin/env bash
# Installs what tests need beside the packages, then runs every check and test.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "cannot test: Chromium is missing: apt-get install chromium" >&2; exit 1; }
  echo "▸ installing Chromium from Debian …"
  { apt-get update -qq && apt-get install -y -qq chromium fonts-dejavu-core; } >/dev/null || { echo "cannot test: apt-get could not install chromium" >&2; exit 1; }
fi
if ! command -v soffice >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "cannot test: LibreOffice is missing: apt-get install libreoffice-writer-nogui fonts-liberation2" >&2; exit 1; }
  echo "▸ installing LibreOffice Writer from Debian …"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-writer-nogui fonts-liberation2; } >/dev/null || { echo "cannot test: apt-get could not install libreoffice-writer-nogui" >&2; exit 1; }
fi
if ! [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then
  [ "$(id -u)" = 0 ] || { echo "cannot test: RabbitMQ is missing: apt-get install rabbitmq-server" >&2; exit 1; }
  echo "▸ installing RabbitMQ from Debian …"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends rabbitmq-server; } >/dev/null || { echo "cannot test: apt-get could not install rabbitmq-server" >&2; exit 1; }
fi
bash scripts/check.sh
.venv/bin/python -m common train --if-changed
# Stories against the trained model. They ask no server: endpoints.yml only wants its variables.
stories=$(mktemp -d)
trap 'rm -rf "$stories"' EXIT
MOTCUA_ACTIONS_PORT=1 MOTCUA_INTERNAL_TOKEN=no-server-is-asked-so-no-token-is-needed RASA_TELEMETRY_ENABLED=false \
  .venv/bin/python -m rasa test core --model models/current.tar.gz --stories tests/stories --fail-on-prediction-errors --no-plot --out "$stories"
# Two processes: the conversations mostly wait, the rest computes meanwhile.
bash scripts/postgres.sh .venv/bin/python -m pytest -n 2 --dist loadgroup "$@"
