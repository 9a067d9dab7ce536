#!/usr/bin/env bash
# The same migration makes a stored column with SQLAlchemy 2.0 and a virtual one with
#   2.1.
#
# Versions: SQLAlchemy 2.0.58 and 2.1.9; run in November 2026.
# Expected: Computed("…") without persisted= renders what it did: 2.0 has STORED, as
#   PostgreSQL had no other.
# Seen: 2.1 leaves the keyword out. PostgreSQL 18 then makes the column VIRTUAL, which
#   takes no index, and earlier servers reject the statement; databases that were
#   migrated before keep STORED, and Alembic sees no difference between the two.
# Users: say persisted=True or False, in models and in old revisions, before raising
#   SQLAlchemy to 2.1.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > table.py <<'PYTHON'
from sqlalchemy import Column, Computed, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

twice = Column("twice", Integer, Computed("a * 2"))
table = Table("t", MetaData(), Column("a", Integer), twice)
dialect = postgresql.dialect()
dialect.server_version_info = (17, 0)
print("STORED" if "STORED" in str(CreateTable(table).compile(dialect=dialect)) else "no keyword")
PYTHON
for version in 2.0.58 2.1.9; do
    uv venv --quiet "venv-$version"
    uv pip install --quiet --python "venv-$version" "sqlalchemy==$version"
done
old=$("venv-2.0.58/bin/python" table.py)
new=$("venv-2.1.9/bin/python" table.py)
echo "2.0: $old, 2.1: $new"
if [ "$old, $new" != "STORED, no keyword" ]; then
    echo "changed: both versions render Computed() alike"
    exit 1
fi
