#!/usr/bin/env bash
# Sets up, builds everything and runs every test. Under 30 minutes on 2 cores,
# cold. Ends with ctest's own summary.
#
#   deploy/test.sh [ctest arguments, for example -R Ledger or --long]
#
# --long runs the exhaustive form of those tests that have one (hours).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

arguments=()
for argument in "$@"; do
  if [ "$argument" = --long ]; then export GYRUS_LONG_TESTS=1; else arguments+=("$argument"); fi
done
libtorch=$(deploy/setup.sh --print-libtorch)
cmake --preset release -DGYRUS_LIBTORCH="$libtorch" >/dev/null
cmake --build --preset release
ctest --preset release "${arguments[@]}"
