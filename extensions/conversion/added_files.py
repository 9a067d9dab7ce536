"""Which of the template's files a project gets that keeps its own layer."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..answers import Answers

KIT = frozenset(
    {
        *("__init__", "application_models", "application_url", "audit", "code_facts"),
        *("diagnostics", "doctor", "driver"),
        *("engine", "errors", "findings", "health", "hosts", "migrate", "migration_lock"),
        *("model_rules", "pool", "response", "revisions", "session_rules", "settings"),
        *("trace", "url", "url_parameters"),
    }
)
"""The modules of `database_kit`; all others are for models and an Alembic of the layer's own."""
HISTORY = ("baseline",)
"""Modules for a project whose migrations do not describe its tables."""
ENVIRONMENT = ("env.py", "script.py.mako", "versions/.gitkeep")
"""The files of an Alembic environment, where the project has none."""
TESTS = frozenset(
    {
        *("__init__", "conftest", "test_database_errors", "test_database_health"),
        *("test_database_migrations", "test_database_sessions"),
    }
)


def added(names: Iterable[str], answers: Answers) -> Iterator[str]:
    """Those of the rendered files that the project gets."""
    if not answers.is_adopted:
        yield from names
        return
    kept = re.compile("|".join(_patterns(answers)))
    yield from (name for name in names if kept.fullmatch(str(PurePosixPath(name))))


def excluded(names: Iterable[str], answers: Answers) -> Iterator[str]:
    """The others, and the directories that have no other files."""
    if not answers.is_adopted:
        return
    every = list(names)
    chosen = {*added(every, answers)}
    needed = {parent for name in chosen for parent in PurePosixPath(name).parents}
    for name in every:
        if name not in chosen:
            above = [parent for parent in PurePosixPath(name).parents if parent not in needed]
            yield str(above[-1] if above else PurePosixPath(name))


def _patterns(answers: Answers) -> Iterator[str]:
    layer = PurePosixPath(answers.layer_dir)
    yield re.escape(str(layer / "database.py"))
    if layer != PurePosixPath(answers.package_dir):
        yield re.escape(str(layer / "__init__.py"))
    # Their env.py takes no lock; the one that is added does, and one that is changed.
    kit = KIT - {"migrate"} if answers.locks_in_env else KIT
    yield from (re.escape(str(layer / "database_kit" / f"{name}.py")) for name in kit)
    if not answers.adopted.get("heads"):
        yield from (re.escape(str(layer / "database_kit" / f"{name}.py")) for name in HISTORY)
    if answers.has_async_routes:
        yield re.escape(str(layer / "async_sessions.py"))
        if answers.adopted.get("overridden"):
            yield re.escape(str(layer / "database_kit" / "async_override.py"))
    if answers.has_own_alembic:
        migrations = PurePosixPath(answers.migrations_dir)
        yield re.escape(answers.alembic_ini)
        yield from (re.escape(str(migrations / name)) for name in ENVIRONMENT)
    yield re.escape(str(PurePosixPath(answers.tests_dir) / "__init__.py"))
    tests = PurePosixPath(answers.own_tests_dir)
    yield from (re.escape(str(tests / f"{name}.py")) for name in TESTS)
    yield re.escape(answers.guide)
    yield r"\.copier-answers[^/]*\.yml"
