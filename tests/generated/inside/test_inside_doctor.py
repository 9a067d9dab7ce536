"""Run in an adopted project: what the doctor finds, and what it keeps to itself."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from alembic.command import upgrade
from app.database_kit import diagnostics, doctor, revisions as database_revisions
from app.database import dispose_engine, session_scope
from app.database_kit.doctor import examine
from app.database_kit.engine import create_migration_engine
from app.database_kit.settings import get_database_settings
from app.database_kit.url import parse_database_url
from app.models import Base
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, text
from sqlalchemy.exc import IntegrityError

pytestmark = pytest.mark.anyio

SECRET = "s3cr3t"


@pytest.fixture
def own_revisions(alembic_config, monkeypatch, tmp_path):
    """Let the project be one that has the revision of this test run."""
    with (tmp_path / "alembic.ini").open("w") as file:
        alembic_config.file_config.write(file)
    monkeypatch.setattr(database_revisions, "PROJECT", tmp_path)


async def findings():
    return {name: finding async for name, finding in examine()}


async def run(sql):
    async with session_scope() as session:
        await session.execute(text(sql))
    await dispose_engine()


@pytest.mark.usefixtures("migrated_database", "own_revisions")
async def test_all_is_well():
    found = await findings()

    assert list(found) == [
        *["URL", "connection", "encryption", "version", "role", "pooler", "latency", "pool"],
        *["time", "migrations", "validity"],
    ]
    levels = {name: finding.level for name, finding in found.items()}
    assert levels.pop("role") == "warning"
    assert set(levels.values()) == {"ok"}, found
    assert "superuser" in found["role"].text
    assert found["version"].text.startswith("PostgreSQL 18.")
    assert "1 x 30 connections, the server's limit is 97" in found["pool"].text


@pytest.mark.usefixtures("empty_database", "own_revisions")
async def test_migrations_to_run():
    found = (await findings())["migrations"]

    assert (found.level, found.advice) == ("failure", "uv run alembic upgrade head")
    assert "at no revision, but the head is" in found.text


@pytest.mark.usefixtures("empty_database")
def test_several_heads_and_a_later_version(alembic_config, own_revisions, monkeypatch):
    history = database_revisions.read_history()
    assert history is not None
    both = database_revisions.History(history.known | {"other"}, history.newest | {"other"})
    monkeypatch.setattr(diagnostics, "read_history", lambda: both)
    several = asyncio.run(findings())["migrations"]
    upgrade(alembic_config, "head")
    none = database_revisions.History(frozenset({"old"}), frozenset({"old"}))
    monkeypatch.setattr(diagnostics, "read_history", lambda: none)
    later = asyncio.run(findings())["migrations"]

    assert (several.level, several.advice) == ("failure", "uv run alembic merge heads")
    assert (later.level, later.advice) == ("warning", "Deploy the version that has it")


@pytest.mark.usefixtures("migrated_database")
@pytest.mark.parametrize(
    ("workers", "level"), [("1", "ok"), ("2", "warning"), ("3", "warning"), ("4", "failure")]
)
async def test_pools_against_the_servers_limit(workers, level, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", workers)

    assert (await findings())["pool"].level == level


@pytest.mark.usefixtures("migrated_database")
async def test_limits_of_role_and_database(configure, server_url):
    await run("CREATE ROLE limited LOGIN CONNECTION LIMIT 10")
    try:
        await configure(url=replace(server_url, user="limited").dsn)
        found = await findings()
    finally:
        await configure(url=server_url.dsn)
        await run("DROP ROLE limited")

    assert found["pool"].level == "failure"
    assert "the server's limit is 10" in found["pool"].text
    assert found["role"].level == "ok"


@pytest.mark.usefixtures("migrated_database")
@pytest.mark.usefixtures("empty_database")
async def test_what_is_invalid_is_named_with_what_mends_it():
    await run("CREATE TABLE twice AS SELECT 1 AS a FROM generate_series(1, 2)")
    await run("ALTER TABLE twice ADD CONSTRAINT large CHECK (a > 1) NOT VALID")
    await run("ALTER TABLE twice ADD CONSTRAINT later CHECK (a > 1) NOT ENFORCED")
    engine = create_migration_engine()
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(IntegrityError):
            await connection.execute(text("CREATE UNIQUE INDEX CONCURRENTLY once ON twice (a)"))
    await engine.dispose()

    found = (await findings())["validity"]

    assert found == (
        "warning",
        "index once is INVALID, large of twice is NOT VALID",
        "REINDEX INDEX CONCURRENTLY once; ALTER TABLE twice VALIDATE CONSTRAINT large",
    )


@pytest.mark.usefixtures("migrated_database")
async def test_time(monkeypatch):
    name = parse_database_url(get_database_settings().url.get_secret_value()).database
    await run(f"ALTER DATABASE {name} SET timezone TO 'Europe/Berlin'")
    zone = (await findings())["time"]
    await run(f"ALTER DATABASE {name} RESET timezone")
    monkeypatch.setattr(diagnostics, "time", lambda: 0)
    skewed = (await findings())["time"]
    monkeypatch.undo()
    metadata = MetaData()
    Table("naive", metadata, Column("id", Integer), Column("at", DateTime))
    monkeypatch.setattr(Base, "metadata", metadata)
    naive = (await findings())["time"]

    assert [each.level for each in (zone, skewed, naive)] == ["warning"] * 3
    assert "Europe/Berlin" in zone.text
    assert "apart" in skewed.text
    assert "no time zone in naive.at" in naive.text


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        ("127.0.0.1:1/x", "Check that the server runs"),
        ("no-such-host.invalid/x", "Check the host"),
        ("/x?host=/no/such/socket", "Check that the server runs"),
    ],
)
async def test_no_connection(configure, place, advice, capsys):
    await configure(url=f"postgresql://user:{SECRET}@{place}", connect_timeout_seconds=2)

    assert await doctor.main() == 1

    said = capsys.readouterr().out
    assert SECRET not in said
    assert "user@" in said
    assert advice in said


@pytest.mark.usefixtures("migrated_database")
async def test_a_login_that_fails(configure, server_url):
    await configure(url=replace(server_url, user="nobody", password=SECRET).dsn)
    found = await findings()
    await configure(url=replace(server_url, database="no_such_database").dsn)
    no_database = await findings()

    assert found["connection"].level == "failure"
    assert "Check the user" in found["connection"].advice
    assert "Create the database" in no_database["connection"].advice
    assert SECRET not in f"{found}"


@pytest.mark.parametrize(
    ("mode", "level"),
    [("disable", "failure"), ("prefer", "failure"), ("require", "warning"), ("", "failure")],
)
async def test_encryption_on_the_way_to_another_machine(configure, mode, level):
    query = f"?sslmode={mode}" if mode else ""
    # Where nothing listens, nothing offers encryption either.
    await configure(url=f"postgresql://u:{SECRET}@127.0.0.9:1/x{query}", connect_timeout_seconds=1)

    found = await diagnostics.check_encryption(None)

    assert found.level == level
    assert SECRET not in f"{found}"


@pytest.mark.parametrize("place", ["localhost", "127.0.0.1:1", "[::1]", "[::1]:1,localhost"])
async def test_nobody_listens_on_the_way_to_this_machine(configure, place):
    await configure(url=f"postgresql://u:{SECRET}@{place}/x", connect_timeout_seconds=1)

    assert (await diagnostics.check_encryption(None)).level == "ok"


def run_doctor(url, **options):
    return subprocess.run(
        [sys.executable, "-m", "app.database_kit.doctor"],
        env={**os.environ, "DATABASE_URL": url},
        text=True,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        f"mysql://u:{SECRET}@h/x",
        f"postgresql://u:{SECRET}@h:99999/x",
        f"postgresql://u:{SECRET}@[::1/x",
        f"postgresql://u:{SECRET}@h]/x",
        f"postgresql://u:{SECRET}@h/x?port=99999",
    ],
)
def test_as_a_command(url):
    done = run_doctor(url, capture_output=True)

    assert done.returncode == 1
    assert done.stdout.startswith("failure  URL")
    assert "DATABASE_URL" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "rest",
    [f"@{'a' * 70}.invalid/x", "@[1]/x", "%00@127.0.0.1:1/x", "%ED%A0%80@127.0.0.1:1/x"],
)
def test_a_place_that_cannot_be(rest):
    done = run_doctor(f"postgresql://u:{SECRET}{rest}", capture_output=True)

    assert done.returncode == 1
    assert "failure  connection" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert done.stderr == ""


@pytest.mark.usefixtures("migrated_database")
def test_nobody_reads_what_it_says():
    reading, writing = os.pipe()
    os.close(reading)
    url = get_database_settings().url.get_secret_value()
    done = run_doctor(url, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)

    assert done.stderr == ""
    assert done.returncode == 1
