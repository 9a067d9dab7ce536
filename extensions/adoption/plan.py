"""What a copy or an update does to a project, worked out before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..app_file import Wired, unwire_application, wire_application
from ..project_files.dependency_file import DependencyMerge, merge_dependencies
from ..project_files.encoding import Text, decode
from ..project_files.env_example import Variable, add_variables
from ..project_files.gitignore import gitignores_above, protect_env
from ..project_files.gitignore_exceptions import let_in
from ..project_files.requirement import Change, Conflict, Requirement
from ..project_paths import read
from .autogenerate import notes_on_autogenerate
from .deployment_advice import Layer, advise
from .layer_requirements import EARLIER, changed_needs, needs_of
from .packages_built import keep_layer_out
from .tenant_notes import left_to_do

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ..answers import Answers

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
MAX_SHOWN = 3
"""New lines of a module that are shown, where many change at once."""
OWNER_URL = Variable(
    name="DATABASE_MIGRATION_URL",
    placeholder="postgresql://your_owner:your_password_here@localhost:5432/your_database",
    comment="The same database, as the owner of its tables: policies do not bind an owner.",
)
"""Where tenants are kept apart, migrations log in as another role than the application."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a copy does: made once, then shown, confirmed, applied, recorded and verified."""

    changes: tuple[Change, ...] = ()
    """What becomes of the user's files, ready to be written."""
    conflicts: tuple[Conflict, ...] = ()
    """What keeps the layer from being added."""
    notes: tuple[str, ...] = ()
    """What the user has to know, or to do instead."""
    advice: tuple[str, ...] = ()
    """What to change in images, containers and pipelines, a sentence each."""
    files: tuple[str, ...] = ()
    """The layer's own files, relative to the project."""
    kept: tuple[str, ...] = ()
    """Files of the user's where the template would have put one."""
    created: tuple[str, ...] = ()
    """What of both is not there yet."""
    sessions: tuple[str, ...] = ()
    """Which functions become async, and which stay, with the reasons."""

    def lines_of(self, change: Change) -> list[str]:
        """What is shown of a change: its new lines, or how many there are where routes change."""
        lines = [line.strip() for line in change.added_apart if line.strip()]
        is_long = len(lines) > MAX_SHOWN and change.path.suffix == ".py"
        return [f"{len(lines)} lines"] if self.sessions and is_long else lines

    @property
    def in_place(self) -> tuple[str, ...]:
        """What is there already, and stays as it is."""
        return tuple(sorted({*self.files, *self.kept} - {*self.created}))


def make_plan(
    project: Path,
    answers: Answers,
    files: Iterable[str] = (),
    *,
    kept: Iterable[str] = (),
) -> Plan:
    """Work out what a copy does; nothing is written.

    Args:
        project: the project's directory.
        answers: what the user has answered.
        files: the layer's own, whether they are there or will be, relative to the project.
        kept: files of the user's where the template would have put one.

    Raises:
        PathError: one of them lies outside the project, or cannot be read.
    """
    merge = merge_requirements(project, answers)
    files, kept = tuple(files), tuple(kept)
    packages = keep_layer_out(project, answers, files, merge.changes)
    told = (*merge.notices, merge.reason, merge.instructions, *packages.notes)
    notes = [*_without_object(answers), *_tenants(project, answers), *filter(None, told)]
    example = [] if answers.is_adopted else list(_env_example(project, answers))
    made = (change for change in (*packages.changes, *example) if change.before is None)
    names = [change.path.relative_to(project).as_posix() for change in made]
    changes = [*packages.changes, *_gitignores(project, answers, [*files, *names]), *example]
    adopted: dict[str, str] = {}
    sessions: list[str] = []
    if answers.is_adopted:
        # Imported late: most projects have no layer.
        from ..conversion.adopted_files import changed_files  # noqa: PLC0415

        adopted, sessions = changed_files(project, answers)
    app_text = adopted.pop(answers.app_file, None) if answers.wire_app else None
    for name, content in adopted.items():
        changes.extend(_change(project, name, content))
    if answers.wire_app:
        change, note = _wiring(project, answers, app_text)
        changes.extend(change)
        notes.extend(note)
    if answers.schema:
        notes.extend(notes_on_autogenerate(project, answers.migrations_dir, answers.schema))
    layer = Layer(answers, files, _test_files(project, answers, merge.changes))
    return Plan(
        tuple(changes),
        merge.conflicts,
        tuple(notes),
        tuple(advise(project, layer)) if files else (),
        files,
        kept,
        tuple(name for name in (*files, *kept) if not (project / name).exists()),
        tuple(sessions),
    )


def _test_files(project: Path, answers: Answers, changes: Sequence[Change]) -> tuple[str, ...]:
    """The requirements files that only tests need."""
    names = (change.path.relative_to(project).as_posix() for change in changes)
    return tuple(
        name for name in names if name.endswith((".txt", ".in")) and name != answers.dependency_file
    )


