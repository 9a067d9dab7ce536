"""Names for what the layer brings, where the obvious ones are taken."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LAYER_MODULES = ("database", "database_kit", "models", "seeds")
"""The modules and packages that the layer may put into its directory."""
LAYER_DIRS = ("db", "database", "persistence", "db_layer")
TESTS_DIRS = ("database", "database_layer")
GUIDES = ("DATABASE", "DATABASE_LAYER")
ALEMBIC_SUFFIXES = ("", "_db", "_database", "_db_layer")
MAX_SCHEMA = 63 - len("_layer")
"""PostgreSQL cuts longer names off."""


def has_free_modules(directory: Path, names: Iterable[str] = LAYER_MODULES) -> bool:
    """Whether the layer's modules can go into a directory that has others."""
    listed = list(_listed(directory))
    modules = {path.stem for path in listed if path.suffix == ".py"}
    packages = {path.name for path in listed if path.is_dir()}
    return not (modules | packages) & set(names)


def free_layer_dir(package: Path) -> str:
    """The name of a directory for the layer in a package that has neither it nor such a module."""
    taken = {path.name.partition(".")[0].lower() for path in _listed(package)}
    return _first(name for name in _numbered(LAYER_DIRS) if name not in taken)


def free_tests_dir(tests: Path) -> str:
    """The name of a directory for the layer's tests, beside others."""
    return _first(name for name in _numbered(TESTS_DIRS) if not (tests / name).exists())


def free_guide(project: Path) -> str:
    """The name of the guide, also where file names differ by more than their case."""
    taken = {path.name.lower() for path in _listed(project)}
    return _first(f"{name}.md" for name in _numbered(GUIDES) if f"{name}.md".lower() not in taken)


def free_alembic_suffix(project: Path, *, is_there: bool) -> str:
    """What follows "alembic" in the names of the migrations' directory and of the ini file.

    Args:
        project: the project's directory.
        is_there: whether the project has an Alembic environment, under whatever name.
    """
    suffixes = ALEMBIC_SUFFIXES[1:] if is_there else ALEMBIC_SUFFIXES
    return _first(
        suffix
        for suffix in _numbered(suffixes)
        if not (project / f"alembic{suffix}").exists()
        and not (project / f"alembic{suffix}.ini").exists()
    )


def schema_name(project_name: str) -> str:
    """A PostgreSQL schema for the layer's tables, after the project.

    Its ending keeps it apart from the roles that servers have: a schema that has a role's name
    comes first in that role's search path, and would hide the tables that were there before.
    """
    words = re.sub(r"[^a-z0-9]+", "_", project_name.lower()).strip("_")
    if not words or words[0].isdigit():
        words = f"database_{words}".rstrip("_")
    return f"{words[:MAX_SCHEMA]}_layer"


def _listed(directory: Path) -> Iterator[Path]:
    return directory.iterdir() if directory.is_dir() else iter(())


def _numbered(names: tuple[str, ...]) -> Iterator[str]:
    """The names, then the last one with a number."""
    return chain(names, (f"{names[-1]}{number}" for number in count(2)))


def _first(names: Iterable[str]) -> str:
    return next(iter(names))
