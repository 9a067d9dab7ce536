"""What stands in for a hosted Supabase project: a real PostgreSQL with its roles and schemas."""

from __future__ import annotations

import asyncio
import fcntl
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg

from .postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Generator

SCHEMA = Path(__file__).with_suffix(".sql")
TEMPLATE = "supabase_template"

FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""A test's data need not survive a crash of the machine."""

# As in Supabase's own migrations: `postgres` is no superuser, sees every row, and may pass on the
# API roles; `supabase_admin` is the superuser that nobody else gets.
ROLES = """
    ALTER ROLE postgres RENAME TO bootstrap;
    CREATE ROLE postgres
        NOSUPERUSER CREATEDB CREATEROLE LOGIN REPLICATION BYPASSRLS;
    CREATE ROLE anon NOLOGIN;
    CREATE ROLE authenticated NOLOGIN;
    CREATE ROLE service_role NOLOGIN BYPASSRLS;
    CREATE ROLE authenticator LOGIN NOINHERIT;
    CREATE ROLE supabase_auth_admin LOGIN NOINHERIT CREATEROLE;
    CREATE ROLE supabase_storage_admin LOGIN NOINHERIT CREATEROLE;
    CREATE ROLE supabase_read_only_user LOGIN BYPASSRLS;
    CREATE ROLE pgbouncer LOGIN;
    CREATE ROLE dashboard_user NOSUPERUSER CREATEDB CREATEROLE REPLICATION;
    GRANT anon, authenticated, service_role TO authenticator, supabase_storage_admin;
    GRANT anon, authenticated, service_role, authenticator,
        pg_monitor, pg_read_all_data, pg_signal_backend
        TO postgres WITH ADMIN OPTION;
    GRANT pg_read_all_data TO supabase_read_only_user;
    ALTER ROLE postgres SET search_path = "$user", public, extensions;
    ALTER ROLE anon SET statement_timeout = '3s';
    ALTER ROLE authenticated SET statement_timeout = '8s';
    ALTER ROLE authenticator SET statement_timeout = '8s';
"""


@dataclass(frozen=True, slots=True)
class SupabaseServer:
    """A running server; it listens on a Unix socket and trusts everybody."""

    socket_dir: str
    os_user: str | None
    """The operating system's user that the server runs as, where that is not this process's."""

    @property
    def location(self) -> str:
        """Where it is to PgBouncer."""
        return f"host={self.socket_dir}"

    def url(self, database: str, role: str = "postgres") -> str:
        """Return the URL of a direct connection, as libpq writes it."""
        return f"postgresql://{role}@/{database}?host={self.socket_dir}"

    @contextmanager
    def new_database(self) -> Generator[str]:
        """Create a database as a new project has it, and drop it at the end.

        Yields:
            Its name; it belongs to `postgres`.
        """
        name = f"project_{uuid4().hex}"
        admin = self.url("postgres", "supabase_admin")
        run_sql(admin, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER postgres")
        try:
            yield name
        finally:
            run_sql(admin, f"DROP DATABASE {name} WITH (FORCE)")


def run_sql(url: str, sql: str) -> None:
    """Run one or more statements on a connection of their own."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


@contextmanager
def supabase_server(version: int = 18) -> Generator[SupabaseServer]:
    """Start a server, or use the one that another worker of this test run has started.

    Args:
        version: PostgreSQL's major version; the wheel has 16 and 18.
    """
    with running_server(version, "supabase") as running:
        server = SupabaseServer(
            socket_dir=parse_qs(urlsplit(running.url).query)["host"][0],
            os_user=running.os_user,
        )
        _prepare_once(server, running.data)
        yield server


def _prepare_once(server: SupabaseServer, data: Path) -> None:
    marker = data / "prepared"
    with (data / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists():
            return
        run_sql(
            server.url("postgres"),
            "CREATE ROLE supabase_admin SUPERUSER LOGIN REPLICATION BYPASSRLS",
        )
        admin = server.url("postgres", "supabase_admin")
        run_sql(admin, ROLES)
        for setting in FAST:
            run_sql(admin, f"ALTER SYSTEM SET {setting}")
        run_sql(admin, "SELECT pg_reload_conf()")
        run_sql(admin, f"CREATE DATABASE {TEMPLATE} OWNER postgres")
        run_sql(server.url(TEMPLATE, "supabase_admin"), SCHEMA.read_text(encoding="utf-8"))
        marker.touch()
