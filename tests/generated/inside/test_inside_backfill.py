"""Run in an adopted project: large tables are changed in batches."""

import sys
from uuid import uuid4

import pytest
from app.database_kit import backfill
from app.database_kit.backfill import BackfillError, main, plan_backfill, run_backfill
from app.database_kit.engine import create_migration_engine
from sqlalchemy import (
    Column,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

pytestmark = pytest.mark.anyio
METADATA = MetaData()
VALUES = (Column("done", Integer), Column("number", Integer))
INTEGERS, UUIDS, PAIRS = (
    Table(name, METADATA, *keys, *(column._copy() for column in VALUES))
    for name, keys in {
        "integers": [Column("id", Integer, primary_key=True, autoincrement=False)],
        "uuids": [Column("id", Uuid, primary_key=True)],
        "pairs": [Column("day", Date, primary_key=True), Column("word", Text, primary_key=True)],
    }.items()
)
DAYS = [f"2026-01-0{1 + number // 3}" for number in range(10)]
ROWS = {
    INTEGERS: [{"id": number * 7 - 20, "number": number} for number in range(10)],
    UUIDS: [{"id": uuid4(), "number": number} for number in range(10)],
    PAIRS: [
        {"day": text(f"DATE '{day}'"), "word": f"it's {number % 3}", "number": number}
        for number, day in enumerate(DAYS)
    ],
}
NO_PAUSE = {"pause_seconds": 0, "batch_rows": 3}


@pytest.fixture
async def connection(empty_database):
    engine = create_migration_engine()
    async with engine.connect() as connection:
        await connection.run_sync(METADATA.create_all)
        for table, rows in ROWS.items():
            for row in rows:
                await connection.execute(insert(table).values(row))
        await connection.commit()
        yield connection
    await engine.dispose()


async def count(connection, table):
    found = await connection.execute(select(table.c.number).where(table.c.done == 1))
    await connection.commit()
    return len(found.all())


@pytest.mark.parametrize("table", list(ROWS), ids=str)
async def test_all_rows_once(table, connection, monkeypatch):
    batches = []
    run_batch = backfill._run_batch

    async def count_batches(*arguments):
        batches.append(arguments)
        return await run_batch(*arguments)

    monkeypatch.setattr(backfill, "_run_batch", count_batches)
    statement = update(table).where(table.c.number > 0).values(done=1)

    assert await run_backfill("fill", statement, **NO_PAUSE) == "9 of 10 rows changed"
    assert len(batches) == 5
    assert await count(connection, table) == 9
    assert await run_backfill("fill", statement, **NO_PAUSE) == "9 of 10 rows changed"
    assert len(batches) == 5
    again = await run_backfill("fill", statement, restart=True, **NO_PAUSE)
    assert again == "9 of 10 rows changed"
    gone = await run_backfill("clean", delete(table).where(table.c.done == 1), **NO_PAUSE)
    assert gone == "9 of 10 rows changed"


async def test_it_goes_on_where_it_has_stopped(connection):
    statement = update(INTEGERS).values(done=1 / (INTEGERS.c.number - 7))
    with pytest.raises(DBAPIError, match="division by zero"):
        await run_backfill("fill", statement, **NO_PAUSE)
    found = await connection.execute(text("SELECT last_key, passed FROM backfill.progress"))
    await connection.commit()
    assert found.one() == (["15"], 6)

    done = await run_backfill("fill", update(INTEGERS).values(done=1), **NO_PAUSE)

    assert done == "10 of 10 rows changed"
    assert await count(connection, INTEGERS) == 4


async def test_two_processes(connection):
    statement = update(INTEGERS).values(done=1)
    await run_backfill("fill", statement, **NO_PAUSE)
    await connection.execute(text("UPDATE backfill.progress SET finished_at = NULL"))
    await connection.commit()
    # As a batch of another process does.
    await connection.execute(text("UPDATE backfill.progress SET passed = 0"))

    with pytest.raises(BackfillError, match="another process runs it"):
        await run_backfill("fill", statement, **NO_PAUSE)


async def test_a_row_in_use_is_waited_for(connection, configure, monkeypatch):
    await configure(migration_lock_timeout_seconds=0.05)
    await connection.execute(update(INTEGERS).where(INTEGERS.c.number == 4).values(done=0))
    run_batch = backfill._run_batch
    failed = []

    async def run_and_release(*arguments):
        try:
            return await run_batch(*arguments)
        except DBAPIError as error:
            failed.append(error)
            await connection.commit()
            raise

    monkeypatch.setattr(backfill, "_run_batch", run_and_release)
    done = await run_backfill("fill", update(INTEGERS).values(done=1), **NO_PAUSE)

    assert done == "10 of 10 rows changed"
    assert len(failed) == 1


async def test_what_is_to_do(connection):
    await connection.execute(text("ANALYZE integers"))
    await connection.commit()

    said = await plan_backfill(update(INTEGERS).values(done=1), batch_rows=3)

    assert said == "about 10 rows of integers, 4 batches"
    assert await count(connection, INTEGERS) == 0
    with pytest.raises(BackfillError, match="at least one"):
        await run_backfill("fill", update(INTEGERS).values(done=1), batch_rows=0)


@pytest.mark.parametrize(
    ("name", "said"),
    [("nothing:x", "nothing:x: No module named 'nothing'"), ("json:dumps", "no update")],
)
def test_what_cannot_be_run(name, said, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["backfill", name])

    with pytest.raises(SystemExit, match=said):
        main()
