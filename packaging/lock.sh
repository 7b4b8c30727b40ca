#!/bin/sh
# Writes the hashed locks anew from pyproject.toml. Needs uv. No registry address enters a lock.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 "$@"
}
compile --quiet --extra trial --output-file packaging/requirements.txt
compile --quiet --extra trial --extra author --group test --output-file packaging/requirements-test.txt
