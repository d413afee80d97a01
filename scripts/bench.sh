#!/usr/bin/env bash
# Every measurement, one JSON line each. Real records are read from MOTCUA_SHARED_DATA (default ../shared/data), when there.
set -euo pipefail
cd "$(dirname "$0")/.."
py=.venv/bin/python
$py -m benchmarks.tracker_store
$py -m benchmarks.gateway
$py -m benchmarks.turns
$py -m benchmarks.understanding --nlu tests/nlu
data=${MOTCUA_SHARED_DATA:-../shared/data}/procedures
if [ -d "$data" ]; then
  for options in "" "--fold" "--typos 1"; do
    # shellcheck disable=SC2086 # options are words
    $py -m benchmarks.search --catalogue "$data/dvcqg_2026_hdtruong802" --questions "$data"/questions/*/questions.jsonl $options
  done
fi
