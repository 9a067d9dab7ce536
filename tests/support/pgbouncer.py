"""A PgBouncer on loopback, in transaction mode, before the server of a test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

HOW_TO_GET_IT = "PgBouncer is not installed; `apt-get install pgbouncer` brings it."
LOGINS = ("postgres", "supabase_admin", "app_backend", "authenticator")


class Upstream(Protocol):
    """A server that a pooler can stand before."""

    @property
    def location(self) -> str:
        """Host and port, as PgBouncer has them."""
        ...

    @property
    def os_user(self) -> str | None:
        """Who runs it, if not whoever runs the tests."""
        ...


@dataclass(frozen=True, slots=True)
class PgBouncer:
    """A running pooler; it trusts everybody, as the server behind it does."""

    port: int

    def url(self, database: str, role: str = "postgres") -> str:
        """Return a URL through the pooler; its port says nothing of what it leads to."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"


@contextmanager
def pgbouncer(
    server: Upstream, settings: Mapping[str, str] | None = None, *, pool_size: int = 4
) -> Generator[PgBouncer]:
    """Start a pooler that has `pool_size` connections to each database.

    Args:
        server: what it leads to.
        settings: more of PgBouncer's settings.
        pool_size: server connections for each database and role.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        port = _free_port()
        logins = "".join(f'"{login}" ""\n' for login in LOGINS)
        (directory / "logins").write_text(logins, encoding="utf-8")
        lines = {
            "listen_addr": "127.0.0.1,127.0.0.2",
            "listen_port": str(port),
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": str(directory / "logins"),
            "pool_mode": "transaction",
            "default_pool_size": str(pool_size),
            "max_client_conn": "500",
            "log_connections": "0",
            "log_disconnections": "0",
            **(settings or {}),
        }
        text = "".join(f"{key} = {value}\n" for key, value in lines.items())
        config = directory / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = {server.location}\n[pgbouncer]\n{text}", encoding="utf-8"
        )
        with _running(_executable(), config, server.os_user):
            yield PgBouncer(port)


def _executable() -> str:
    # Debian keeps it where only root's PATH looks.
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None and os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_IT)
    if found is None:
        pytest.skip(HOW_TO_GET_IT)
    return found


@contextmanager
def _running(executable: str, config: Path, os_user: str | None) -> Generator[None]:
    # It refuses to run as root.
    with (config.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            [executable, str(config)], user=os_user, stdout=log, stderr=subprocess.PIPE, text=True
        )
        try:
            _await_start(process)
            yield
        finally:
            process.terminate()
            process.communicate()


def _await_start(process: subprocess.Popen[str]) -> None:
    said: list[str] = []
    for line in process.stderr or ():
        said.append(line)
        if "process up" in line:
            return
    pytest.fail("PgBouncer did not start:\n" + "".join(said))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
