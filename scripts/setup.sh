#!/usr/bin/env bash
# Installs what the project needs, only what is missing or changed. Every obstacle gets one clear line.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() { echo "cannot set up: $*" >&2; exit 1; }
say() { echo "▸ $*"; }

python=""
for candidate in "${PYTHON:-}" python3.11 python3 python; do
  [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    python=$(command -v "$candidate"); break
  fi
done
[ -n "$python" ] || stop "Python 3.11 is missing; on Debian 12: apt-get install python3 (or set PYTHON=/path/to/python3.11)"

# The lock's digest says whether .venv holds what it should.
digest=$(sha256sum requirements.txt | cut -d' ' -f1)
if [ "$(cat .venv/.lock-digest 2>/dev/null || true)" != "$digest" ]; then
  free=$(df -Pk . | awk 'NR==2 {print $4}')
  [ "$free" -gt 6000000 ] || stop "the disk has $((free / 1024)) MB free; 6,000 MB are needed for the packages"
  uv=$(command -v uv || true)
  if [ -z "$uv" ]; then
    uv=.tools/bin/uv
    if [ ! -x "$uv" ]; then
      say "bringing uv …"
      if ! "$python" -m venv .tools >/dev/null 2>&1; then
        rm -rf .tools
        [ "$(id -u)" = 0 ] || stop "Python's venv module is missing: apt-get install python3-venv"
        say "installing python3-venv from Debian …"
        { apt-get update -qq && apt-get install -y -qq python3-venv; } >/dev/null 2>&1 || stop "apt-get could not install python3-venv"
        "$python" -m venv .tools || stop "could not make a virtual environment with $python"
      fi
      .tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9' || stop "could not get uv from the package registry; is the network up?"
    fi
    uv=$PWD/$uv
  fi
  say "installing and compiling the locked packages (3 GB, once) …"
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv || stop "could not make .venv"
  # Compiled here, because where Python may not write bytecode each start of Rasa would compile 5,000 files (5 s).
  "$uv" pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements.txt || stop "installing failed; the message above says why"
  echo "$uv" > .venv/.uv
  echo "$digest" > .venv/.lock-digest
fi

.venv/bin/python -m web.build || stop "building the page's scripts failed; the message above says why"
.venv/bin/python -m common environment
