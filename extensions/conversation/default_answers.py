"""The answers that inspection proposes; each question's default, by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..adoption.command_lines import pytest_command
from ..adoption.install_commands import are_installed
from ..adoption.layer_requirements import PYTHON_FLOOR, session_scope, version
from ..answers import Answers
from ..project_files.encoding import text_of
from ..project_files.env_example import example_of
from ..project_files.lock_files import read_locks
from ..project_files.toml_text import get, read_tables
from ..project_files.version_constraints import admits
from .free_names import (
    LAYER_MODULES,
    free_alembic_suffix,
    free_guide,
    free_layer_dir,
    free_tests_dir,
    has_free_modules,
    schema_name,
)

if TYPE_CHECKING:
    from ..inspection import Facts


def propose(name: str, facts: Facts, answers: Answers, project: Path) -> object:
    """The default of a question.

    Args:
        name: the question.
        facts: what is known about the project.
        answers: those given so far.
        project: the project's directory.
    """
    return _PROPOSALS[name](facts, answers, project)


def propose_all(facts: Facts, project: Path, *, existing: str = "stop") -> Answers:
    """What the answers are if nobody says otherwise."""
    answers: dict[str, Any] = {"db_existing": existing, "db_wire_app": True}
    for name in _PROPOSALS:
        answers[name] = propose(name, facts, Answers.of(answers), project)
    return Answers.of(answers)


def _import_path(facts: Facts, answers: Answers, _project: Path) -> str:
    if answers.package_dir == facts.package_dir:
        return facts.import_path
    parts = PurePosixPath(answers.package_dir).parts
    return ".".join(parts[1:] if parts[:1] == ("src",) and len(parts) > 1 else parts)


def _app_object(facts: Facts, _answers: Answers, _project: Path) -> str:
    """As `module:object`, with `()` for a factory; "" where nothing can be imported."""
    called = "()" if facts.app_factory else ""
    return f"{facts.app_object}{called}" if facts.app_object else ""


def _layer_dir(_facts: Facts, answers: Answers, project: Path) -> str:
    """The package's directory, or a new one in it: where a name is taken, and beside a layer."""
    package_dir = PurePosixPath(answers.package_dir)
    names = LAYER_MODULES[:2] if answers.is_adopted else LAYER_MODULES
    if not answers.is_beside and has_free_modules(project / package_dir, names):
        return str(package_dir)
    return str(package_dir / free_layer_dir(project / package_dir))


def _migrations_dir(facts: Facts, answers: Answers, project: Path) -> str:
    recorded = answers.is_adopted and answers.adopted.get("migrations_dir")
    return str(recorded or _alembic_name(facts, project))


def _alembic_ini(facts: Facts, answers: Answers, project: Path) -> str:
    recorded = answers.is_adopted and answers.adopted.get("alembic_ini")
    return str(recorded or f"{_alembic_name(facts, project)}.ini")


def _alembic_name(facts: Facts, project: Path) -> str:
    is_there = any(finding.kind == "alembic" for finding in facts.existing_layer)
    return f"alembic{free_alembic_suffix(project, is_there=is_there)}"


def _schema(_facts: Facts, answers: Answers, _project: Path) -> str:
    """Empty for the default one; a layer beside another keeps its tables apart."""
    return schema_name(answers.project_name) if answers.is_beside else ""


def _tests_are_packages(facts: Facts, _answers: Answers, _project: Path) -> bool:
    """Whether the new tests lie in packages, which brings the project's root to `sys.path`."""
    if facts.tests_dir is None:
        return facts.pytest.import_base == "." and not facts.pytest.import_base_reached
    return facts.pytest.tests_are_packages


def _python_path(facts: Facts, answers: Answers, _project: Path) -> str:
    """What Python has to be told; empty where it finds the project's modules by itself."""
    base = answers.import_base
    return "" if base == "." or facts.pytest.installed else base


def _pytest(facts: Facts, answers: Answers, project: Path) -> str:
    pytest = facts.pytest
    has_place = pytest.config_file or _has_new_pytest(facts, answers, project)
    by_packages = answers.tests_are_packages and pytest.reached_from_packages
    return pytest_command(
        base=answers.import_base,
        pythonpath=pytest.pythonpath,
        reached=pytest.import_base_reached or by_packages,
        overridden=pytest.overridden,
        file="" if has_place else answers.alembic_ini,
    )


