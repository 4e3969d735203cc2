#!/usr/bin/env bash
# Format, thread-safety analysis (clang), and every header compiled alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deploy/setup.sh
unformatted=$(git ls-files '*.cc' '*.h' | xargs clang-format --dry-run 2>&1 | sed -n 's/\(.*\.\(cc\|h\)\):.*/\1/p' | sort -u)
if [ -n "$unformatted" ]; then
  printf 'lint: run clang-format -i on:\n%s\n' "$unformatted" >&2
  exit 1
fi
cmake --preset lint >/dev/null
cmake --build --preset lint
cmake --build --preset lint --target all_verify_interface_header_sets
