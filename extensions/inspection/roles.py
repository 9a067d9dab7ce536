"""What a path is for, judged by how projects name things: tests, examples, migrations, code."""

from __future__ import annotations

import re
from functools import lru_cache

from .tree import basename

TEST_DIRECTORIES = frozenset({"test", "tests", "testing", "unit_tests", "integration_tests", "e2e"})
_SIDE_DIRECTORIES = frozenset(
    {
        "benchmark", "benchmarks", "bench", "cookbook", "cookbooks", "demo", "demos", "dev",
        "doc", "docs", "docs_src", "documentation", "example", "examples", "example_code",
        "experiments", "fixtures", "legacy", "notebook", "notebooks", "playground", "poc",
        "prototypes", "recipes", "sample", "samples", "sandbox", "scratch", "script", "scripts",
        "snippets", "spike", "spikes", "spiking", "template", "templates", "test_scripts", "tools",
        "tutorial", "tutorials", "tmp", "old", "archive", "backup", "deprecated",
    }
)  # fmt: skip
_FOREIGN_DIRECTORIES = frozenset(
    {"vendor", "vendored", "_vendor", "third_party", "thirdparty", "external", "extern"}
)
_TEST_FILE = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.py$")
MIGRATION_DIRECTORIES = frozenset({"migrations", "alembic", "versions", "migration"})

# Directories that hold one layer or kind of file of an application, not an application.
LAYER_NAMES = frozenset(
    {
        "api", "apis", "auth", "bot", "cache", "client", "clients", "common", "config", "configs",
        "configuration", "const", "constants", "controller", "controllers", "core", "cron", "crud",
        "cruds", "dao", "data", "database", "databases", "db", "dependencies", "deps", "domain",
        "dto", "dtos", "endpoints", "entities", "enums", "events", "exceptions", "handlers",
        "helper", "helpers", "infra", "infrastructure", "integrations", "internal", "jobs", "lib",
        "libs", "logger", "logging", "logs", "middleware", "middlewares", "model", "models",
        "modules", "orm", "prompts", "providers", "repositories", "repository", "resources",
        "route", "router", "routers", "routes", "schema", "schemas", "security", "seeds",
        "service", "services", "settings", "setup", "shared", "static", "storage", "tasks",
        "types", "usecases", "util", "utilities", "utils", "validators", "views", "worker",
        "workers", "ws", "websocket", "websockets",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def is_test(path: str) -> bool:
    """Whether `path` is a test, or lies in a directory of tests."""
    parts = path.split("/")
    if any(part.lower() in TEST_DIRECTORIES or part.startswith("test_") for part in parts[:-1]):
        return True
    return bool(_TEST_FILE.match(parts[-1]))


@lru_cache(maxsize=4096)
def is_side(path: str) -> bool:
    """Whether `path` lies among examples, documentation, scripts or the like."""
    return any(
        part.lower() in _SIDE_DIRECTORIES or part.lower().startswith(("example", "demo"))
        for part in path.split("/")[:-1]
    )


@lru_cache(maxsize=4096)
def is_foreign(path: str) -> bool:
    """Whether `path` lies in a directory of other people's code."""
    return any(part.lower() in _FOREIGN_DIRECTORIES for part in path.split("/")[:-1])


def is_migration(path: str) -> bool:
    """Whether `path` lies in a directory that migrations are kept in."""
    return any(part.lower() in MIGRATION_DIRECTORIES for part in path.split("/")[:-1])


def is_code_directory(path: str) -> bool:
    """Whether a directory can hold an application's own code, by its name."""
    name = basename(path).lower()
    return not (
        name in TEST_DIRECTORIES
        or name.startswith("test_")
        or name in _SIDE_DIRECTORIES
        or name in _FOREIGN_DIRECTORIES
        or name in MIGRATION_DIRECTORIES
    )
