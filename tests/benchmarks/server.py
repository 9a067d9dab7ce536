"""The ways to a server: over a network, and through a pooler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.pgbouncer import pgbouncer

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.faults.cluster import Cluster

NETWORK = Path(__file__).with_name("network.py")


@contextmanager
def over_network(server: Cluster, milliseconds: float) -> Generator[str]:
    """Yield a URL to the server on which what clients send takes its time."""
    command = [sys.executable, str(NETWORK), str(server.port), str(milliseconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def through_pgbouncer(server: Cluster) -> Generator[str]:
    """Yield a URL through a PgBouncer in transaction mode."""
    with pgbouncer(server, pool_size=20) as pooler:
        yield pooler.url("postgres")


def missing_tools(*names: str) -> list[str]:
    """Which of these programs are not installed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    return [name for name in names if not shutil.which(name, path=path)]
