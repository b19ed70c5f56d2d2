#!/usr/bin/env bash
# The test suites: all but the deep ones by default. Arguments go to pytest (`-m unit`, a path, `--deep` ...).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec .venv/bin/python -m pytest -p no:ape_test -n "${TEST_PROCESSES:-2}" --dist loadscope -q "$@"
