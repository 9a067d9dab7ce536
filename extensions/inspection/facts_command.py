"""`python extensions/existing_project.py DIR`: print what inspection finds."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import inspect_project
from .report import as_corpus_json, explain

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE_ERROR = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Inspect the directory named in `argv` and print the facts; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="existing_project.py",
        description="Print what is known about an existing FastAPI project, as JSON.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument(
        "--explain", action="store_true", help="say for each fact what it was read from"
    )
    arguments = parser.parse_args(argv)
    directory: Path = arguments.directory
    try:
        facts = inspect_project(directory)
    except OSError as error:
        reason = f"{directory}: {error.strerror}" if error.strerror else str(error)
        sys.stderr.write(f"{reason}. Give the directory of a FastAPI project.\n")
        return USAGE_ERROR
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        # Names of files may hold what the terminal's encoding cannot show.
        reconfigure(errors="backslashreplace")
    text = explain(facts) if arguments.explain else json.dumps(as_corpus_json(facts), indent=2)
    sys.stdout.write(f"{text}\n")
    return 0
