"""The reasons to stop before anything is written, each one sentence or paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..adoption.layer_requirements import PYTHON_FLOOR, session_scope
from ..adoption.plan import plan_changes
from ..project_files.version_constraints import admits
from ..project_paths import PathError, read
from ..verification.unresolved_imports import PACKAGES, module_file
from .default_answers import propose_all
from .open_questions import lies_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..inspection import Facts


def reasons_to_stop(facts: Facts, project: Path) -> Iterator[str]:
    """What keeps the layer from being added: what is wrong, where, and what to do."""
    for problem in facts.problems:
        where = f"{problem.file}: " if problem.file else ""
        yield f"{where}{problem.text}."
    if facts.app_file is None:
        yield (
            f"No FastAPI application was found in {project}: "
            "run this in the directory of a FastAPI project."
        )
        return
    if facts.project_root != ".":
        yield lies_elsewhere(facts, project)
    yield from _not_utf8(facts, project)
    yield from _hidden_packages(facts, project)


def bounds_that_exclude(facts: Facts, project: Path, existing: str) -> Iterator[str]:
    """What the project's own bounds leave no room for, all of them.

    Args:
        facts: what inspection found.
        project: the project's directory.
        existing: what is done where there is a layer, which needs more or less.
    """
    told: set[tuple[str, int]] = set()
    for bound, problem in (
        (facts.requires_python, _unsupported_python(facts)),
        (facts.fastapi, _unsupported_fastapi(facts)),
    ):
        if bound and problem:
            told.add((bound.file, bound.line))
            yield problem
    try:
        plan = plan_changes(project, propose_all(facts, project, existing=existing))
    except PathError as error:
        yield no_file(error)
        return
    for conflict in plan.conflicts:
        if (conflict.path, conflict.line) not in told:
            yield conflict.message


def no_file(error: PathError | str) -> str:
    """Say of what stands in a file's place what to do with it."""
    return f"{error}; move it out of the way, and run this again."


def _not_utf8(facts: Facts, project: Path) -> Iterator[str]:
    if facts.dependency_file in ("pyproject.toml", "Pipfile"):
        try:
            (read(project, facts.dependency_file) or b"").decode()
        except PathError as error:
            yield f"{error}."
        except UnicodeDecodeError as error:
            yield f"{facts.dependency_file}: byte {error.start} is not UTF-8, as TOML has to be."


def _hidden_packages(facts: Facts, project: Path) -> Iterator[str]:
    """The project's modules that are found in place of packages that the layer imports."""
    for base in dict.fromkeys((facts.pytest.import_base, ".")):
        for package in sorted(PACKAGES):
            found = module_file(project / base, package)
            if found is not None:
                file = found.relative_to(project).as_posix()
                remedy = (
                    f"remove it, or rename {package}/"
                    if found.name == "__init__.py"
                    else "rename it"
                )
                yield (
                    f"{file} hides the package {package}, which the database layer imports, "
                    f"from all that runs here; {remedy}."
                )


def _unsupported_python(facts: Facts) -> str:
    bound = facts.requires_python
    if bound is None or admits(bound.specifier, f">={PYTHON_FLOOR}"):
        return ""
    return (
        f"{bound.file}, line {bound.line}: {bound.text} excludes Python {PYTHON_FLOOR}, "
        "the oldest that the database layer runs on; raise it first."
    )


def _unsupported_fastapi(facts: Facts) -> str:
    bound = facts.fastapi
    if bound is None or session_scope(bound.specifier) is not None:
        return ""
    return (
        f"{bound.file}, line {bound.line}: {bound.text} excludes FastAPI 0.100, the oldest "
        "that runs with pydantic 2, which the database layer needs; raise it first."
    )
