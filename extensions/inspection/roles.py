"""What a directory or a file is for, judged by how projects name things."""

from __future__ import annotations

from typing import Final


class Role:
    """What the files in a directory are for, as bits: it has the roles of those above it too.

    SIDE are examples, documentation, templates and scripts. ODD are names like `demo` or `tools`,
    which some projects give to their only package. Plain integers: operations on enum's flags
    would take most of the time.
    """

    CODE: Final = 0
    TEST: Final = 1
    SIDE: Final = 2
    FOREIGN: Final = 4
    MIGRATION: Final = 8
    ODD: Final = 16
    ANY: Final = 31
    """All of them: what has none is the application's own code."""


TEST_NAMES = frozenset(
    {"test", "tests", "testing", "unit_tests", "integration_tests", "e2e", "e2e_tests", "__tests__"}
)
_SIDE_NAMES = frozenset(
    {
        "bench", "benchmark", "benchmarks", "demos", "doc", "docs", "docs_src", "documentation",
        "example", "example_code", "examples", "notebook", "notebooks", "samples", "script",
        "scripts", "snippets", "template", "templates", "tutorial", "tutorials",
    }
)  # fmt: skip
_ODD_NAMES = frozenset(
    {
        "archive", "archived", "backup", "backups", "cookbook", "cookbooks", "demo", "deprecated",
        "dev", "experiments", "fixtures", "legacy", "old", "playground", "poc", "prototype",
        "prototypes", "recipes", "sample", "sandbox", "scratch", "spike", "spikes", "spiking",
        "tmp", "tools",
    }
)  # fmt: skip
_TEST_FILES = frozenset({"conftest.py", "test.py", "tests.py"})
_TEST_ENDINGS = ("_test.py", "_tests.py")
_FOREIGN_NAMES = frozenset(
    {"_vendor", "extern", "external", "third_party", "thirdparty", "vendor", "vendored"}
)
_MIGRATION_NAMES = frozenset({"alembic", "migration", "migrations", "versions"})

# Names of directories that hold one layer or one kind of file of an application, and so are
# not an application by themselves.
LAYER_NAMES = frozenset(
    {
        "adapters", "api", "apis", "assets", "auth", "bot", "cache", "client", "clients", "common",
        "config", "configs", "configuration", "const", "constants", "controller", "controllers",
        "core", "cron", "crud", "cruds", "dao", "data", "database", "databases", "db",
        "dependencies", "deps", "domain", "dto", "dtos", "endpoints", "entities", "enums", "env",
        "events", "exceptions", "files", "handlers", "helper", "helpers", "infra",
        "infrastructure", "integrations", "internal", "jobs", "lib", "libs", "logger", "logging",
        "logs", "middleware", "middlewares", "migrations", "model", "models", "modules", "orm",
        "prompts", "providers", "public", "repositories", "repository", "resources", "route",
        "router", "routers", "routes", "schema", "schemas", "security", "seeds", "service",
        "services", "settings", "setup", "shared", "static", "storage", "tasks", "types", "uploads",
        "usecases", "util", "utilities", "utils", "validators", "views", "websocket", "websockets",
        "worker", "workers", "ws",
    }
)  # fmt: skip

# Names that projects give to the package that is the whole application.
APPLICATION_NAMES = frozenset({"app", "application", "backend", "server", "src"})


def of_directory(name: str) -> int:
    """The role that a directory's own name gives it."""
    lower = name.lower()
    if lower in TEST_NAMES or lower.startswith("test_") or lower.endswith(("_tests", "-tests")):
        return Role.TEST
    if lower in _SIDE_NAMES or lower.startswith(("example_", "example-", "examples_", "examples-")):
        return Role.SIDE
    if lower in _ODD_NAMES:
        return Role.ODD
    if lower in _FOREIGN_NAMES:
        return Role.FOREIGN
    if lower in _MIGRATION_NAMES:
        return Role.MIGRATION
    return Role.CODE


def is_test_file(name: str) -> bool:
    """Whether a Python file is named as pytest's files are."""
    return name.startswith("test_") or name.endswith(_TEST_ENDINGS) or name in _TEST_FILES
