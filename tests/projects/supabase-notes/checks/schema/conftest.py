"""A database as a new Supabase project has it, and Alembic on it."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from notes.database_kit.settings import get_database_settings

PROJECT = Path(__file__).parents[2]

# Everything that a downgrade has to bring back, each fact a line.
SNAPSHOT = """
    WITH schemas AS (
        SELECT oid, nspname AS name FROM pg_namespace
        WHERE nspname IN ('public', 'private', 'auth', 'storage')
    ), tables AS (
        SELECT pg_class.*, pg_class.oid::regclass::text AS name FROM pg_class
        JOIN schemas ON schemas.oid = relnamespace
        WHERE relkind IN ('r', 'v') AND relname <> 'alembic_version'
    ), roles AS (
        SELECT oid, rolname FROM pg_roles UNION SELECT 0, 'public'
    )
    SELECT concat_ws(' ', 'table', name, relrowsecurity, relforcerowsecurity,
        obj_description(oid), reloptions, pg_get_viewdef(oid)) FROM tables
    UNION ALL
    SELECT concat_ws(' ', 'column', name, attname, atttypid::regtype,
        attnotnull, pg_get_expr(adbin, adrelid))
    FROM tables JOIN pg_attribute ON attrelid = oid AND attnum > 0
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE NOT attisdropped
    UNION ALL
    SELECT concat_ws(' ', 'grant', name, attname, rolname, privilege_type)
    FROM (
        SELECT name, NULL AS attname, relacl AS acl, relowner FROM tables
        UNION ALL
        SELECT name, attname, attacl, relowner
        FROM tables JOIN pg_attribute ON attrelid = oid
        WHERE NOT attisdropped
    ) AS acls
    CROSS JOIN aclexplode(acl) JOIN roles ON roles.oid = grantee
    WHERE grantee <> relowner
    UNION ALL
    SELECT concat_ws(' ', 'policy', schemaname, tablename, policyname,
        permissive, roles::text[], cmd, qual, 'check', with_check)
    FROM pg_policies
    UNION ALL
    SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(pg_trigger.oid))
    FROM pg_trigger JOIN tables ON tables.oid = tgrelid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'function',
        regexp_replace(pg_get_functiondef(pg_proc.oid), '\\s+', ' ', 'g'),
        has_function_privilege('anon', pg_proc.oid, 'EXECUTE'))
    FROM pg_proc JOIN schemas ON schemas.oid = pronamespace
    UNION ALL
    SELECT concat_ws(' ', 'enum', enumtypid::regtype,
        array_agg(enumlabel::text ORDER BY enumsortorder))
    FROM pg_enum GROUP BY enumtypid
    ORDER BY 1
"""


@dataclass
class Migrations:
    """Alembic, with revisions of its own."""

    url: str
    config: Config
    versions: Path

    def revise(self) -> None:
        """Autogenerate a revision."""
        # The names of the files hold the second and the message.
        name = uuid4().hex[:12]
        command.revision(
            self.config,
            name,
            autogenerate=True,
            version_path=str(self.versions),
            rev_id=name,
        )

    def upgrade(self, revision: str = "head") -> None:
        """Upgrade the database."""
        command.upgrade(self.config, revision)

    def downgrade(self, revision: str = "-1") -> None:
        """Downgrade the database."""
        command.downgrade(self.config, revision)

    def drift(self) -> str:
        """Return what `alembic check` finds; nothing if it is content."""
        try:
            command.check(self.config)
        except CommandError as error:
            return str(error)
        return ""

    def run(self, *statements: str) -> list[Any]:
        """Run statements, and return the first column of the last one."""
        return asyncio.run(self._run(*statements))

    async def _run(self, *statements: str) -> list[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            rows: list[Any] = []
            for statement in statements:
                rows = await connection.fetch(statement)
        finally:
            await connection.close()
        return [row[0] for row in rows]

    def snapshot(self) -> list[str]:
        """Return all that is in the schemas, in lines."""
        return self.run(SNAPSHOT)


@pytest.fixture
def migrations(tmp_path: Path) -> Iterator[Migrations]:
    """Create a database; it is dropped at the end."""
    server = os.environ["DATABASE_URL"]
    name = f"project_{uuid4().hex}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    config = Config(PROJECT / "alembic.ini")
    config.set_main_option("version_locations", str(tmp_path))
    admin = Migrations(server, config, tmp_path)
    admin.run(f"CREATE DATABASE {name} TEMPLATE supabase_template")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATABASE_URL", url)
        get_database_settings.cache_clear()
        yield Migrations(url, config, tmp_path)
    get_database_settings.cache_clear()
    admin.run(f"DROP DATABASE {name} WITH (FORCE)")
