"""Run in a project: migrate random tables to random others, and compare what PostgreSQL says.

`python random_changes.py TESTS SEED COUNT TEMPLATE`: TESTS is the package of the layer's tests.
A case is a pair of models. Autogenerate writes the way to the first, to the second, and to none at
all; after each the catalogs have to be what `create_all` makes, `alembic check` has to be content,
and the downgrade has to lead back.
"""

import asyncio
import inspect
import os
import sys
import tempfile
import traceback
import warnings
from functools import wraps
from importlib import import_module
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from alembic import command
from alembic.config import Config
from random_models import Models
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

SNAPSHOT = """
    SELECT concat_ws(' ', 'type', oid::regtype, ARRAY(
        SELECT enumlabel FROM pg_enum WHERE enumtypid = oid ORDER BY enumsortorder
    )) FROM pg_type WHERE typtype = 'e'
    UNION ALL
    SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'table', oid::regclass) FROM pg_class
    WHERE relkind IN ('r', 'p') AND relname <> 'alembic_version'
    UNION ALL
    SELECT concat_ws(' ', 'sequence', seqrelid::regclass) FROM pg_sequence
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = seqrelid AND deptype IN ('a', 'i'))
    UNION ALL
    SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace
    WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'private'
"""

NARROW = """
    SELECT attrelid::regclass::text FROM pg_sequence
    JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
    JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE seqtypid <> atttypid AND atttypid = 'bigint'::regtype
"""

LOOP = asyncio.new_event_loop()


class KeptEngine(AsyncEngine):
    """An engine that one migration leaves open for the next one."""

    async def dispose(self, close: bool = True) -> None:  # noqa: FBT001, FBT002
        """Keep the connections: most of the time would go into new ones."""


class Database:
    """An empty database, and Alembic with revisions of its own."""

    def __init__(self, server: str, tests: str, template: str) -> None:
        self.server = server
        self.name = f"random_{uuid4().hex}"
        run(server, f"CREATE DATABASE {self.name} TEMPLATE {template}")
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{self.name}"))
        self.catalog = import_module(f"{tests}.test_database_catalog")
        create = inspect.unwrap(self.catalog.create_migration_engine)
        layer = sys.modules[create.__module__]
        layer.NullPool = AsyncAdaptedQueuePool
        os.environ["DATABASE_URL"] = self.url
        layer.get_database_settings.cache_clear()
        self.engine = KeptEngine(create().sync_engine)
        kept = wraps(create)(lambda: self.engine)
        lock = import_module(
            layer.DatabaseSettings.__module__.replace("settings", "migration_lock")
        )
        self.catalog.create_migration_engine = lock.create_migration_engine = kept

    def drop(self) -> None:
        """Remove it, with what a failure has left."""
        LOOP.run_until_complete(AsyncEngine.dispose(self.engine))
        run(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")


class Case:
    """Revisions of its own, which begin and end with no table."""

    def __init__(self, database: Database) -> None:
        self.catalog = database.catalog
        self.engine = database.engine
        self.versions = tempfile.mkdtemp()
        self.config = Config("alembic.ini", stdout=StringIO())
        self.config.set_main_option("version_locations", self.versions)
        self.config.file_config.remove_section("post_write_hooks")
        self.start = self.before = self.snapshot()

    def migrate(self) -> set[str]:
        """Go to the present models; return all that there is then."""
        revision = uuid4().hex[:12]
        # The names of the files hold the second and the message.
        command.revision(
            *(self.config, revision),
            autogenerate=True,
            version_path=self.versions,
            rev_id=revision,
        )
        command.upgrade(self.config, "head")
        migrated = self.read()
        command.check(self.config)
        expected = self.read(anew=True)
        same("as create_all", migrated, expected)
        same("as wide as the column", self.query(NARROW), set())
        return migrated | self.snapshot()

    def snapshot(self) -> set[str]:
        """Return what is left where no table is."""
        return self.query(SNAPSHOT)

    def query(self, sql: str) -> set[str]:
        """Return a column of rows."""

        async def read() -> set[str]:
            async with self.engine.connect() as connection:
                return set(await connection.scalars(text(sql)))

        return LOOP.run_until_complete(read())

    def read(self, *, anew: bool = False) -> set[str]:
        """Return the catalog; with anew, that of tables which SQLAlchemy has created."""

        async def read() -> set[str]:
            async with self.engine.connect() as connection:
                if anew:
                    # Nothing is committed, so that the migrated tables stay.
                    connection.sync_connection.commit = lambda: None
                    await connection.run_sync(self.catalog.create_anew)
                return await connection.run_sync(self.catalog.read_catalog)

        return LOOP.run_until_complete(read())

    def partition(self, models: Models) -> None:
        """Give tables partitions, as a job for them does."""

        async def execute() -> None:
            async with self.engine.begin() as connection:
                for statement in models.partitions():
                    await connection.exec_driver_sql(statement)

        LOOP.run_until_complete(execute())
        self.before |= self.snapshot()

    def end(self) -> None:
        """Go back all the way."""
        command.downgrade(self.config, "base")
        same("as at the start", self.snapshot(), self.start)

    def step(self, models: Models, change) -> None:
        """Change the models, go there and back and there again."""
        before = self.before
        declared = models.copy()
        change()
        models.declare()
        after = self.migrate()
        declared.declare()
        command.downgrade(self.config, "-1")
        same("as before", self.read() | self.snapshot(), before)
        models.declare()
        command.upgrade(self.config, "head")
        same("as after the first upgrade", self.read() | self.snapshot(), after)
        self.before = after


def same(what: str, found: set[str], expected: set[str]) -> None:
    """Raise where two catalogs differ, and say by what."""
    more = "\n+ ".join(["", *sorted(found - expected)])
    less = "\n- ".join(["", *sorted(expected - found)])
    if more or less:
        raise AssertionError(f"not {what}:{more}{less}")


def run(url: str, sql: str) -> list[asyncpg.Record]:
    """Run a statement on a connection of its own."""

    async def execute() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    return LOOP.run_until_complete(execute())


def main() -> None:
    """Go through the cases, and print those that fail."""
    tests, seed, count, template = sys.argv[1:]
    warnings.simplefilter("error")
    failed: list[int] = []
    server = os.environ["DATABASE_URL"]
    asyncio.run = LOOP.run_until_complete
    database = Database(server, tests, template)
    for number in range(int(seed), int(seed) + int(count)):
        models = Models(number, database.catalog.Base)
        models.declare()
        case = Case(database)
        try:
            case.step(models, models.invent)
            case.partition(models)
            case.step(models, models.change)
            case.step(models, models.forget)
            case.end()
        except Exception:
            failed.append(number)
            print(f"seed {number}: {traceback.format_exc(chain=False)}", file=sys.stderr)
            for path in sorted(Path(case.versions).glob("*.py"), key=lambda p: p.stat().st_mtime):
                print(path.read_text(), file=sys.stderr)
            database.drop()
            database = Database(server, tests, template)
    database.drop()
    if failed:
        sys.exit(f"failed: {failed}")


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main()
