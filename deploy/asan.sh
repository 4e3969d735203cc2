#!/usr/bin/env bash
# The address and undefined-behaviour sanitizers over the tests of what parses,
# talks or runs threads, and some seconds of each fuzzer on its kept corpus. No
# torch, no ITK: their libraries are not instrumented.
#
#   deploy/asan.sh [--long] [ctest arguments]
#
# --long: the tests of what only computes as well, and ten minutes a fuzzer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=OFF
arguments=()
for argument in "$@"; do
  if [ "$argument" = --long ]; then all=ON; else arguments+=("$argument"); fi
done
deploy/setup.sh
cmake --preset asan -DGYRUS_SANITIZE_ALL=$all >/dev/null
cmake --build --preset asan
ctest --preset asan "${arguments[@]}"
