"""Which of the template's files a project gets that keeps its own layer."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


def is_adopted(answers: Mapping[str, Any]) -> bool:
    """Whether the project keeps its own layer, and this one is added to it."""
    return bool(answers.get("db_existing") == "adopt")


def has_history(answers: Mapping[str, Any]) -> bool:
    """Whether the migrations of the layer that is adopted make its tables."""
    return bool(recorded(answers).get("heads"))


def has_own_alembic(answers: Mapping[str, Any]) -> bool:
    """Whether the project that keeps its layer gets an Alembic environment."""
    return not recorded(answers).get("migrations_dir", "theirs")


def recorded(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a project records of the layer that was adopted; empty where none was."""
    found = answers.get("db_adopted")
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


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
    # Their env.py takes no lock; the one that is added does, and one that is changed.
    locks = has_own_alembic(answers) or answers.get("db_adopt_env") == "replace"
    kit = KIT - {"migrate"} if locks else KIT
    yield from (re.escape(str(layer / "database_kit" / f"{name}.py")) for name in kit)
    if not has_history(answers):
        yield from (re.escape(str(layer / "database_kit" / f"{name}.py")) for name in HISTORY)
    if answers.get("db_adopt_sessions") == "async":
        yield re.escape(str(layer / "async_sessions.py"))
        if recorded(answers).get("overridden"):
            yield re.escape(str(layer / "database_kit" / "async_override.py"))
    if has_own_alembic(answers):
        migrations = PurePosixPath(answers["db_migrations_dir"])
        yield re.escape(str(answers["db_alembic_ini"]))
        yield from (re.escape(str(migrations / name)) for name in ENVIRONMENT)
    yield re.escape(str(tests / "__init__.py"))
    yield from (re.escape(str(inner / f"{name}.py")) for name in TESTS)
    yield re.escape(str(answers["db_guide"]))
    yield r"\.copier-answers[^/]*\.yml"
