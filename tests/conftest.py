"""Fixtures that all tests share."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tests.support.compiled import compile_extensions_once
from tests.support.postgres import create_server_users, running_server, stop_inner_server
from tests.support.run import make_run_directory, remove_run_directory, run_directory
from tests.support.template import snapshot_template

# A machine that is busy with something else is no failure.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

compile_extensions_once()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run, with all of its workers, one directory for virtual environments and others."""
    # A shell starts what it runs in the background without it, and tests interrupt what they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        make_run_directory()
        create_server_users()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the directory."""
    if not hasattr(config, "workerinput"):
        remove_run_directory()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what takes long first, on each worker: at the end, the others would wait for it.

    pytest-xdist gives each worker a run of the items, as long as the others'.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("long"):
            modules.setdefault(item.path, []).append(item)
    # Random input takes longest.
    longest_first = sorted(modules, key=lambda path: "random" not in path.name)
    rest = [item for item in items if not item.get_closest_marker("long")]
    share = -(-len(items) // workers)
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        own = [item for path in longest_first[worker::workers] for item in modules[path]]
        count = max(share - len(own), 0)
        own, rest = own + rest[:count], rest[count:]
        ordered += own
    items[:] = ordered + rest


@pytest.fixture(scope="session", autouse=True)
def _own_root_of_inner_runs(
    tmp_path_factory: pytest.TempPathFactory, environments: Path
) -> Iterator[None]:
    """Let pytest in the projects of tests make its directories elsewhere.

    At its start pytest closes the root of all temporary directories to other users, and this
    run's servers belong to one: programs below it could not be read any more.
    """
    tmp_path_factory.getbasetemp()
    root = environments / "inner-runs"
    root.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("PYTEST_DEBUG_TEMPROOT", str(root))
        yield


@pytest.fixture
def open_path(environments: Path) -> Iterator[Path]:
    """A directory that stays open to a server which root starts as another user.

    pytest closes its own ones to others whenever a run of it begins.
    """
    with tempfile.TemporaryDirectory(dir=environments) as name:
        yield Path(name)


@pytest.fixture(scope="session", autouse=True)
def _no_user_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep Copier's settings of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings = tmp_path_factory.mktemp("copier") / "settings.yml"
        settings.write_text("{}")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
        yield


@pytest.fixture(scope="session")
def environments() -> Path:
    """Where `make_environment` puts the environments of this run."""
    return run_directory()


@pytest.fixture(scope="session")
def template() -> Path:
    """The template of this work tree, tagged as the first version; no test changes it."""
    repository = run_directory() / "template" / "repository"
    repository.parent.mkdir(exist_ok=True)
    with FileLock(repository.with_name("lock")):
        if not repository.exists():
            snapshot_template(repository)
    return repository


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL 18."""
    with running_server(18) as server:
        yield server.url


@pytest.fixture(scope="session", autouse=True)
def _end_of_inner_server() -> Iterator[None]:
    """Stop the server of inner tests after the last of this worker's."""
    yield
    stop_inner_server()


@pytest.fixture(scope="session")
def old_server_url() -> Iterator[str]:
    """A PostgreSQL 16, the oldest that the wheel has."""
    with running_server(16) as server:
        yield server.url


@pytest.fixture
def new_database(server_url: str) -> Iterator[Callable[[], str]]:
    """Create an empty database at each call and return its URL; all are dropped at the end."""
    names: list[str] = []

    def create() -> str:
        names.append(f"test_{uuid4().hex}")
        asyncio.run(_execute(server_url, f"CREATE DATABASE {names[-1]}"))
        return urlsplit(server_url)._replace(path=f"/{names[-1]}").geturl()

    yield create
    for name in names:
        asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
