#!/usr/bin/env bash
# A table that tomlkit adds below dotted keys lands elsewhere, and takes other lines
#   along.
#
# Versions: tomlkit 0.15.2; run in November 2026.
# Expected: doc["tool"]["ruff"]["lint"]["isort"] = table() writes what reads back as
#   tool.ruff.lint.isort, however the file spells the tables around it.
# Seen: under lint.select = […], the new table is written as [lint.isort], at the top of
#   the document. Between project.name and project.dependencies it becomes
#   [project.scripts], which swallows the line below: the project has no dependencies
#   any more. Both documents are valid TOML, and the document in memory looks right.
# Users: parse what was written and compare. The template's adopter splices text, and
#   does compare.

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


def added(source, *path):
    document = tomlkit.parse(source)
    place = document
    for key in path:
        place = place[key]
    table = tomlkit.table()
    table["key"] = 1
    place["new"] = table
    return tomllib.loads(tomlkit.dumps(document))


ruff = added('[tool.ruff]\nlint.select = ["A"]\n', "tool", "ruff", "lint")
project = added('project.name = "x"\nproject.dependencies = ["a"]\n', "project")
print(ruff, project, sep="\n")
lost_parents = {"tool": {"ruff": {"lint": {"select": ["A"]}}}, "lint": {"new": {"key": 1}}}
swallowed = {"project": {"name": "x", "new": {"key": 1, "project": {"dependencies": ["a"]}}}}
if (ruff, project) != (lost_parents, swallowed):
    sys.exit("changed: the new table is where it was added, or somewhere else")
PYTHON