def plan_update(
    project: Path, answers: Answers, files: Iterable[str], *, former: Answers | None = None
) -> Plan:
    """Work out what an update changes in the user's files.

    Those that list dependencies get what this version or another answer needs. The example of a
    `.env` and the application's file change with an answer only: what the user has taken out
    since stays out.

    Args:
        project: the project's directory.
        answers: what it records.
        files: the layer's own, relative to the project.
        former: what it recorded before; None where nobody can tell.
    """
    former = former or answers
    added, dropped = changed_needs(former, answers)
    earlier = [text for text in EARLIER if Requirement.parse(text).key not in added]
    merge = merge_requirements(project, answers, earlier=earlier)
    changes = list(merge.changes)
    notes = [*(conflict.message for conflict in merge.conflicts), *merge.notices]
    listed = _read(project, answers.dependency_file) or ""
    notes += [
        f"{answers.dependency_file}: the layer no longer needs {name}; remove it if nothing "
        "else does."
        for name in dropped
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", listed, re.IGNORECASE)
    ]
    before = {variable.name for variable in _variables(former)}
    variables = [item for item in _variables(answers) if item.name not in before]
    if variables and not answers.is_adopted:
        example = add_variables(_read(project, answers.env_example), variables)
        changes.extend(_change(project, answers.env_example, example))
    if answers.wire_app and not former.wire_app:
        wired, note = _wiring(project, answers, None)
        changes.extend(wired)
        notes.extend(note)
    elif former.wire_app and not answers.wire_app:
        changes.extend(_unwired(project, answers))
    for name, content in let_in(project, files, {}, revisions=answers.revisions_dir).items():
        for change in _change(project, name, content):
            lines = ", ".join(line for line in change.added if not line.startswith("#"))
            notes.append(f"git ignores files of the layer: add {lines} to {name}.")
    return Plan(tuple(changes), notes=tuple(notes))


def merge_requirements(
    project: Path, answers: Answers, *, earlier: Sequence[str] = ()
) -> DependencyMerge:
    """Work out what becomes of the files that list dependencies, and what rules the layer out.

    Args:
        project: the project's directory.
        answers: what the user has answered.
        earlier: what earlier versions of the template wrote, in an update.
    """
    return merge_dependencies(
        project,
        dependency_file=answers.dependency_file or None,
        manager=answers.dependency_manager,
        needs=needs_of(answers, earlier),
    )


def _gitignores(project: Path, answers: Answers, files: Sequence[str]) -> Iterator[Change]:
    before = _read(project, ".gitignore")
    protected = protect_env(before, answers.env_example, above=gitignores_above(project))
    contents = {".gitignore": protected} if protected is not None else {}
    contents |= let_in(project, files, {".gitignore": protected}, revisions=answers.revisions_dir)
    for name, content in contents.items():
        yield from _change(project, name, content)


def _env_example(project: Path, answers: Answers) -> Iterator[Change]:
    example = add_variables(_read(project, answers.env_example), _variables(answers))
    yield from _change(project, answers.env_example, example)


def _variables(answers: Answers) -> list[Variable]:
    owner = [OWNER_URL] if answers.tenants and not answers.is_supabase else []
    return [*VARIABLES[answers.type], *owner]


def _wiring(project: Path, answers: Answers, text: str | None) -> tuple[list[Change], list[str]]:
    """The change of the application's file, whose text may have changed already."""
    result = wire_application(
        text or _read(project, answers.app_file) or "",
        app_object=answers.app_name,
        is_factory=answers.is_factory,
        layer_module=answers.module("database"),
        package=answers.app_package,
    )
    if isinstance(result, Wired):
        return list(_change(project, answers.app_file, result.content)), []
    lines = "\n".join(f"    {line}" for line in result.lines)
    target = f" to {answers.app_name}" if answers.is_factory else ""
    changed = list(_change(project, answers.app_file, text)) if text else []
    return changed, [f"{answers.app_file} is unchanged ({result.reason}); add{target}:\n{lines}"]


def _unwired(project: Path, answers: Answers) -> Iterator[Change]:
    text = _read(project, answers.app_file)
    if text is not None:
        content = unwire_application(
            text,
            app_object=answers.app_name,
            layer_module=answers.module("database"),
            package=answers.app_package,
        )
        yield from _change(project, answers.app_file, content)


def _without_object(answers: Answers) -> Iterator[str]:
    if not answers.app_object:
        yield (
            f"{answers.app_file} creates the application where other modules cannot import it: "
            f"create one for the tests in the fixture `app` in {answers.own_tests_dir}/conftest.py"
        )


def _tenants(project: Path, answers: Answers) -> Iterator[str]:
    file = f"{answers.layer_dir}/database_kit/tenants.py"
    if answers.tenants and not (project / file).exists():
        yield from left_to_do(answers)


def _read(project: Path, name: str) -> str | None:
    data = read(project, name)
    return decode(data).content if data is not None else None


def _change(project: Path, name: str, content: str) -> Iterator[Change]:
    before = read(project, name)
    after = (decode(before) if before is not None else Text("")).encode(content)
    if after != before:
        yield Change.between(project / name, before, after)
