"""A directory for what all workers of a run share."""

import os
import shutil
import tempfile
from pathlib import Path

_VARIABLE = "TEST_RUN_DIRECTORY"


def make_run_directory() -> None:
    """Make it, before there are workers.

    Not below pytest's own temporary directory: pytest closes that one to other users, and a
    server started by root runs as another.
    """
    os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="environments-")


def run_directory() -> Path:
    """The directory of this run."""
    return Path(os.environ[_VARIABLE])


def remove_run_directory() -> None:
    """Remove it with all that is in it."""
    shutil.rmtree(run_directory(), ignore_errors=True)
