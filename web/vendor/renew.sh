#!/bin/sh
# Renews the vendored libraries: ./renew.sh, after changing a version below. Needs npm and its registry.
# Browsers find no bare names such as "preact", so these become paths; nothing else is changed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

take() { # PACKAGE VERSION FILE NAME
  (cd "$work" && npm pack --silent "$1@$2" >/dev/null && rm -rf package && tar xzf ./*.tgz && rm ./*.tgz)
  sed -E -e '/^\/\/# sourceMappingURL=/d' \
    -e 's|from ?"@preact/signals-core"|from"./signals-core.js"|g' \
    -e 's|from ?"preact/hooks"|from"./hooks.js"|g' \
    -e 's|from ?"preact"|from"./preact.js"|g' "$work/package/$3" >"$4"
  cp "$work/package/LICENSE" "LICENSE.$(basename "$4" .js)"
  printf '%s %s %s %s\n' "$4" "$1" "$2" "$(sha256sum "$4" | cut -d' ' -f1)" >>"$work/lock"
}

: >"$work/lock"
take preact 11.2.0 dist/preact.mjs preact.js
take preact 11.2.0 hooks/dist/hooks.mjs hooks.js
take @preact/signals-core 1.14.5 dist/signals-core.mjs signals-core.js
take @preact/signals 2.11.4 dist/signals.mjs signals.js
take htm 3.1.1 dist/htm.mjs htm.js
take uplot 1.6.32 dist/uPlot.esm.js uplot.js
take uplot 1.6.32 dist/uPlot.min.css uplot.css
take uqr 0.1.3 dist/index.mjs uqr.js
rm -f LICENSE.hooks LICENSE.uplot.css
cp "$work/lock" versions.txt
