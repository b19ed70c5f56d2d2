#!/usr/bin/env bash
# Install everything the repository needs, from the locks, into .venv and node_modules.
# Needs Python 3.11 or newer and Node 20 or newer. Does nothing when the locks have not changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

fail() {
  echo "setup: $1" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer was not found: install it, or name it with PYTHON=/path/to/python"
}

check_node() {
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20 or newer with npm was not found: install it"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node.js 20 or newer is needed, this is $(node --version)"
}

# What the installation depends on: the two locks, this script, where it stands.
stamp() {
  { cat requirements/dev.txt package-lock.json scripts/setup.sh; echo "$root"; } | sha256sum | cut -d' ' -f1
}

install_python() {
  local python=$1 uv
  uv=$(command -v uv || true)
  if [ ! -x .venv/bin/python ]; then
    if [ -n "$uv" ]; then "$uv" venv --quiet --python "$python" .venv; else "$python" -m venv .venv; fi
  fi
  if [ -z "$uv" ]; then
    # uv installs the set in seconds, pip in a minute. Without it the set is the same.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv && uv=.venv/bin/uv
  fi
  if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt
    "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
  else
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/dev.txt
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
  fi
  point_at_tools
}

# ape and py-solc-x find the compiler by SOLCX_BINARY_PATH and anvil on PATH: with this file every
# program of .venv finds ours, so that a plain `.venv/bin/ape compile` works.
point_at_tools() {
  local packages
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "import os, sys; sys.path.insert(0, '$root/scripts'); import tool_paths; sys.path.pop(0); tool_paths.provide()" \
    >"$packages/wattcommons-tools.pth"
}

install_node() {
  npm ci --silent --no-audit --no-fund --ignore-scripts
}

[ "$(cat .venv/.setup-stamp 2>/dev/null)" = "$(stamp)" ] && [ -d node_modules/solc ] && exit 0

python=$(find_python)
check_node
begun=$SECONDS
echo "setup: installing the Python packages (.venv) and the Node packages (node_modules)"
install_node &
node_job=$!
trap 'kill "$node_job" 2>/dev/null || true' EXIT
install_python "$python"
wait "$node_job" || fail "the Node packages could not be installed"
trap - EXIT
stamp >.venv/.setup-stamp
echo "setup: done in $((SECONDS - begun)) s"
