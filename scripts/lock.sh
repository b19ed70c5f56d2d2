#!/usr/bin/env bash
# Solve the Python dependencies anew and write them down with their hashes, without any index address.
#   scripts/lock.sh             keep the versions that still fit
#   scripts/lock.sh --upgrade   take the newest that fit
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

solve() {
  uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

solve --extra dev --output-file requirements/dev.txt "$@"
# The runtime set is a part of the development set, version by version.
solve --constraint requirements/dev.txt --output-file requirements/runtime.txt "$@"
