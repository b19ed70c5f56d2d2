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

# The tests of MQTT start a broker of their own. Where it may not be installed they fail, naming what to install.
broker() {
  if command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || ! command -v apt-get >/dev/null; then return; fi
  local as_root=
  [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null || return; as_root="sudo -n"; }
  echo "test: installing mosquitto, the MQTT broker of the tests"
  # Debian starts it as a service at once; the tests want one of their own only.
  { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends mosquitto; } \
    >/dev/null 2>&1 || echo "test: mosquitto could not be installed" >&2
}

broker
[ $# -gt 0 ] || frontend || failed=1
.venv/bin/python -m pytest -p no:ape_test -n "${TEST_PROCESSES:-2}" --dist loadscope -q "$@" || failed=$?
exit "$failed"
