#!/usr/bin/env bash
# Installs what Gyrus is built with: Debian 12 packages (deploy/packages.txt) and
# LibTorch (deploy/libtorch.txt, about 530 MB to fetch, 1.2 GB on disk), the
# latter into ${XDG_CACHE_HOME:-~/.cache}/gyrus, outside the checkout.
#
# Silent and quick when all is there. Needs root or sudo only when a package is
# missing. GYRUS_LIBTORCH=DIR uses an unpacked LibTorch wheel of your own.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's/^torch==\([^ ]*\).*/\1/p' "$here/libtorch.txt")
libtorch=${GYRUS_LIBTORCH:-${XDG_CACHE_HOME:-$HOME/.cache}/gyrus/libtorch-$version}
packages=$(grep -v '^#' "$here/packages.txt")

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

is_debian_12() {
  [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

missing_packages() {
  # One query for all; a package that dpkg does not know is missing too.
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' $packages 2>/dev/null | sed -n 's/^ii //p' || true)
  for package in $packages; do
    grep -qxF -- "$package" <<<"$installed" || printf '%s ' "$package"
  done
}

install_packages() {
  local missing=$1 as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "run as root, or install sudo; missing packages: $missing"
    as_root="sudo"
  fi
  say "installing Debian packages: $missing"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

install_libtorch() {
  say "fetching LibTorch $version into $libtorch"
  mkdir -p "$(dirname "$libtorch")"
  aside=$(mktemp -d "$libtorch.XXXXXX")  # Not local: the trap runs after the function.
  trap 'rm -rf "$aside"' EXIT
  # Any Python may fetch the wheel; it is unpacked, never imported.
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
    --dest "$aside/wheels" -r "$here/libtorch.txt"
  for wheel in "$aside"/wheels/*.whl; do
    python3 -m zipfile -e "$wheel" "$aside/root"
  done
  rm -rf "$aside/wheels" "$libtorch"
  mv "$aside/root" "$libtorch"
}

if ! is_debian_12; then
  fail "this is not Debian 12. Install these packages of your system, then run cmake yourself:
$packages
and unpack the wheels of deploy/libtorch.txt into a folder, given as GYRUS_LIBTORCH."
fi
[ "$(uname -m)" = x86_64 ] || fail "LibTorch $version is fetched for x86_64 only"
missing=$(missing_packages)
[ -z "$missing" ] || install_packages "$missing"
if [ ! -e "$libtorch/torch/lib/libtorch_cpu.so" ]; then
  [ -z "${GYRUS_LIBTORCH:-}" ] || fail "GYRUS_LIBTORCH=$libtorch has no torch/lib/libtorch_cpu.so; \
unpack the wheels of deploy/libtorch.txt there, or unset it to have them fetched"
  install_libtorch
fi
[ "${1:-}" != --print-libtorch ] || printf '%s\n' "$libtorch"
