"""Run in an environment with the layer's packages: migrate the packages' tables, and use them.

`python round_trips.py DIRECTORY URL` goes through the packages in the directory. Each gets a
schema of PostgreSQL's, a migration that autogenerate writes, applied, undone and applied again
without a difference afterwards, and the round trips of its generated tests.
"""

import asyncio
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from inspect import iscoroutinefunction
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy
from alembic import autogenerate, op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine


def main() -> None:
    """Go through the packages."""
    directory, url = sys.argv[1:]
    sys.path.insert(0, directory)
    warnings.simplefilter("error")
    packages = sorted(path.parent.name for path in Path(directory).glob("*/models"))
    failures = asyncio.run(failed(packages, url))
    if failures:
        sys.exit(f"failed: {', '.join(failures)}")


async def failed(packages: list[str], url: str) -> list[str]:
    """Say which packages fail, and print why."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    failures: list[str] = []
    for package in packages:
        try:
            async with engine.connect() as connection:
                await check(connection, package)
        except Exception:  # noqa: BLE001 - whatever it is, the others are to be seen too
            failures.append(package)
            print(f"{package}: {traceback.format_exc()}", file=sys.stderr)
    await engine.dispose()
    return failures


async def check(connection: AsyncConnection, package: str) -> None:
    """Migrate and use the tables of one package, and roll everything back."""
    await connection.execute(text(f"CREATE SCHEMA {package}"))
    await connection.execute(text(f"SET search_path TO {package}"))
    metadata = import_module(f"{package}.models").Base.metadata
    plugin = import_module(f"{package}.database_kit.autogenerate.plugin").plugin.name
    render = import_module("shared.database_kit.autogenerate.rendering").render_item
    if find_spec(f"{package}.database_kit.updated_at"):
        # Alembic's own autogenerate writes all that these models need at first.
        own = import_module(f"{package}.database_kit.updated_at").plugin.name
        savepoint = await connection.begin_nested()
        await connection.run_sync(migrate, metadata, own)
        await connection.run_sync(compare, metadata, plugin)
        await savepoint.rollback()
    await connection.run_sync(migrate, metadata, plugin, render)
    for function, arguments in calls(import_module(f"{package}.test_models")):
        savepoint = await connection.begin_nested()
        session = AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        async with session:
            await function(**arguments, session=session)
        await savepoint.rollback()
    await check_seeds(connection, import_module(f"{package}.seeds"))
    await connection.rollback()


async def check_seeds(connection: AsyncConnection, module: ModuleType) -> None:
    """Save the rows to start with, twice."""
    counts: list[tuple[int, int]] = []
    for _ in range(2):
        async with AsyncSession(connection) as session:
            with redirect_stdout(StringIO()):
                seeds = await module.seed(session, "development")
            await session.flush()
        counts.append((seeds.saved, seeds.changed))
    saved = counts[0][0]
    if saved == 0 or counts != [(saved, saved), (saved, 0)]:
        raise AssertionError(f"the seeds saved and changed {counts}")


def migrate(
    connection: Connection,
    metadata: MetaData,
    plugin: str,
    render_item: Callable[..., object] | None = None,
) -> None:
    """Write a migration as `alembic revision --autogenerate` does, and run it both ways."""
    context = configure(connection, metadata, plugin, render_item)
    script = autogenerate.produce_migrations(context, metadata)
    if script.upgrade_ops is None or script.downgrade_ops is None:
        raise AssertionError("there is nothing to migrate")
    upgrade, downgrade = (
        autogenerate.render_python_code(operations, migration_context=context)
        for operations in (script.upgrade_ops, script.downgrade_ops)
    )
    with Operations.context(context):
        for statements in (upgrade, downgrade, upgrade):
            exec(f"if True:\n    {statements}", {"op": op, "sa": sqlalchemy, **postgresql()})  # noqa: S102
    compare(connection, metadata, plugin)


def compare(connection: Connection, metadata: MetaData, plugin: str) -> None:
    """See that nothing is left to migrate."""
    context = configure(connection, metadata, plugin)
    left = autogenerate.produce_migrations(context, metadata).upgrade_ops
    if left is None or left.ops:
        raise AssertionError(f"{left and left.as_diffs()} left over")


def configure(
    connection: Connection,
    metadata: MetaData,
    plugin: str,
    render_item: Callable[..., object] | None = None,
) -> MigrationContext:
    """Return a context as `env.py` has it."""
    return MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "autogenerate_plugins": ["alembic.autogenerate.*", plugin],
            "render_item": render_item,
            "target_metadata": metadata,
        },
    )


def postgresql() -> dict[str, object]:
    """The imports that Alembic adds to a revision that needs them."""
    import_module("pgvector.sqlalchemy")
    return {
        "pgvector": import_module("pgvector"),
        "postgresql": import_module("sqlalchemy.dialects.postgresql"),
    }


def calls(module: ModuleType) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """The tests of a module with the arguments that pytest would give them."""
    for name, function in vars(module).items():
        if name.startswith("test_") and iscoroutinefunction(function):
            [mark] = function.pytestmark
            names, values = mark.args
            for value in values:
                yield (
                    function,
                    dict(
                        [(names, value)]
                        if isinstance(names, str)
                        else zip(names, value, strict=True)
                    ),
                )


if __name__ == "__main__":
    main()
