"""Run in a project: migrate random tables to random others, and compare what PostgreSQL says.

`python random_changes.py TESTS SEED COUNT TEMPLATE`: TESTS is the package of the layer's tests.
A case is a pair of models. Autogenerate writes the way to the first, to the second, and to none at
all; after each the catalogs have to be what `create_all` makes, `alembic check` has to be content,
and the downgrade has to lead back.
"""

import asyncio
import os
import sys
import tempfile
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from alembic import command
from alembic.config import Config
from random_models import Models

SNAPSHOT = """
    SELECT concat_ws(' ', 'type', oid::regtype, ARRAY(
        SELECT enumlabel FROM pg_enum WHERE enumtypid = oid ORDER BY enumsortorder
    )) FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'table', oid::regclass) FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version'
"""


class Case:
    """A database, and Alembic with revisions of its own."""

    def __init__(self, server: str, tests: str, template: str) -> None:
        self.server = server
        self.name = f"random_{uuid4().hex}"
        self.create = f"CREATE DATABASE {self.name} TEMPLATE {template}"
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{self.name}"))
        self.catalog = import_module(f"{tests}.test_database_catalog")
        self.versions = tempfile.mkdtemp()
        self.config = Config("alembic.ini")
        self.config.set_main_option("version_locations", self.versions)

    def __enter__(self) -> "Case":
        run(self.server, self.create)
        os.environ["DATABASE_URL"] = self.url
        settings = sys.modules[self.catalog.create_migration_engine.__module__]
        settings.get_database_settings.cache_clear()
        return self

    def __exit__(self, *_: object) -> None:
        run(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")

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
        return migrated | self.snapshot()

    def snapshot(self) -> set[str]:
        """Return what is left where no table is."""
        return {row[0] for row in run(self.url, SNAPSHOT)}

    def read(self, *, anew: bool = False) -> set[str]:
        """Return the catalog; with anew, that of tables which SQLAlchemy has created."""
        return asyncio.run(self._read(anew=anew))

    async def _read(self, *, anew: bool) -> set[str]:
        engine = self.catalog.create_migration_engine()
        async with engine.connect() as connection:
            if anew:
                # Nothing is committed, so that the migrated tables stay.
                connection.sync_connection.commit = lambda: None
                await connection.run_sync(self.catalog.create_anew)
            found = await connection.run_sync(self.catalog.read_catalog)
        await engine.dispose()
        return found

    def step(self, models: Models, change) -> None:
        """Change the models, go there and back and there again."""
        before = self.read() | self.snapshot()
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

    return asyncio.run(execute())


def main() -> None:
    """Go through the cases, and print those that fail."""
    tests, seed, count, template = sys.argv[1:]
    warnings.simplefilter("error")
    failed: list[int] = []
    server = os.environ["DATABASE_URL"]
    for number in range(int(seed), int(seed) + int(count)):
        with Case(server, tests, template) as case:
            models = Models(number, case.catalog.Base)
            try:
                case.step(models, models.invent)
                case.step(models, models.change)
                case.step(models, models.forget)
            except Exception:
                failed.append(number)
                print(f"seed {number}: {traceback.format_exc(chain=False)}", file=sys.stderr)
                for path in sorted(
                    Path(case.versions).glob("*.py"), key=lambda p: p.stat().st_mtime
                ):
                    print(path.read_text(), file=sys.stderr)
    if failed:
        sys.exit(f"failed: {failed}")


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main()
