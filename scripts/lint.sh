#!/usr/bin/env bash
# Style and types of Python and TypeScript, style of Solidity. Says which of them failed; changes nothing.
#   scripts/lint.sh --fix    put right what the formatters can
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
node_tool="npx --no-install"
export npm_config_loglevel=error
failed=()

step() {
  local name=$1
  shift
  if "$@"; then echo "lint: $name: ok"; else failed+=("$name"); fi
}

if [ "${1:-}" = "--fix" ]; then
  .venv/bin/ruff check --quiet --fix .
  .venv/bin/ruff format --quiet .
  $node_tool prettier --log-level warn --config contracts/.prettierrc.json --write "contracts/**/*.sol"
  $node_tool prettier --log-level warn --write frontend
fi

step "ruff check" .venv/bin/ruff check --quiet .
step "ruff format" .venv/bin/ruff format --quiet --check .
step "mypy" .venv/bin/mypy --no-error-summary
step "solhint" $node_tool solhint --disc --noPoster --quiet --config contracts/.solhint.json "contracts/**/*.sol"
step "prettier" $node_tool prettier --log-level warn --config contracts/.prettierrc.json --check "contracts/**/*.sol"
step "front end (types, eslint, prettier)" npm run --silent --workspace frontend lint

if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
