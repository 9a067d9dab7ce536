"""Run in an adopted project: histories create pgvector, whoever has created it before."""

import asyncio
from pathlib import Path

import pytest
from alembic.command import revision, upgrade
from alembic.config import Config
from app.database_kit.engine import create_migration_engine
from sqlalchemy import text

CREATE = "CREATE EXTENSION IF NOT EXISTS vector"


def execute(sql):
    async def run():
        engine = create_migration_engine()
        async with engine.begin() as connection:
            await connection.execute(text(sql))
        await engine.dispose()

    asyncio.run(run())


@pytest.mark.usefixtures("empty_database")
def test_an_extension_that_was_created_by_hand(alembic_config, tmp_path):
    config = Config(alembic_config.config_file_name)
    config.set_main_option("version_locations", str(tmp_path))
    options = {"autogenerate": True, "version_path": str(tmp_path)}
    execute("CREATE EXTENSION vector")
    first = revision(config, "first", rev_id="1", **options)
    upgrade(config, "head")
    execute("ALTER TABLE articles ADD COLUMN spare text")
    second = revision(config, "second", rev_id="2", **options)

    assert CREATE in Path(first.path).read_text()
    written = Path(second.path).read_text()
    assert "spare" in written
    assert CREATE not in written
