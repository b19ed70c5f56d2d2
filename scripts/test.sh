#!/usr/bin/env bash
# The test suites: all but the deep ones by default. Arguments go to pytest (`-m unit`, a path, `--deep` ...),
# and the front end's tests run only without arguments.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=0

frontend() {
  local begun=$SECONDS output
  output=$(npm test --silent --workspace frontend 2>&1) || {
    echo "$output" | grep -v '✔' >&2
    echo "test: front end: failed" >&2
    return 1
  }
  echo "test: front end: $(echo "$output" | sed -n 's/^ℹ pass //p') passed in $((SECONDS - begun)) s"
}

[ $# -gt 0 ] || frontend || failed=1
.venv/bin/python -m pytest -p no:ape_test -n "${TEST_PROCESSES:-2}" --dist loadscope -q "$@" || failed=$?
exit "$failed"
