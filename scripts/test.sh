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

# Programs that some tests start for themselves. Where one may not be installed those tests fail, naming it.
tools() {
  local missing=() as_root=
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || missing+=(mosquitto) # the broker of MQTT's tests
  command -v chromium >/dev/null || missing+=(chromium)                                 # the browser of the pages' tests
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)     # a server for the store's tests
  [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null || return 0
  [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null || return 0; as_root="sudo -n"; }
  echo "test: installing ${missing[*]}, which tests start for themselves"
  { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >/dev/null 2>&1 || echo "test: ${missing[*]} could not be installed" >&2
}

tools
[ $# -gt 0 ] || frontend || failed=1
# Many tests wait for a chain, a browser or a daemon: one process more than there are cores.
.venv/bin/python -m pytest -p no:ape_test -n "${TEST_PROCESSES:-$(($(nproc) + 1))}" --dist loadscope --no-loadscope-reorder -q "$@" || failed=$?
exit "$failed"
