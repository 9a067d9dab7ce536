"""Models for tables that are there: what they create is what was there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.environments import make_environment
from tests.support.linters import RULES, silent
from tests.support.template import add_layer, changed_files, copy_project, git

pytestmark = pytest.mark.long

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE account (
    id serial PRIMARY KEY, email text NOT NULL UNIQUE, seen timestamptz DEFAULT now(),
    feeling mood NOT NULL DEFAULT 'ok', CONSTRAINT long CHECK (length(email) > 1)
);
CREATE UNIQUE INDEX one_account ON account (lower(email));
CREATE INDEX latest ON account (seen DESC NULLS LAST, id) WHERE seen IS NOT NULL;
CREATE INDEX pattern ON account (email text_pattern_ops) INCLUDE (seen);
CREATE TABLE "Booking" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room int NOT NULL,
    during daterange NOT NULL, account_id int REFERENCES account ON DELETE CASCADE,
    seats positive, total numeric(12, 2) NOT NULL DEFAULT 0, feeling mood,
    twice numeric GENERATED ALWAYS AS (total * 2) STORED, tags text[] DEFAULT '{}', data jsonb,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (room > 0)
);
CREATE TABLE log (at timestamp, line varchar(20) COLLATE "C", "class" text);
CREATE VIEW recent AS SELECT id FROM account WHERE seen > now() - interval '1 day';
"""
TEMPORAL = """
CREATE TABLE price (
    room int4range, during daterange,
    CONSTRAINT price_pk PRIMARY KEY (room, during WITHOUT OVERLAPS)
);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION f();
"""
CATALOG = """
import asyncio
from sqlalchemy import text
from app.database_kit.engine import create_migration_engine
from app.database_kit.reflect import TABLES, VIEWS, definitions

def show(connection):
    tables = connection.scalars(text(TABLES)).all()
    for found in definitions(connection, tables):
        for key in sorted(found):
            print(*key, found[key])
    print(connection.scalars(text(VIEWS)).all())

async def main():
    async with create_migration_engine().connect() as connection:
        await connection.run_sync(show)

asyncio.run(main())
"""
RUN = """
import asyncio, os, sys

import asyncpg


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.execute(sys.argv[1])


asyncio.run(main())
"""
REFLECT = ("-m", "app.database_kit.reflect")
ALEMBIC = ("-m", "alembic")
KIT = [f"tests/database/test_database_{name}.py" for name in ("catalog", "migrations")]


def test_models_for_what_is_there(
    template: Path, tmp_path: Path, environments: Path, new_database: Callable[[], str]
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    add_layer(template, project, db_reflect=True, db_extras=["doctor", "enums"])
    kit = ["app/database_kit/reflect.py", "app/database_kit/baseline.py"]
    silent("ruff", "check", "--isolated", "--no-cache", *RULES, *kit, cwd=project)
    for width in (79, 120):
        ruff = ("ruff", "format", "--isolated", f"--line-length={width}", "--diff")
        silent(*ruff, *kit, cwd=project)
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "uv-app-reflect", install, cwd=project)
    mypy = ("mypy", "--strict", "--config-file=", "--explicit-package-bases")
    python = f"--python-executable={environment.python}"
    silent(*mypy, "--cache-dir=/dev/null", python, *kit, cwd=project)
    there, empty, temporal = new_database(), new_database(), new_database()

    def run(database: str, *command: str) -> str:
        done = environment.run(*command, cwd=project, variables={"DATABASE_URL": database})
        return done.stdout + done.stderr

    run(there, "-c", RUN, TABLES)
    run(temporal, "-c", RUN, TABLES + TEMPORAL)
    git(project, "add", "--all")

    said = run(temporal, *REFLECT)
    assert "PRIMARY KEY (room, during WITHOUT OVERLAPS)" in said
    assert "left out: the function f()\nleft out: the trigger t of account" in said
    for name in changed_files(project):
        if name.startswith("??"):
            (project / name[3:]).unlink()
    git(project, "checkout", "--", ".")

    said = run(there, *REFLECT)

    assert "3 models in" in said
    assert "differs" not in said
    assert "left out" not in said
    assert [line for line in said.splitlines() if "revision alone" in line] == [
        line for line in said.splitlines() if "CREATE VIEW recent" in line
    ]
    for database in (there, empty):
        run(database, *ALEMBIC, "upgrade", "head")
        assert "No new upgrade operations" in run(database, *ALEMBIC, "check")
    # Each constraint, index, default, and view.
    assert run(empty, "-c", CATALOG) == run(there, "-c", CATALOG)
    assert "passed" in run(empty, "-m", "pytest", "-q", *KIT)
    written = git(project, "status", "--short")
    with pytest.raises(AssertionError, match="there are revisions in"):
        run(there, *REFLECT)
    assert git(project, "status", "--short") == written
