#!/usr/bin/env bash
# With SQLAlchemy 2.1, sqladmin has no form for a model with a float.
#
# Versions: sqladmin 0.32.0, SQLAlchemy 2.0.58 and 2.1.9; run in November 2026.
# Expected: sqladmin allows SQLAlchemy 2.1, and Mapped[float] has a decimal field, as it
#   had with 2.0.
# Seen: sqladmin looks for a converter among the classes of the column's type; with 2.1
#   Float is no kind of Numeric any more. List and details are shown, the create and the
#   edit page answer 500. Whatever else tests isinstance(type, Numeric) misses floats in
#   the same way.
# Users: Numeric, or a converter of one's own for Float and Double (ModelConverter,
#   form_converter).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv sqladmin==0.32.0
cat > form.py <<'PYTHON'
import asyncio

from sqladmin import ModelView
from sqladmin.exceptions import NoConverterFound
from sqlalchemy import __version__
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Reading(Base):
    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]


class ReadingView(ModelView, model=Reading):
    session_maker = sessionmaker()
    is_async = False


try:
    asyncio.run(ReadingView().scaffold_form())
    print(f"SQLAlchemy {__version__}: a form")
except NoConverterFound:
    print(f"SQLAlchemy {__version__}: no converter")
PYTHON
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.0.58'
venv/bin/python -W ignore form.py > seen
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.1.9'
venv/bin/python -W ignore form.py >> seen
cat seen
printf 'SQLAlchemy 2.0.58: a form\nSQLAlchemy 2.1.9: no converter\n' > expected
if ! cmp --quiet seen expected; then
    echo "changed: sqladmin has a field for floats with both versions, or with neither"
    exit 1
fi
