"""Whether a project's own database layer can be adopted as it is: what is proven by reading."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..inspection.alembic import find_alembic
from ..inspection.tree import is_within
from ..project_files.encoding import line_of
from ..python_text.imports import imports_in
from .engines import Engine, Factory, Url, find_engines, find_factories, names_in, url_of
from .environment_url import migrations_url
from .environments import directory_of_commands, read_environment, without_alembic
from .modules import Project, UnprovenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..inspection import Facts
    from ..inspection.alembic import Alembic
    from .environments import Environment

DRIVERS = {
    "async": {"asyncpg": "asyncpg", "psycopg": "psycopg", "psycopg-binary": "psycopg"},
    "sync": {
        "psycopg2": "psycopg2",
        "psycopg2-binary": "psycopg2",
        "psycopg": "psycopg",
        "psycopg-binary": "psycopg",
        "psycopg-c": "psycopg",
    },
}
"""Packages with a driver for PostgreSQL, the likeliest first, and the driver's name."""
_EXTRA = re.compile(r"postgresql[-_](\w+)")
"""Of SQLAlchemy, such as `postgresql-asyncpg`: the driver's package, without hyphens."""
TOML = "pyproject.toml"
"""Where Alembic has its settings since 1.16, in place of an ini file."""
OTHER_DATABASES = {
    "aiosqlite": "SQLite",
    "aiomysql": "MySQL",
    "asyncmy": "MySQL",
    "pymysql": "MySQL",
    "mysqlclient": "MySQL",
}


