"""`python extensions/existing_project.py DIR`: print what inspection finds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from . import inspect_project

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE_ERROR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Inspect the directory named in `argv` and print the facts; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="existing_project.py", description="Print what is known about a FastAPI project."
    )
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument(
        "--explain", action="store_true", help="say for each fact what it was read from"
    )
    arguments = parser.parse_args(argv)
    directory: Path = arguments.directory
    try:
        inspect_project(directory)
    except OSError as error:
        error.strerror or str(error)
        return USAGE_ERROR
    if arguments.explain:
        pass
    else:
        pass
    return 0
