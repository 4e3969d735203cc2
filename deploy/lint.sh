#!/usr/bin/env bash
# Format, Clang's warnings with thread-safety analysis, headers that compile
# alone, clang-tidy (deploy/lint.py). What has passed once is not looked at again.
#
#   deploy/lint.sh [--long]   --long: clang-tidy over every file
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libtorch=$(deploy/setup.sh --print-libtorch)
unformatted=$(git ls-files '*.cc' '*.h' | xargs clang-format --dry-run 2>&1 | sed -n 's/\(.*\.\(cc\|h\)\):.*/\1/p' | sort -u)
if [ -n "$unformatted" ]; then
  printf 'lint: run clang-format -i on:\n%s\n' "$unformatted" >&2
  exit 1
fi
cmake --preset lint -DGYRUS_LIBTORCH="$libtorch" >/dev/null
# Generates the files that sources include: messages and precompiled headers.
cmake --build --preset lint --target gyrus_generated gyrus_plain_header gyrus_full_header gyrus_torch_header
# clang-tidy has not seen the whole tree yet and is therefore off. GYRUS_TIDY_SECONDS=240
# runs it over the files of the last 30 commits, for so many seconds.
python3 deploy/lint.py build/lint --tidy-seconds "${GYRUS_TIDY_SECONDS:-0}" "$@"
