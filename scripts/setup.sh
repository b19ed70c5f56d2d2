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

# A stamp says what was installed: the lock, and where it stands (.venv holds absolute paths).
stamp() {
  { cat "$@"; echo "$root"; } | sha256sum | cut -d' ' -f1
}
python_stamp=$(stamp requirements/dev.txt pyproject.toml)
node_stamp=$(stamp package-lock.json)

install_python() {
  local python=$1 uv
  uv=$(command -v uv || true)
  if [ ! -x .venv/bin/python ]; then
    if [ -n "$uv" ]; then "$uv" venv --quiet --python "$python" .venv; else "$python" -m venv .venv; fi
  fi
  if [ -z "$uv" ]; then
    # uv installs the set in seconds, pip in a minute. Without it the set is the same.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt &&
      uv=.venv/bin/uv
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
  echo "$node_stamp" >node_modules/.setup-stamp
}

is_done() {
  [ "$(cat "$1/.setup-stamp" 2>/dev/null)" = "$2" ]
}

begun=$SECONDS
node_job=
if ! is_done node_modules "$node_stamp"; then
  check_node
  echo "setup: installing the Node packages (node_modules)"
  install_node &
  node_job=$!
fi
if ! is_done .venv "$python_stamp"; then
  python=$(find_python)
  echo "setup: installing the Python packages (.venv)"
  install_python "$python"
  echo "$python_stamp" >.venv/.setup-stamp
  echo "setup: Python packages done in $((SECONDS - begun)) s"
fi
if [ -n "$node_job" ]; then
  wait "$node_job" || fail "the Node packages could not be installed: run \`npm ci --ignore-scripts\` to see why"
  echo "setup: Node packages done in $((SECONDS - begun)) s"
fi

# The pages that `watt serve` and `watt demo` hand out; built anew when anything they are made of has changed.
pages_stamp=$(find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/tsconfig.json \
  -type f -print0 | LC_ALL=C sort -z | xargs -0 cat package-lock.json | sha256sum | cut -d' ' -f1)
if [ ! -f frontend/dist/index.html ] || [ "$(cat frontend/build/.pages-stamp 2>/dev/null)" != "$pages_stamp" ]; then
  echo "setup: building the pages (frontend/dist)"
  npm run build --silent --workspace frontend || fail "the pages could not be built: \`npm run build -w frontend\` says why"
  mkdir -p frontend/build
  echo "$pages_stamp" >frontend/build/.pages-stamp
fi
