#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL server on the loopback; its address is in MOTCUA_TEST_POSTGRES_URL.
# As root it installs Debian's package where it is missing; elsewhere, without a server, the command runs without one.
set -euo pipefail
if [ -n "${MOTCUA_TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi

bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
as_owner=()
if [ "$(id -u)" = 0 ]; then
  if [ -z "$(bin)" ]; then
    echo "▸ installing PostgreSQL from Debian …"
    { apt-get update -qq && apt-get install -y -qq postgresql; } >/dev/null || { echo "cannot test: apt-get could not install postgresql" >&2; exit 1; }
  fi
  as_owner=(runuser -u postgres --)
elif [ -z "$(bin)" ]; then
  exec "$@"
fi

directory=$(mktemp -d)
[ ${#as_owner[@]} = 0 ] || chown postgres "$directory"
# Of these Linux gives none to outgoing connections: what is free now is still so when the server begins.
port=$(
  python3 - <<'PYTHON'
import random
import socket

for port in random.SystemRandom().sample(range(12_000, 32_000), 100):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)):
            print(port)
            break
PYTHON
)
control() { (cd "$directory" && "${as_owner[@]}" "$(bin)/pg_ctl" -D "$directory/data" -s -w "$@"); }
trap 'control -m immediate stop >/dev/null 2>&1 || true; rm -rf "$directory"' EXIT
(cd "$directory" && "${as_owner[@]}" "$(bin)/initdb" -D "$directory/data" -A trust -U postgres -E UTF8 --no-sync >/dev/null)
# Nothing here must survive a crash, so nothing waits for the disk.
control -l "$directory/log" -o "-k $directory -p $port -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200" start
(cd "$directory" && "${as_owner[@]}" "$(bin)/createdb" -h 127.0.0.1 -p "$port" -U postgres motcua)
export MOTCUA_TEST_POSTGRES_URL="postgresql://postgres@127.0.0.1:$port/motcua"
"$@"
