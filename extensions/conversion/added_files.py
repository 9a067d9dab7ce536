"""Which of the template's files a project gets that keeps its own layer."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KIT = frozenset(
    {
        *("__init__", "application_models", "application_url", "diagnostics", "doctor", "driver"),
        *("engine", "errors", "findings", "health", "hosts", "migrate", "migration_lock", "pool"),
        *("response", "revisions", "settings", "url"),
    }
)
"""The modules of `database_kit`; all others are for models and an Alembic of the layer's own."""
TESTS = frozenset(
    {
        *("__init__", "conftest", "test_database_errors", "test_database_health"),
        *("test_database_migrations", "test_database_sessions"),
    }
)


def is_adopted(answers: Mapping[str, Any]) -> bool:
    """Whether the project keeps its own layer, and this one is added to it."""
    return bool(answers.get("db_existing") == "adopt")


def added(names: Iterable[str], answers: Mapping[str, Any]) -> Iterator[str]:
    """Those of the rendered files that the project gets."""
    kept = re.compile("|".join(_patterns(answers)))
    for name in names:
        if not is_adopted(answers) or kept.fullmatch(str(PurePosixPath(name))):
            yield name


def excluded(names: Iterable[str], answers: Mapping[str, Any]) -> Iterator[str]:
    """The others, and the directories that have no other files."""
    every = list(names)
    chosen = {*added(every, answers)}
    needed = {parent for name in chosen for parent in PurePosixPath(name).parents}
    for name in every:
        if name not in chosen:
            above = [parent for parent in PurePosixPath(name).parents if parent not in needed]
            yield str(above[-1] if above else PurePosixPath(name))


def _patterns(answers: Mapping[str, Any]) -> Iterator[str]:
    layer = PurePosixPath(answers["db_layer_dir"])
    tests = PurePosixPath(answers["db_tests_dir"])
    inner = tests / str(answers["db_tests_subdir"])
    yield re.escape(str(layer / "database.py"))
    if layer != PurePosixPath(answers["db_package_dir"]):
        yield re.escape(str(layer / "__init__.py"))
    yield from (re.escape(str(layer / "database_kit" / f"{name}.py")) for name in KIT)
    yield re.escape(str(tests / "__init__.py"))
    yield from (re.escape(str(inner / f"{name}.py")) for name in TESTS)
    yield re.escape(str(answers["db_guide"]))
    yield r"\.copier-answers[^/]*\.yml"
