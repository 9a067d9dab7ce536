#!/usr/bin/env bash
# Poetry ignores its own tables beside the standard ones, and poetry check says that
#   all is set.
#
# Versions: Poetry 2.5.1; run in November 2026.
# Expected: a requirement in [tool.poetry.dependencies] or
#   [tool.poetry.group.dev.dependencies] is locked and installed, or poetry check and
#   poetry lock complain.
# Seen: beside [project] dependencies, or a group of the same name in
#   [dependency-groups], the tables of Poetry only add details to what those list. What
#   only they list is in no lock file; nothing says so.
# Users: add where the standard table is. The template's adopter writes to the standard
#   one where both are.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv poetry==2.5.1
for name in alpha beta gamma delta; do
    mkdir -p "$name/$name"
    touch "$name/$name/__init__.py"
    cat > "$name/pyproject.toml" <<TOML
[project]
name = "$name"
version = "1.0"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
TOML
done
cat > pyproject.toml <<TOML
[project]
name = "application"
version = "1.0"
requires-python = ">=3.11,<4"
dependencies = ["alpha @ file://$work/alpha"]

[tool.poetry]
package-mode = false

[tool.poetry.dependencies]
beta = { path = "beta" }

[dependency-groups]
dev = ["gamma @ file://$work/gamma"]

[tool.poetry.group.dev.dependencies]
delta = { path = "delta" }
TOML
venv/bin/poetry check 2>&1 | tail -n 1
venv/bin/poetry lock --quiet --no-interaction
locked=$(sed -n 's/^name = "\(.*\)"/\1/p' poetry.lock | sort | tr '\n' ' ')
echo "locked: $locked"
if [ "$locked" != "alpha gamma " ]; then
    echo "changed: what only Poetry's tables list is locked too"
    exit 1
fi
