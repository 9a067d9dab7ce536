"""What changes in the files that the user owns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..app_file import Wired, wire_application
from ..conversion.added_files import is_adopted
from ..project_files.dependency_file import DependencyMerge, merge_dependencies
from ..project_files.encoding import Text, decode
from ..project_files.env_example import Variable, add_variables
from ..project_files.gitignore import gitignores_above, protect_env
from ..project_files.gitignore_exceptions import let_in
from ..project_files.requirement import Change, Conflict
from ..project_paths import read
from ..python_text.import_lines import layer_module
from .autogenerate import notes_on_autogenerate
from .deployment_advice import Layer, advise
from .layer_requirements import (
    EARLIER,
    brought_along,
    dev_requirements,
    main_requirements,
    raised_where_declared,
)
from .packages_built import keep_layer_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

VARIABLES = {
    "postgresql": (
        Variable(
            name="DATABASE_URL",
            placeholder="postgresql://your_user:your_password_here@localhost:5432/your_database",
            comment="Where the database is; any URL that a hosting provider hands out will do.",
        ),
    ),
    "supabase": (
        Variable(
            name="DATABASE_URL",
            placeholder="postgresql://postgres:your_password_here"
            "@db.your-project-ref.supabase.co:5432/postgres",
            comment="Connect, in the dashboard, has it: directly or through one of the poolers.",
        ),
        Variable(
            name="SUPABASE_URL",
            placeholder="https://your-project-ref.supabase.co",
            comment="The Supabase project; its access tokens say who makes a request.",
        ),
    ),
}
"""What the layer cannot do without, by the kind of database."""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Changes that are ready to be written, and what the user has to know or do instead."""

    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...]
    advice: tuple[str, ...] = ()
    """What to change in images, containers and pipelines, a sentence each."""


def plan_changes(
    project: Path, answers: Mapping[str, Any], files: Iterable[str] = ()
) -> ChangePlan:
    """Work out what becomes of the user's files; nothing is written.

    Args:
        project: the project's directory.
        answers: what the user has answered.
        files: the layer's own, whether they are there or will be, relative to the project.

    Raises:
        PathError: one of them lies outside the project, or cannot be read.
    """
    merge = _dependencies(project, answers)
    files = tuple(files)
    packages = keep_layer_out(project, answers, files, merge.changes)
    told = (*merge.notices, merge.reason, merge.instructions, *packages.notes)
    notes = [*_without_object(answers)]
    notes += [note for note in told if note]
    example = list(_env_example(project, answers))
    made = (change for change in (*packages.changes, *example) if change.before is None)
    names = [change.path.relative_to(project).as_posix() for change in made]
    changes = [*packages.changes, *_gitignores(project, answers, [*files, *names]), *example]
    if answers["db_wire_app"]:
        change, note = _wiring(project, answers)
        changes.extend(change)
        notes.extend(note)
    if answers["db_schema"]:
        migrations_dir, schema = answers["db_migrations_dir"], answers["db_schema"]
        notes.extend(notes_on_autogenerate(project, migrations_dir, schema))
    advice = advise(project, Layer(answers, files, _test_files(project, answers, merge.changes)))
    return ChangePlan(tuple(changes), merge.conflicts, tuple(notes), tuple(advice) if files else ())


def _test_files(
    project: Path, answers: Mapping[str, Any], changes: Sequence[Change]
) -> tuple[str, ...]:
    """The requirements files that only tests need."""
    names = (change.path.relative_to(project).as_posix() for change in changes)
    return tuple(
        name
        for name in names
        if name.endswith((".txt", ".in")) and name != answers["db_dependency_file"]
    )


def plan_renewal(project: Path, answers: Mapping[str, Any], files: Iterable[str]) -> ChangePlan:
    """Work out what an update changes in the files that list dependencies.

    Args:
        project: the project's directory.
        answers: what it records.
        files: the layer's own, relative to the project.
    """
    merge = _dependencies(project, answers, earlier=EARLIER)
    notes = [*(conflict.message for conflict in merge.conflicts), *merge.notices]
    for name, content in let_in(project, files, {}, revisions=_revisions(answers)).items():
        for change in _change(project, name, content):
            lines = ", ".join(line for line in change.added if not line.startswith("#"))
            notes.append(f"git ignores files of the layer: add {lines} to {name}.")
    return ChangePlan(merge.changes, (), tuple(notes))


def _dependencies(
    project: Path, answers: Mapping[str, Any], *, earlier: Sequence[str] = ()
) -> DependencyMerge:
    return merge_dependencies(
        project,
        dependency_file=answers["db_dependency_file"] or None,
        manager=answers["db_dependency_manager"],
        main=main_requirements(answers),
        dev=dev_requirements(answers),
        earlier=earlier,
        floors=raised_where_declared(answers),
        limits=brought_along(answers),
    )


def _gitignores(
    project: Path, answers: Mapping[str, Any], files: Sequence[str]
) -> Iterator[Change]:
    before = _read(project, ".gitignore")
    protected = protect_env(before, above=gitignores_above(project))
    contents = {".gitignore": protected} if protected is not None else {}
    contents |= let_in(project, files, {".gitignore": protected}, revisions=_revisions(answers))
    for name, content in contents.items():
        yield from _change(project, name, content)


def _revisions(answers: Mapping[str, Any]) -> str:
    return f"{answers['db_migrations_dir']}/versions"


def _env_example(project: Path, answers: Mapping[str, Any]) -> Iterator[Change]:
    if is_adopted(answers):
        return
    example = add_variables(_read(project, ".env.example"), VARIABLES[answers["db_type"]])
    yield from _change(project, ".env.example", example)


def _wiring(project: Path, answers: Mapping[str, Any]) -> tuple[list[Change], list[str]]:
    file = answers["db_app_file"]
    layer = layer_module(
        answers["db_import_path"], answers["db_package_dir"], answers["db_layer_dir"]
    )
    app_object: str = answers["db_app_object"]
    result = wire_application(
        _read(project, file) or "",
        app_object=app_object.removesuffix("()").partition(":")[2] or None,
        is_factory=app_object.endswith("()"),
        layer_module=".".join(part for part in (layer, "database") if part),
    )
    if isinstance(result, Wired):
        return list(_change(project, file, result.content)), []
    lines = "\n".join(f"    {line}" for line in result.lines)
    name = answers["db_app_object"].rpartition(":")[2]
    place = f" to {name.removesuffix('()')}" if name.endswith("()") else ""
    note = f"{answers['db_app_file']} is unchanged ({result.reason}); add{place}:\n{lines}"
    return [], [note]


def _without_object(answers: Mapping[str, Any]) -> Iterator[str]:
    if not answers["db_app_object"]:
        tests = f"{answers['db_tests_dir']}/{answers['db_tests_subdir']}"
        yield (
            f"{answers['db_app_file']} makes the application where nothing else can import it: "
            f"`app` in {tests}/conftest.py is where to make one for the tests"
        )


def _read(project: Path, name: str) -> str | None:
    data = read(project, name)
    return decode(data).content if data is not None else None


def _change(project: Path, name: str, content: str) -> Iterator[Change]:
    before = read(project, name)
    after = (decode(before) if before is not None else Text("")).encode(content)
    if after != before:
        yield Change.between(project / name, before, after)
