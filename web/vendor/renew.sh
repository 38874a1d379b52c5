#!/bin/sh
# Renews the vendored libraries: ./renew.sh, after changing a version below. Needs Node, npm and its registry.
# What every page needs becomes one file, view.js, of what view.d.ts exports: each file more is a request
# more before the board is there. esbuild joins them, here only: it is not part of the repository.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

take() { # PACKAGE VERSION FILE NAME
  (cd "$work" && npm pack --silent "$1@$2" >/dev/null && rm -rf package && tar xzf ./*.tgz && rm ./*.tgz)
  sed -E -e '/^\/\/# sourceMappingURL=/d' "$work/package/$3" >"$4"
  cp "$work/package/LICENSE" "LICENSE.$(basename "$4" .js)"
  note "$1" "$2" "$4"
}

join() { # NAME PACKAGE@VERSION…
  name=$1
  shift
  npm install --silent --no-save --no-package-lock --prefix "$work/join" esbuild@0.27.2 "$@"
  cp "$name.d.ts" "$work/join/$name.js"
  "$work/join/node_modules/.bin/esbuild" "$work/join/$name.js" --bundle --format=esm --target=es2022 \
    --minify --legal-comments=none --log-level=warning --outfile="$name.js"
  for package in "$@"; do
    plain=${package%@*}
    cp "$work/join/node_modules/$plain/LICENSE" "LICENSE.$(basename "$plain")"
    note "$plain" "${package##*@}" "$name.js"
  done
}

note() { # PACKAGE VERSION NAME
  printf '%s %s %s %s\n' "$3" "$1" "$2" "$(sha256sum "$3" | cut -d' ' -f1)" >>"$work/lock"
}

: >"$work/lock"
join view preact@11.2.0 @preact/signals-core@1.14.5 @preact/signals@2.11.4 htm@3.1.1
take uplot 1.6.32 dist/uPlot.esm.js uplot.js
take uplot 1.6.32 dist/uPlot.min.css uplot.css
take uqr 0.1.3 dist/index.mjs uqr.js
rm -f LICENSE.uplot.css
cp "$work/lock" versions.txt
