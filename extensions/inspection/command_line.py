"""`python extensions/existing_project.py DIR`: print what inspection finds."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from . import inspect_project
from .report import as_corpus_json, explain

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
        facts = inspect_project(directory)
    except OSError as error:
        reason = error.strerror or str(error)
        print(f"{directory}: {reason}." if error.strerror else f"{reason}.", file=sys.stderr)
        return USAGE_ERROR
    if arguments.explain:
        print(explain(facts))
    else:
        print(json.dumps(as_corpus_json(facts), ensure_ascii=False, indent=2))
    return 0
