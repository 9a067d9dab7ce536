"""Run in a project: `compare_tables.py PACKAGE TABLES ROUNDS` prints the median ratio."""

import asyncio
import statistics
import sys
import time
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

# Every fifth table has a CHECK, as an enum of the layer has: PostgreSQL is asked about those.
CHECKS = 5


def declare(metadata: MetaData, count: int) -> None:
    """Declare tables as a project has them."""
    for number in range(count):
        table = Table(
            f"table_{number}",
            metadata,
            Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
            Column("name", String(120), nullable=False, index=True),
            Column("email", Text, unique=True),
            Column("count", BigInteger, nullable=False, server_default="0"),
            Column("price", Numeric(12, 2)),
            Column("active", Boolean, server_default=text("true")),
            Column("extra", JSONB, server_default=text("'{}'::jsonb")),
            Column("created_at", DateTime(timezone=True), server_default=func.now()),
            Column("other_id", ForeignKey(f"table_{max(number - 1, 0)}.id")),
        )
        if number % CHECKS == 0:
            table.append_constraint(CheckConstraint("count >= 0", name="positive"))


def seconds(connection: Connection, metadata: MetaData, plugins: list[str]) -> float:
    """Compare, and tell for how long."""
    options = {
        "target_metadata": metadata,
        "compare_type": True,
        "compare_server_default": True,
        "autogenerate_plugins": plugins,
    }
    context = MigrationContext.configure(connection, opts=options)
    begin = time.perf_counter()
    compare_metadata(context, metadata)
    return time.perf_counter() - begin


async def main() -> None:
    """Create the tables, and compare them in turn."""
    layer, count, rounds = sys.argv[1:]
    plugin = import_module(f"{layer}.database_kit.autogenerate.plugin").plugin
    convention = import_module(f"{layer}.models").Base.metadata.naming_convention
    metadata = MetaData(naming_convention=convention)
    declare(metadata, int(count))
    engine = import_module(f"{layer}.database_kit.engine").create_migration_engine()
    async with engine.connect() as connection:
        # In parts: the locks of a transaction are limited.
        for table in metadata.sorted_tables:
            await connection.run_sync(table.create)
            await connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY")
            await connection.commit()
    ratios: list[float] = []
    for _ in range(int(rounds)):
        times: list[float] = []
        for plugins in (["alembic.autogenerate.*"], ["alembic.autogenerate.*", plugin.name]):
            # A connection each, so that neither finds a warm cache of the other's.
            async with engine.connect() as connection:
                times.append(await connection.run_sync(seconds, metadata, plugins))
        ratios.append(times[1] / times[0])
    print(statistics.median(ratios))


if __name__ == "__main__":
    asyncio.run(main())