@dataclass(frozen=True, slots=True)
class AdoptedLayer:
    """What of the project's own layer is used; objects are written as "app.db:Base"."""

    base: str
    models: tuple[str, ...]
    """The modules that fill its metadata."""
    url: Url
    engine: str
    """File and line of the call that makes the engine."""
    factories: tuple[str, ...]
    heads: tuple[str, ...]
    """Empty where migrations do not describe the tables."""
    migrations_dir: str
    """Empty where the project has no Alembic environment."""
    ini: str
    run_in: str
    """The directory that Alembic's commands run in; empty for the project's root."""
    version_table: str
    driver: str
    is_async: bool
    schemas: tuple[str, ...] = ()
    """What has to be in a database before its first revision."""
    dependency: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What gives routes a sync session, as an answer; empty where it does more than that."""

    def as_answer(self) -> dict[str, Any]:
        """What is recorded: all that rendering needs, as an update reads none of it again."""
        return {
            "base": self.base,
            "models": list(self.models),
            "url": self.url.text,
            "url_imports": list(self.url.imports),
            "factories": list(self.factories),
            "heads": list(self.heads),
            "version_table": self.version_table,
            "migrations_dir": self.migrations_dir,
            "alembic_ini": self.ini,
            "driver": self.driver,
            "sessions": "async" if self.is_async else "sync",
            **({"run_in": self.run_in} if self.run_in else {}),
            **({"schemas": list(self.schemas)} if self.schemas else {}),
            **self.dependency,
        }


def read_adopted_layer(path: Path, facts: Facts) -> AdoptedLayer:
    """Prove that the layer can be adopted.

    Args:
        path: the project's directory.
        facts: what inspection found.

    Raises:
        UnprovenError: it cannot; the message says which fact is missing, and where.
    """
    database = facts.database
    driver = _driver(facts)
    if database.base_class is None:
        raise UnprovenError(facts.package_dir, 0, "no declarative base was found")
    project = Project.at(path, facts.pytest.import_base)
    _check_name(project, facts)
    found, environment = _environment(project, facts, database.base_class)
    is_async = database.sqlalchemy == "async"
    factories = find_factories(project, database.sqlalchemy)
    migrations = facts.database.alembic
    engines = [
        engine
        for engine in find_engines(project, database.sqlalchemy)
        if not migrations or not is_within(engine.module.file, migrations)
    ]
    bound = _bound_engine(project, facts, factories)
    try:
        engine, url = _one_url(project, engines, bound)
    except UnprovenError:
        # The database of the migrations is the one of the models.
        by_migrations = migrations_url(project, found.directory or "") if found else None
        if by_migrations is None:
            raise
        engine, url = by_migrations
        considered = [engine, *engines]
    else:
        considered = [engine]
    others = {
        (engine.module.file, name)
        for engine in engines
        for name, call in engine.assigned.items()
        if not _has(project, engine, call, url)
    }
    _check_database(project, facts, considered, url)
    _check_imports(project, facts, engine, url)
    imports = [f"{imported} " for imported in url.imports]
    return AdoptedLayer(
        base=environment.base,
        # The settings' module is imported anyway.
        models=tuple(
            name for name in environment.models if not any(f" {name} " in line for line in imports)
        ),
        url=url,
        engine=engine.place,
        factories=tuple(
            f"{factory.module.name}:{factory.name}"
            for factory in factories
            # A connection of asyncpg's can be shared, one of another driver's cannot.
            if driver == "asyncpg"
            and project.sources.meaning(factory.module.file, factory.bind) not in others
        ),
        heads=environment.heads,
        migrations_dir=(found and found.directory) or "",
        ini=_settings_of(found) if found else "",
        run_in=_run_in(project, found) if found else "",
        version_table=environment.version_table,
        schemas=environment.schemas,
        driver=driver,
        is_async=is_async,
        dependency={} if is_async else _dependency(path, facts),
    )


def _dependency(path: Path, facts: Facts) -> dict[str, Any]:
    if not facts.database.session_dependency:
        return {}
    from .async_conversion import dependency_answer  # noqa: PLC0415 - few projects need it

    try:
        return dependency_answer(path, facts.database.session_dependency, facts.pytest.import_base)
    except UnprovenError:
        return {}


def _environment(project: Project, facts: Facts, base: str) -> tuple[Alembic | None, Environment]:
    """The one Alembic environment that has the base's metadata; None where there is no Alembic.

    Raises:
        UnprovenError: there are several, or it is not known what one has.
    """
    package = "" if facts.package_dir == "." else facts.package_dir
    every = find_alembic(project.sources.tree, "", project.base, package)
    # Alembic runs no other, once there is one with settings.
    every = [alembic for alembic in every if _settings_of(alembic)] or every
    proven: dict[str | None, tuple[Alembic, Environment]] = {}
    problems: list[UnprovenError] = []
    for alembic in every:
        try:
            found = _read(project, alembic, base)
        except UnprovenError as error:
            problems.append(error)
        else:
            proven.setdefault(alembic.directory, (alembic, found))
    if len(proven) == 1:
        return next(iter(proven.values()))
    if len({environment.directory for environment in every}) == 1:
        raise problems[0]
    if every:
        places = ", ".join(f"{environment.file}, line {environment.line}" for environment in every)
        raise UnprovenError(
            facts.package_dir, 0, f"one Alembic environment is needed; found: {places}"
        )
    return None, without_alembic(project, base)


def _read(project: Project, alembic: Alembic, base: str) -> Environment:
    if alembic.directory is None:
        raise UnprovenError(alembic.file, alembic.line, "there is no env.py where it points")
    settings = _settings_of(alembic)
    if not settings:
        raise UnprovenError(
            alembic.file,
            alembic.line,
            "there is no alembic.ini, nor [tool.alembic] in the project's own pyproject.toml",
        )
    if directory_of_commands(project, settings, alembic.directory) is None:
        raise UnprovenError(
            settings,
            alembic.line,
            "script_location counts from another directory; begin it with %(here)s",
        )
    return read_environment(project, alembic.directory, base)


def _settings_of(alembic: Alembic) -> str:
    """The file with the settings of an environment; empty for none."""
    return alembic.ini or (TOML if alembic.file == TOML else "")


def _run_in(project: Project, alembic: Alembic) -> str:
    directory = alembic.directory or ""
    return directory_of_commands(project, _settings_of(alembic), directory) or ""


def _driver(facts: Facts) -> str:
    """The driver for PostgreSQL that the project has.

    Raises:
        UnprovenError: it has none, or no SQLAlchemy.
    """
    use, requirements = facts.database.sqlalchemy, facts.requirements
    if use == "none":
        raise UnprovenError(facts.package_dir, 0, "SQLAlchemy is not used")
    sqlalchemy = requirements.get("sqlalchemy")
    extras = _EXTRA.findall(sqlalchemy.text.lower()) if sqlalchemy else []
    for package, driver in DRIVERS[use].items():
        if package in requirements or package.replace("-", "") in extras:
            return driver
    for package, name in OTHER_DATABASES.items():
        if bound := requirements.get(package):
            raise UnprovenError(
                bound.file, bound.line, f"the database is {name}; move to PostgreSQL first"
            )
    place = facts.dependency_file or facts.package_dir
    known = ", ".join(dict.fromkeys(DRIVERS[use].values()))
    raise UnprovenError(
        place, 0, f"no {use} driver for PostgreSQL is among the requirements ({known})"
    )


def _check_database(project: Project, facts: Facts, engines: Sequence[Engine], url: Url) -> None:
    """Stop where the engines' modules, or their settings', may mean another database."""
    needed = facts.requirements.keys() - {*facts.development}
    names = {name for package, name in OTHER_DATABASES.items() if package in needed}
    files = [engine.module.file for engine in engines]
    is_sync = facts.database.sqlalchemy == "sync"
    if is_sync:
        # The driver for it is Python's own.
        names.add("SQLite")
    if is_sync or len(engines) > 1:
        modules = (statement.split()[1] for statement in url.imports)
        files += [file for module in modules if (file := project.file_of(module))]
    for file in files:
        for name in names:
            text = project.sources.tree.text(file).lower()
            at = text.find(name.lower())
            if at >= 0:
                line = line_of(text, at)
                raise UnprovenError(file, line, f"it may be {name}, and nothing proves which it is")


def _check_name(project: Project, facts: Facts) -> None:
    """Refuse a package that is imported as `src.app`, too: what it imports exists twice then.

    A package of relative imports bears that, but the layer's modules would register models and
    keep engines for one of the names only.
    """
    known = facts.import_path
    if not project.base or not known:
        return
    longer = f"{project.base.replace('/', '.')}.{known}"
    for module in project.mentioning(longer.encode(), without=0):
        for node in imports_in(module.tree):
            names = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            )
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(f"{name}.".startswith(f"{longer}.") for name in names):
                reason = (
                    f"it imports {longer}, which others import as {known}; use one of the names"
                )
                raise UnprovenError(module.file, node.lineno, reason)


def _check_imports(project: Project, facts: Facts, engine: Engine, url: Url) -> None:
    """Stop where the URL can only be imported from the module that imports the layer."""
    for statement in url.imports:
        name = statement.split()[1]
        if facts.app_file and project.file_of(name) == facts.app_file:
            raise UnprovenError(
                engine.module.file,
                engine.call.lineno,
                f"the URL comes from {facts.app_file}, which would import the layer, and the layer "
                "it; move it to a module of its own",
            )


def _has(project: Project, engine: Engine, made_by: ast.Call, url: Url) -> bool:
    try:
        return url_of(project, engine, made_by).text == url.text
    except UnprovenError:
        return False


def _bound_engine(
    project: Project, facts: Facts, factories: Sequence[Factory]
) -> tuple[str, str] | None:
    """The file and the name of the engine that requests get their sessions from.

    It is known where the session dependency uses one factory, which is given an engine by name.
    """
    name, _, function = (facts.database.session_dependency or "").partition(":")
    file = project.file_of(name)
    meant: set[tuple[str, str] | None] = set()
    if file:
        used = names_in(project, file, function)
        meant = {project.sources.meaning(file, name) for name in used}
    chosen = [factory for factory in factories if (factory.module.file, factory.name) in meant]
    if len(chosen) != 1 or not chosen[0].bind:
        return None
    return project.sources.meaning(chosen[0].module.file, chosen[0].bind)


def _one_url(
    project: Project, engines: Sequence[Engine], bound: tuple[str, str] | None
) -> tuple[Engine, Url]:
    """The one URL that the application's engines have, and the first engine that has it.

    Args:
        project: the project.
        engines: the calls that make one.
        bound: the engine of the requests, where that is known; others may have other URLs.
    """
    if not engines:
        raise UnprovenError(project.base or ".", 0, "no call that makes its engine was found")
    made_by: ast.Call | None = None
    for engine in engines if bound else ():
        if bound and engine.module.file == bound[0] and bound[1] in engine.assigned:
            engines, made_by = [engine], engine.assigned[bound[1]]
    found: dict[str, tuple[Engine, Url]] = {}
    for engine in engines:
        url = url_of(project, engine, made_by)
        found.setdefault(url.text, (engine, url))
    if len(found) > 1:
        places = "; ".join(f"{engine.place}: {text}" for text, (engine, _) in found.items())
        first = engines[0]
        raise UnprovenError(
            first.module.file,
            first.call.lineno,
            f"the engines have different URLs, and nothing says which is the application's "
            f"({places})",
        )
    return next(iter(found.values()))
