#!/usr/bin/env bash
# alembic upgrade --sql prints each % twice, where env.py names the dialect only.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9; run in November 2026.
# Expected: context.configure(dialect_name="postgresql", literal_binds=True) is
#   documented for printing SQL that psql can run.
# Seen: the SQL is compiled for SQLAlchemy's default driver, to whose cursor a % has to
#   go doubled: a default of '50%' becomes '50%%', a comment too, and n % 2 an operator
#   that does not exist. Alembic's templates of env.py avoid it by
#   dialect_opts={"paramstyle": "named"}, without a word on why.
# Users: keep that line; the layer's env.py has it.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'alembic==1.20.1'

venv/bin/python -W ignore - <<'PYTHON'
import io
import sys

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, String


def printed(**options):
    buffer = io.StringIO()
    as_sql = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = MigrationContext.configure(dialect_name="postgresql", opts=as_sql, **options)
    operations = Operations(context)
    operations.add_column("t", Column("share", String, server_default="50%"))
    operations.execute("UPDATE t SET n = n % 2")
    return buffer.getvalue()


as_named = printed(dialect_opts={"paramstyle": "named"})
as_default = printed()
print(as_default, as_named, sep="--- with dialect_opts:\n")
if as_default.count("%%") != 2 or "%%" in as_named:
    sys.exit("changed: both ways print a % once")
PYTHON
