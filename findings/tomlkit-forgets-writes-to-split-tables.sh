#!/usr/bin/env bash
# tomlkit forgets what is written into a table whose parts are not side by side.
#
# Versions: tomlkit 0.15.2; run in November 2026.
# Expected: [tool.a], [project.urls], [tool.b] is valid TOML and common; after
#   tool.setdefault("new", {}), tool["new"] is the table that the document has.
# Seen: the document gets an empty [tool.new], and tool["new"] is another table: what is
#   set in it is not written, without an error. Assigning to a key of such a table can
#   drop another one: [tool] z = 1 between [tool.a.b] and [tool.a] is gone once
#   tool["a"] is replaced.
# Users: parse what was written and compare; the template's adopter does.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'tomlkit==0.15.2'

venv/bin/python -W ignore - <<'PYTHON'
import sys
import tomllib

import tomlkit

SPLIT = "[tool.a]\nk = 1\n[project]\nname = 'x'\n[tool.b]\nk = 2\n"
document = tomlkit.parse(SPLIT)
tool = document["tool"]
tool.setdefault("new", {})
tool["new"]["key"] = 1
written = tomllib.loads(tomlkit.dumps(document))["tool"]["new"]

document = tomlkit.parse("[tool.a.b]\nk = 1\n[tool]\nz = 1\n[tool.a]\nq = 2\n")
document["tool"]["a"] = 3
replaced = tomllib.loads(tomlkit.dumps(document))["tool"]
print("new table:", written, "after replacing a:", replaced)
if (written, replaced) != ({}, {"a": 3}):
    sys.exit("changed: what is written into a split table is in the document")
PYTHON
