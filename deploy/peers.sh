#!/usr/bin/env bash
# Makes the Python environments of what Gyrus is compared with, for the tests and
# benchmarks that name a peer: of deploy/peers.txt in
# ${XDG_CACHE_HOME:-~/.cache}/gyrus/peers, and of deploy/peers-statistics.txt in
# peers-statistics beside it (0.4 GB). Not needed to build or to run Gyrus.
# Configure again afterwards: deploy/test.sh does, and then runs those tests.
#
# Silent and quick when all is there. From PyPI alone. About 0.8 GB to fetch and
# 1.9 GB on disk where a CUDA 13 toolkit with cuDNN and NCCL is installed, whose
# libraries PyTorch then loads; else with PyTorch's own of CUDA, about 5 GB. No
# GPU and no driver is needed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=${XDG_CACHE_HOME:-$HOME/.cache}/gyrus/peers
statistics=${XDG_CACHE_HOME:-$HOME/.cache}/gyrus/peers-statistics
python=$peers/bin/python
# Lists the installed packages after they were tested.
done_list=$peers/peers.txt

say() { printf 'peers: %s\n' "$*" >&2; }
works() { "$python" -c 'import monai, nibabel, numpy, safetensors, scipy, torch' "$@"; }
install() { "$python" -m pip install --quiet --disable-pip-version-check "$@" -r "$here/peers.txt"; }

# Where PyTorch's libraries look for those of CUDA, by their own search path.
cuda_folder() { printf '%s/nvidia/cu13/lib' "$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')"; }

# A toolkit's libraries, linked to where PyTorch looks: no variable to set.
link_toolkit() {
  local folder toolkit library
  folder=$(cuda_folder)
  for toolkit in "${CUDA_HOME:-}" /usr/local/cuda /usr/local/cuda-13*; do
    [ -n "$toolkit" ] && [ -e "$toolkit/lib64/libcublas.so.13" ] || continue
    say "taking CUDA's libraries from $toolkit"
    for library in "$toolkit"/lib64/lib*.so.*; do
      [ -e "$folder/${library##*/}" ] || ln -sfn "$library" "$folder/${library##*/}"
    done
    return
  done
}

set_up_peers() {
  if cmp -s "$here/peers.txt" "$done_list" && "$python" -c '' 2>/dev/null; then return; fi
  rm -f "$done_list"
  "$python" -m pip --version >/dev/null 2>&1 || { say "making $peers"; python3 -m venv --clear "$peers"; }
  say "fetching the packages of deploy/peers.txt"
  install --no-deps
  link_toolkit
  if ! works 2>/dev/null; then
    say "no CUDA 13 toolkit with cuDNN and NCCL here: fetching PyTorch's own libraries of CUDA"
    find "$(cuda_folder)" -type l -delete
    install
    works
  fi
  cp "$here/peers.txt" "$done_list"
}

# Versions of their own: those of scipy differ in which variant of a test they take.
set_up_statistics_peers() {
  local list=$here/peers-statistics.txt python=$statistics/bin/python
  if cmp -s "$list" "$statistics/peers.txt" && "$python" -c '' 2>/dev/null; then return; fi
  say "making $statistics and fetching the packages of deploy/peers-statistics.txt"
  python3 -m venv --clear "$statistics"
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list"
  "$python" -c 'import neuroCombat, scipy.stats, sklearn.metrics, statsmodels.stats.anova'
  cp "$list" "$statistics/peers.txt"
}

set_up_statistics_peers
set_up_peers
