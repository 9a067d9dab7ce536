"""What inspection can say about a project: plain, immutable data.

Paths are POSIX, relative to the project's root (`Facts.project_root` alone is relative to the
directory that was inspected), and "." is the root itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SqlAlchemyUse = Literal["none", "sync", "async"]
FindingKind = Literal["base", "engine", "session", "alembic"]
QuoteStyle = Literal["double", "single", "preserve"]
FactName = Literal[
    "project_root", "package_dir", "import_path", "app_file", "app_object", "dependency_file"
]


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has said about the project: paths in it, and how the package is imported."""

    app_file: str | None = None
    package_dir: str | None = None
    import_path: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A declared requirement, and the line that declares it.

    `specifier` is in PEP 440 form whatever the file's own form is ("" admits every version), with
    "||" between alternatives; `text` is what the file says.
    """

    specifier: str
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What one fact was read from."""

    fact: str
    text: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a database layer that the project has already."""

    kind: FindingKind
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Database:
    """How the project reaches a database today; objects are written as "app.db:Base"."""

    sqlalchemy: SqlAlchemyUse = "none"
    alembic: str | None = None
    alembic_ini: str | None = None
    base_class: str | None = None
    session_dependency: str | None = None
    supabase: bool = False


@dataclass(frozen=True, slots=True)
class PytestFacts:
    """How the project runs its tests.

    `import_base` is the directory that has to be on `sys.path` for the project's own imports.
    `installed` tells whether the project's installation puts it there for every command,
    `import_base_reached` whether a plain `pytest` does, and `reached_from_packages` whether it
    would from tests in packages. `overridden` are settings that a command in the project's root
    needs in place of the project's, each `name=value`. `fixture_loop_scope` is the event loop of
    pytest-asyncio's fixtures where tests have another, and empty where they share one.
    `specifier` is what the project says of pytest's version, None where it says nothing.
    """

    config_file: str | None = None
    asyncio_mode: str | None = None
    fixture_loop_scope: str = ""
    specifier: str | None = None
    pythonpath: tuple[str, ...] = ()
    tests_are_packages: bool = False
    import_base: str = "."
    installed: bool = False
    import_base_reached: bool = False
    reached_from_packages: bool = False
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeStyle:
    """How the project formats its Python, as far as its own settings say."""

    quote_style: QuoteStyle | None = None
    lines_after_imports: int | None = None
    formatter: Literal["ruff", "black"] | None = None
    """The one that the project declares among its requirements."""
    alembic_section: Literal["first-party", "third-party", "by-directory"] | None = None
    """Where imports of Alembic are sorted: first-party by isort if a directory has its name."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything inspection found out about one project.

    `app_file` is where the FastAPI object is built, which need not be where `app_object` lives.
    `unsure` names the facts that a person should confirm; `confident` is False when there is one
    that would put files in the wrong place. `candidates` and `import_paths` are the other answers
    worth offering.
    """

    project_root: str
    package_dir: str
    import_path: str
    app_file: str | None
    app_object: str | None
    app_factory: bool
    dependency_file: str | None
    dependency_manager: str
    database: Database
    confident: bool
    candidates: tuple[str, ...]
    import_paths: tuple[str, ...] = ()
    app_files: tuple[str, ...] = ()
    project_roots: tuple[str, ...] = ()
    dependency_files: tuple[str, ...] = ()
    unsure: tuple[FactName, ...] = ()
    requires_python: Bound | None = None
    fastapi: Bound | None = None
    requirements: Mapping[str, Bound] = field(default_factory=dict[str, Bound])
    development: tuple[str, ...] = ()
    """The packages among the requirements that only those who work on the project need."""
    tests_dir: str | None = None
    pytest: PytestFacts = PytestFacts()
    code_style: CodeStyle = CodeStyle()
    existing_layer: tuple[Finding, ...] = ()
    problems: tuple[Reason, ...] = ()
    reasons: tuple[Reason, ...] = ()
