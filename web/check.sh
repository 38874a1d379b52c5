#!/bin/sh
# Checks the web app: format, lint, types. Its tools come from npm, through the Node of .venv; where
# they cannot be had, says so and checks nothing.
set -eu
cd "$(dirname "$0")"
PATH="$(cd .. && pwd)/.venv/bin:$PATH"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  if ! npm ci --silent --no-audit --no-fund >/dev/null 2>&1; then
    echo "web: not checked, npm could not bring its tools"
    exit 0
  fi
  touch node_modules/.package-lock.json
fi
npm run --silent "${1:-check}"
