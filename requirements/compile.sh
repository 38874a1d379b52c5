#!/bin/sh
# Makes every list of this folder anew from pyproject.toml: exact versions and hashes, for every
# platform and Python we support, naming no registry. `make lock` runs it; needs uv.
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-uv}

compile() { # NAME ARGUMENTS...
  name=$1; shift
  "$UV" pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header \
    --no-annotate --output-file "requirements/$name.txt" "$@"
}

for process in auth habits analytics notifications scheduler edge; do
  compile "$process" pyproject.toml --extra "$process" --extra tracing
done
compile local pyproject.toml --extra local
compile dev pyproject.toml --extra local --extra tracing --group dev
echo uv | compile uv -
