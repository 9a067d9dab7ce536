"""What was answered, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "db_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to the questions of copier.yml, by their names without the prefix.

    Paths are relative to the project, with slashes. One that was not recorded, because its
    question is newer than the project's layer, has the value that the layer had then.
    """

    type: str = "postgresql"
    existing: str = "stop"
    package_dir: str = "."
    import_path: str = ""
    app_file: str = ""
    app_object: str = ""
    dependency_file: str = ""
    dependency_manager: str = "none"
    project_name: str = ""
    layer_dir: str = "."
    migrations_dir: str = "alembic"
    alembic_ini: str = "alembic.ini"
    schema: str = ""
    tests_dir: str = "tests"
    tests_subdir: str = "database"
    tests_are_packages: bool = False
    guide: str = "DATABASE.md"
    env_example: str = ".env.example"
    import_base: str = "."
    python_path: str = ""
    pytest: str = "pytest"
    asyncio_mode: str = "strict"
    http_client: str = "httpx"
    python: str = "3.10"
    session_scope: str = "function"
    tenants: bool = False
    auth_tables: bool = False
    models: str = ""
    example_model: bool = True
    extras: tuple[str, ...] = ()
    reflect: bool = False
    wire_app: bool = True
    version_table: str = "alembic_version"
    adopted: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What of a layer that the project keeps is used."""
    adopt_engine: str = "keep"
    """The engine that the layer creates, as "app.db:engine"; "keep" for none."""
    adopt_env: str = "keep"
    """Whether `env.py` connects as the layer does: "replace" or "keep"."""
    adopt_sessions: str = "keep"
    """Whether the routes of a sync layer become async: "async" or "keep"."""
    kept: tuple[str, ...] = field(default=(), compare=False)
    """Files of the user's where the template would have put one; known once the plan is made."""

    @classmethod
    def of(cls, recorded: Mapping[str, Any]) -> Self:
        """Read the answers by the names of their questions; others are left out."""
        named = {field.name: recorded.get(f"{PREFIX}{field.name}") for field in fields(cls)}
        named["extras"] = tuple(named["extras"] or ())
        if not isinstance(named["adopted"], dict):
            named["adopted"] = None
        record: Mapping[str, Any] = recorded.get("db_record") or {}
        named["kept"] = tuple(record.get("kept", ()))
        return cls(**{name: value for name, value in named.items() if value is not None})

    @property
    def is_adopted(self) -> bool:
        """Whether the project keeps its own layer, and this one is added to it."""
        return self.existing == "adopt"

    @property
    def is_beside(self) -> bool:
        """Whether the layer is a second one beside the project's own."""
        return self.existing == "beside"

    @property
    def has_own_alembic(self) -> bool:
        """Whether the Alembic environment is the layer's, not one that the project had."""
        return not self.is_adopted or not self.adopted.get("migrations_dir", "theirs")

    @property
    def creates_engine(self) -> bool:
        """Whether the layer creates the engine of an adopted layer."""
        return self.is_adopted and self.adopt_engine != "keep"

    @property
    def has_async_routes(self) -> bool:
        """Whether the layer gives async sessions to routes that had sync ones."""
        return self.is_adopted and self.adopt_sessions == "async"

    @property
    def locks_in_env(self) -> bool:
        """Whether `env.py` takes the lock of migrations itself."""
        return self.has_own_alembic or self.adopt_env != "keep"

    @property
    def is_supabase(self) -> bool:
        """Whether the database is Supabase's."""
        return self.type == "supabase"

    @property
    def layer(self) -> str:
        """The import path of the layer's directory; empty where its modules are top-level."""
        return self.module("")

    def module(self, name: str) -> str:
        """The import path of a module of the layer, or of one that is named by several parts."""
        inner = PurePosixPath(self.layer_dir).relative_to(self.package_dir).parts
        return ".".join(part for part in (self.import_path, *inner, name) if part)

    @property
    def app_name(self) -> str | None:
        """What the application or its factory is called; None where nothing can be imported."""
        return self.app_object.removesuffix("()").partition(":")[2] or None

    @property
    def app_package(self) -> str:
        """The package that the application's file is in; empty for a module at the top."""
        directory, base = PurePosixPath(self.app_file).parent, PurePosixPath(self.import_base)
        inside = directory.is_relative_to(base)
        return ".".join(directory.relative_to(base).parts) if inside else ""

    @property
    def is_factory(self) -> bool:
        """Whether a function makes the application."""
        return self.app_object.endswith("()")

    @property
    def skill_name(self) -> str:
        """What the skill for coding agents is called, as its directory is."""
        return PurePosixPath(self.guide).stem.lower().replace("_", "-")

    @property
    def own_tests_dir(self) -> str:
        """The directory of the layer's tests."""
        return f"{self.tests_dir}/{self.tests_subdir}"

    @property
    def own_places(self) -> tuple[str, ...]:
        """The directories and files of a layer that is added to one that the project keeps."""
        names = ("database_kit", "database.py", "async_sessions.py")
        places = (str(PurePosixPath(self.layer_dir) / name) for name in names)
        return (*places, self.own_tests_dir)

    @property
    def revisions_dir(self) -> str:
        """The directory of the migrations' revisions."""
        return f"{self.migrations_dir}/versions"