def _has_new_pytest(facts: Facts, answers: Answers, project: Path) -> bool:
    """Whether it takes paths from a command line without a file of settings, as far as is known."""
    said = facts.pytest.specifier
    manager, file = answers.dependency_manager, answers.dependency_file
    held = [
        f"=={version}"
        for lock in read_locks(project, manager, file)
        for version in lock.versions.get("pytest", [])
    ]
    return all(admits(specifier, ">=8.1") for specifier in (said or "", *held))


def _alembic_section(facts: Facts, answers: Answers, _project: Path) -> str:
    """Empty where it is as Ruff does it without settings: first-party beside migrations alone."""
    section = facts.code_style.alembic_section or ""
    if section == "by-directory":
        return "first-party" if answers.migrations_dir == "alembic" else "third-party"
    return section


def _formatter(facts: Facts, answers: Answers, project: Path) -> str:
    """What formats new revisions: none that the environment may be without, which stops Alembic."""
    formatter = facts.code_style.formatter
    if formatter is None or PurePosixPath(answers.dependency_file).name != "pyproject.toml":
        return formatter or ""
    installed = are_installed(project, answers.dependency_manager, [formatter])
    return formatter if installed.get(formatter, True) else ""


def _python(facts: Facts, _answers: Answers, _project: Path) -> str:
    """The oldest Python that the project admits, as far as it says and the layer supports."""
    bound = facts.requires_python
    specifier = bound.specifier if bound else ""
    floors: list[list[str]] = [
        re.findall(r"(?:>=|==|~=|>)\s*(\d+\.\d+)", part) for part in specifier.split("||")
    ]
    lowest = min((max(["0", *versions], key=version) for versions in floors), key=version)
    return max(PYTHON_FLOOR, lowest, key=version)


def _project_name(_facts: Facts, _answers: Answers, project: Path) -> str:
    data = read_tables(text_of(project, "pyproject.toml"))
    name = get(data, ("project", "name")) or get(data, ("tool", "poetry", "name"))
    return str(name or project.resolve().name)


def _http_client(facts: Facts, _answers: Answers, _project: Path) -> str:
    names = facts.requirements.keys()
    return "httpx2" if "httpx2" in names and "httpx" not in names else "httpx"


_PROPOSALS: Mapping[str, Callable[[Facts, Answers, Path], object]] = {
    "db_type": lambda facts, answers, _project: (
        "supabase" if facts.database.supabase and not answers.is_adopted else "postgresql"
    ),
    "db_version_table": lambda _facts, answers, _project: answers.adopted.get(
        "version_table", "alembic_version"
    ),
    "db_package_dir": lambda facts, _answers, _project: facts.package_dir,
    "db_import_path": _import_path,
    "db_app_file": lambda facts, _answers, _project: facts.app_file or "",
    "db_app_object": _app_object,
    "db_dependency_file": lambda facts, _answers, _project: facts.dependency_file or "",
    "db_dependency_manager": lambda facts, _answers, _project: facts.dependency_manager,
    "db_layer_dir": _layer_dir,
    "db_migrations_dir": _migrations_dir,
    "db_alembic_ini": _alembic_ini,
    "db_project_name": _project_name,
    "db_schema": _schema,
    "db_tests_dir": lambda facts, _answers, _project: facts.tests_dir or "tests",
    "db_tests_subdir": lambda _facts, answers, project: free_tests_dir(project / answers.tests_dir),
    "db_guide": lambda _facts, _answers, project: free_guide(project),
    "db_env_example": lambda _facts, _answers, project: example_of(project),
    "db_tests_are_packages": _tests_are_packages,
    "db_import_base": lambda facts, _answers, _project: facts.pytest.import_base,
    "db_python_path": _python_path,
    "db_pytest": _pytest,
    "db_asyncio_mode": lambda facts, _answers, _project: facts.pytest.asyncio_mode or "strict",
    "db_fixture_loop_scope": lambda facts, _answers, _project: facts.pytest.fixture_loop_scope,
    "db_quotes": lambda facts, _answers, _project: (
        "single" if facts.code_style.quote_style == "single" else "double"
    ),
    "db_lines_after_imports": lambda facts, _answers, _project: (
        facts.code_style.lines_after_imports or 0
    ),
    "db_alembic_section": _alembic_section,
    "db_formatter": _formatter,
    "db_http_client": _http_client,
    "db_python": _python,
    "db_session_scope": lambda facts, _answers, _project: session_scope(
        facts.fastapi.specifier if facts.fastapi else ""
    ),
}
