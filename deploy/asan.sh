#!/usr/bin/env bash
# Tests of all that links no torch, under the address and undefined-behaviour
# sanitizers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deploy/setup.sh
cmake --preset asan >/dev/null
cmake --build --preset asan
ctest --preset asan
