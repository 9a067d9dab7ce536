"""Verify the layer after a copy, by reading its files.

Nothing is imported into this process, and neither network nor database is used. If the project has
an environment with the required packages, the layer's modules are also imported there.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from ..adoption.install_commands import install_commands
from ..adoption.layer_files import layer_files
from ..adoption.layer_requirements import brought_along, main_requirements, raised_where_declared
from ..project_files.encoding import text_of
from ..project_files.gitignore import gitignores_above, ignores, is_tracked
from ..project_files.lock_files import outdated, read_environment, read_locks
from ..project_files.requirement import Change
from ..project_paths import PathError, read
from .blocking_calls import blocking_calls
from .strict_settings import strict_settings
from .trial_import import find_python, import_in_environment
from .unresolved_imports import unresolved_imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..adoption.plan import Plan
    from ..answers import Answers

Level = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    level: Level
    name: str
    advice: str = ""
    """The problem, its place, and what to do; empty if there is none."""


def verify(
    project: Path,
    answers: Answers,
    plan: Plan,
    *,
    imports: bool,
    environ: Mapping[str, str],
) -> list[Check]:
    """Run all checks, after the files are written.

    Args:
        project: the project's directory.
        answers: the recorded answers.
        plan: the plan that the files are compared with.
        imports: whether to import the layer in the project's own environment.
        environ: the environment variables.
    """
    checks = _named("files", _missing_files(project, answers))
    trees: dict[str, ast.Module] = {}
    broken: list[str] = []
    for name in layer_files(project, answers):
        if name.endswith(".py"):
            try:
                trees[name] = ast.parse(read(project, name) or b"", PurePosixPath(name).name)
            except (PathError, SyntaxError, ValueError) as error:
                broken.append(f"{name} does not compile: {error}")
    checks += _named("syntax", broken)
    base = PurePosixPath(answers.import_base)
    checks += _named("imports", unresolved_imports(project, base, trees))
    versions = _versions(project, answers, environ)
    checks += versions
    imports = imports and not any(check.level == "warning" for check in versions)
    if imports and not any(check.level == "failure" for check in checks):
        problem = import_in_environment(
            project, base, list(_modules(answers, trees)), environ=environ
        )
        checks += _named("imports", [problem] if problem else [])
    blocking = (
        f"{name}, line {line}: {call} blocks the event loop; use an async function"
        for name, tree in trees.items()
        if not PurePosixPath(name).is_relative_to(answers.tests_dir)
        for line, call in blocking_calls(tree)
    )
    checks += _named("async only", blocking, "warning")
    checks += _named("dependencies and wiring", _unfinished(project, plan))
    checks += _named(".env", _exposed_passwords(project, answers.env_example), "warning")
    if not answers.is_adopted:
        checks += _named("settings", strict_settings(project), "warning")
    return checks


def _named(name: str, problems: Iterable[str], level: Level = "failure") -> list[Check]:
    found = [Check(level, name, problem) for problem in problems]
    return found or [Check("ok", name)]


def _versions(project: Path, answers: Answers, environ: Mapping[str, str]) -> list[Check]:
    """Whether what is locked and what is installed will do."""
    manager, file = answers.dependency_manager, answers.dependency_file
    needs = [*main_requirements(answers), *brought_along(answers)]
    needs += [need for need in raised_where_declared(answers) if not need.startswith("python>")]
    checks: list[Check] = []
    if locks := list(read_locks(project, manager, file)):
        stale = (problem for lock in locks for problem in outdated(lock, needs))
        checks += _named("locked versions", stale, "warning")
    if python := find_python(project, environ):
        renewal = " && ".join(install_commands(project, manager, file, [file]))
        problems = outdated(read_environment(python, project, renewal), needs)
        checks += _named("installed versions", problems, "warning")
    return checks


def _missing_files(project: Path, answers: Answers) -> Iterator[str]:
    layer, migrations = answers.layer_dir, answers.migrations_dir
    expected = [
        *(f"{layer}/{name}.py" for name in ("database", "database_kit/settings")),
        *(f"{migrations}/{name}" for name in ("env.py", "script.py.mako", "versions")),
        answers.alembic_ini,
        f"{answers.own_tests_dir}/conftest.py",
    ]
    if not answers.is_adopted:
        expected += [f"{layer}/models/{name}.py" for name in ("__init__", "base")]
    for name in expected:
        if not (project / name).exists():
            yield f"{PurePosixPath(name)} is not there: copy again, or restore it"


def _modules(answers: Answers, trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """The import paths of the layer's modules; Alembic's and the tests run by their own tools."""
    for name in trees:
        path = PurePosixPath(name)
        is_outside = map(path.is_relative_to, (answers.tests_dir, answers.migrations_dir))
        if path.is_relative_to(answers.layer_dir) and not any(is_outside):
            parts = path.relative_to(answers.layer_dir).with_suffix("").parts
            yield answers.module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _unfinished(project: Path, plan: Plan) -> Iterator[str]:
    """What the files do not have of what was planned."""
    for change in plan.changes:
        name = change.path.relative_to(project).as_posix()
        current = read(project, name)
        if current != change.after:
            missing = Change.between(change.path, current, change.after).added
            yield f"{name} lacks {', '.join(line.strip() for line in missing if line.strip())}"
    for conflict in plan.conflicts:
        yield conflict.message


def _exposed_passwords(project: Path, example: str) -> Iterator[str]:
    patterns = text_of(project, ".gitignore")
    above = gitignores_above(project)
    if not ignores(patterns, ".env", above=above):
        yield "git does not ignore .env, where passwords go: add it to .gitignore"
    if ignores(patterns, example, above=above):
        yield f"git ignores {example}, which is for everybody: add !{example} to .gitignore"
    if is_tracked(project, ".env"):
        yield (
            "git tracks .env: `git rm --cached .env` removes it from the next commit; "
            "change the passwords in it that were pushed"
        )
