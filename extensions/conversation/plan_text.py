"""The plan as text, printed before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath
from textwrap import wrap

from ..adoption.plan import Plan
from ..answers import Answers
from ..inspection import Facts
from .autogenerate_extra import EXTRA, needed_for

WIDTH = 80
LABEL = 10
"""Columns before the text of an entry."""


def describe_plan(
    facts: Facts,
    answers: Answers,
    plan: Plan,
    project: Path,
) -> str:
    """Describe the facts, the files to create, and each change of an existing file.

    Args:
        facts: the facts from inspection.
        answers: the answers to all questions before the confirmation.
        plan: the plan of the copy.
        project: the project's directory.
    """
    lines = [f"The plan for {project.resolve()}", ""]
    lines += _entry("Found", _found(facts, answers))
    lines += _entry("With", _extras_beside(answers))
    lines += _entry("Create", _directories(plan.created))
    for change in plan.changes:
        name = change.path.relative_to(project).as_posix()
        verb = "Change" if change.before is not None else "Create"
        lines += _entry(verb, [name])
        lines += [" " * LABEL + f"  {before} -> {after}" for before, after in change.raised]
        lines += [" " * LABEL + f"  + {line}" for line in plan.lines_of(change)]
    lines += _entry("Async", plan.sessions)
    for note in plan.notes:
        first, *rest = note.splitlines()
        lines += _entry("By hand", [first])
        lines += [" " * LABEL + line for line in rest]
    return "\n".join(lines) + "\n"


def _entry(label: str, paragraphs: Iterable[str]) -> Iterator[str]:
    first = True
    for paragraph in paragraphs:
        for line in wrap(paragraph, WIDTH - LABEL, break_on_hyphens=False):
            yield f"{label if first else '':<{LABEL}}{line}"
            first = False


def _found(facts: Facts, answers: Answers) -> Iterator[str]:
    where = {
        reason.fact: f" ({reason.file}:{reason.line})" if reason.line else f" ({reason.file})"
        for reason in reversed(facts.reasons)
        if reason.file
    }
    application = answers.app_object or answers.app_file
    yield f"application {application}{where.get('app_file', '')}"
    imported = answers.import_path or "top-level modules"
    yield f"package {answers.package_dir}, imported as {imported}"
    file, manager = answers.dependency_file or "no dependency file", ""
    if answers.dependency_manager != "none":
        manager = f", managed by {answers.dependency_manager}"
    yield f"dependencies in {file}{manager}"
    if facts.fastapi is not None:
        bound = f"{facts.fastapi.text} ({facts.fastapi.file}:{facts.fastapi.line})"
        scope = answers.session_scope
        yield f"{bound}: session scope {scope}, which commits before the response"
    adopted = answers.adopted
    if adopted:
        yield f"declarative base {adopted['base']}, the base of most models"
        yield f"database URL {adopted['url']}"
        if adopted["factories"]:
            yield f"session factory {', '.join(adopted['factories'])}"
        if adopted["heads"]:
            yield (
                f"migrations in {answers.migrations_dir}, at revision "
                f"{', '.join(adopted['heads'])}: older ones count as reviewed"
            )
        else:
            yield (
                "migrations do not describe the tables: a command that is added writes a first "
                "revision, which changes nothing where they exist"
            )
        driver = adopted.get("driver", "asyncpg")
        kind = adopted.get("sessions", "async")
        if answers.creates_engine:
            yield (
                f"engine {answers.adopt_engine}: its options stay; its pool gets a bounded wait "
                "queue, its statements a timeout of 30 s, and SessionDep uses it, too"
            )
        else:
            yield (
                f"two connection pools: the application's, for its {kind} sessions on {driver}, "
                "and one for SessionDep on asyncpg"
            )
    for finding in facts.existing_layer:
        yield f"database layer: {finding.text} ({finding.file}:{finding.line})"


def _extras_beside(answers: Answers) -> Iterator[str]:
    """Extras that nobody asked for."""
    if EXTRA not in answers.extras and (reason := needed_for(answers)):
        yield f"the extra {EXTRA}, for {reason}"


def _directories(files: Iterable[str]) -> Iterator[str]:
    """The files, one line per directory."""
    paths = sorted(map(PurePosixPath, files), key=lambda path: (str(path.parent), path.name))
    for parent, group in groupby(paths, key=lambda path: path.parent):
        names = ", ".join(path.name for path in group)
        several = ", " in names and str(parent) != "."
        yield str(parent / f"{{{names}}}") if several else str(parent / names)
