#!/usr/bin/env bash
# From a fresh checkout to a cross-validation table: sets up, builds the
# programs into build/release/bin/, makes a synthetic cohort and runs
# experiments/phantom.yaml on it. Under 20 minutes on 2 cores, downloads
# included; about two when all is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libtorch=$(deploy/setup.sh --print-libtorch)
cmake --preset release -DGYRUS_LIBTORCH="$libtorch" >/dev/null
cmake --build --preset release --target gyrus gyrus-coordinator gyrus-dataloader gyrus-worker gyrus-trainer gyrus-attribution

bin=build/release/bin
cohort=runs/phantom-cohort
if [ ! -e "$cohort" ]; then
  # Under its name once it is whole.
  rm -rf "$cohort.part"
  "$bin/gyrus" phantom "$cohort.part" --subjects 24 --sites 3 --seed 1
  mv "$cohort.part" "$cohort"
fi
exec "$bin/gyrus" run experiments/phantom.yaml --workers 2 "$@"
