"""What is there: from a project's directory to facts about it. Reads, and never runs or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import (
    Bound,
    CodeStyle,
    Database,
    Facts,
    Finding,
    Given,
    PytestFacts,
    Reason,
)
from .project import inspect_tree
from .tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Bound",
    "CodeStyle",
    "Database",
    "Facts",
    "Finding",
    "Given",
    "PytestFacts",
    "Reason",
    "inspect_project",
]


def inspect_project(directory: Path, given: Given | None = None) -> Facts:
    """Find out what `directory` holds: its root, package, application, dependencies, database.

    What is `given` settles what it says, and decides between what is there otherwise.

    Raises:
        NotADirectoryError: `directory` is something else than a directory, or is not there.
        PermissionError: `directory` itself cannot be listed.
    """
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory} is not a directory")
    return inspect_tree(Tree(directory), given or Given())
