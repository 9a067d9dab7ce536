"""What the user reads after a copy: one screen, unless something unusual needs more."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..adoption.command_lines import quoted, run, run_module
from ..adoption.install_commands import install_commands, outdated_lock
from ..adoption.plan import VARIABLES
from ..project_files.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..adoption.answers import Answers
    from ..adoption.apply import Applied
    from ..adoption.plan import Plan
    from ..project_files.requirement import Change
    from ..verification.checks import Check

COLUMNS = 80
LABEL_COLUMNS = 10
DATABASES = {"postgresql": "PostgreSQL", "supabase": "Supabase"}


LIST_OF_ONE_LINE = re.compile(r"\s*[\w.\"-]+\s*=\s*\[(.*)")
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


class Command(str):
    """A line to paste: it is not wrapped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a copy did, and how it looks now."""

    project: Path
    destination: str
    """The project as the user typed it."""
    answers_file: str
    answers: Answers
    plan: Plan
    applied: Applied
    checks: Sequence[Check]
    taken_back: bool = False
    """Whether all is as it was before, because something failed."""

    @property
    def failed(self) -> bool:
        """Whether something is not as it has to be."""
        return bool(self.applied.failures) or any(check.level == "failure" for check in self.checks)


def summarize(adopted: Adopted, *, environ: Mapping[str, str], terminal: bool) -> str:
    """The summary, as lines for a terminal.

    Args:
        adopted: what to tell.
        environ: the environment's variables.
        terminal: whether it is one, which may show colours.
    """
    colours = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    sections = list(_sections(adopted, environ))
    lines = [line for label, text in sections for line in _wrapped(label, text, colours=colours)]
    return "".join(f"{line}\n" for line in ("", *lines))


def _sections(adopted: Adopted, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    answers = adopted.answers
    place = _directory(answers.layer_dir)
    changed_nothing = not adopted.plan.created and not adopted.applied.changes
    if adopted.taken_back:
        yield "", "Nothing was added: all files are as they were."
        yield from _failed(adopted)
        return
    if changed_nothing and not adopted.failed:
        yield "", f"The database layer in {place} is complete: nothing was changed."
    else:
        yield "", f"The {DATABASES[answers.type]} layer is in {place}"
        yield from _done(adopted)
    problems = [check for check in adopted.checks if check.level != "ok"]
    if not changed_nothing:
        found = dict.fromkeys(check.name for check in adopted.checks)
        faulty = {check.name for check in problems}
        yield "Verified", ", ".join(name for name in found if name not in faulty)
    yield from _failed(adopted)
    for note in adopted.plan.notes:
        yield "By hand", note
    if not changed_nothing:
        for sentence in adopted.plan.advice:
            yield "By hand", sentence
        yield from _next(adopted, environ)


def _failed(adopted: Adopted) -> Iterator[tuple[str, str]]:
    for failure in adopted.applied.failures:
        rest = " None of your files was changed." if not adopted.applied.changes else ""
        yield "Failed", f"{failure}.{rest} Copy again once it can be."
    for check in adopted.checks:
        label = "Failed" if check.level == "failure" else "Warning"
        # What is not written yet is missing for a reason that was told already.
        is_told = adopted.applied.failures and check.name == "dependencies and wiring"
        if check.level != "ok" and not is_told:
            yield label, f"{check.advice}."


def _done(adopted: Adopted) -> Iterator[tuple[str, str]]:
    answers = adopted.answers
    written = adopted.applied.changes
    names = {change: change.path.relative_to(adopted.project).as_posix() for change in written}
    created = [name for name in adopted.plan.created if name != adopted.answers_file]
    created += [names[change] for change in written if change.before is None]
    if created:
        yield "Created", ", ".join(_grouped(created, answers))
    label = "Changed"
    for change in written:
        if change.before is not None:
            yield label, f"{names[change]}: {_gist(change)}"
            label = ""
    manager = answers.dependency_manager
    using = f", {manager}" if manager != "none" else ""
    yield (
        "Found",
        f"FastAPI application {answers.app_object or answers.app_file}{using}",
    )
    if adopted.plan.kept:
        yield "", f"{', '.join(adopted.plan.kept)} as before: what was there stays"


def _next(adopted: Adopted, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    answers = adopted.answers
    manager = answers.dependency_manager
    written = adopted.applied.changes
    changed = [change.path.relative_to(adopted.project).as_posix() for change in written]
    steps: list[tuple[str, str]] = []
    if Path(adopted.destination) != Path():
        steps.append((f"cd {quoted(adopted.destination)}", ""))
    lock = outdated_lock(adopted.project, manager, changed)
    commands = install_commands(adopted.project, manager, answers.dependency_file, changed)
    for number, command in enumerate(commands):
        steps.append((command, f"{lock} is out of date" if lock and not number else ""))
    steps += _of_adopted(answers) if answers.is_adopted else _of_new(answers, environ)
    label = "Next"
    for command, hint in steps:
        yield label, Command(f"{command}   # {hint}" if hint else command) if command else hint
        label = ""
    if (adopted.project / answers.guide).exists():
        yield "More", answers.guide


def _of_adopted(answers: Answers) -> Iterator[tuple[str, str]]:
    """What to run next where the project keeps its own models and migrations."""
    if "doctor" in answers.extras:
        yield run_module(answers, "database_kit.doctor"), "looks at what the settings lead to"
    manager = answers.dependency_manager
    if not (answers.adopted or {}).get("heads"):
        baseline = run_module(answers, "database_kit.baseline")
        yield baseline, "begins the history of migrations with the tables that are there"
    yield run(manager, f"{answers.pytest} {answers.own_tests_dir} --record-differences"), ""
    yield "", "Look at known_differences.txt there: what models and migrations differ in today."
    yield run(manager, answers.pytest), ""
    if not answers.has_own_alembic:
        migrate = run_module(answers, "database_kit.migrate")
        yield f"{migrate} upgrade head", "wherever it was alembic upgrade head"


def _of_new(answers: Answers, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What to run next where models and migrations are the layer's."""
    manager, ini = answers.dependency_manager, answers.alembic_ini
    alembic = "alembic" if ini == "alembic.ini" else f"alembic -c {ini}"
    missing = [one.name for one in VARIABLES[answers.type] if not environ.get(one.name)]
    if missing == ["DATABASE_URL"]:
        yield from _without_url(answers, alembic)
    else:
        yield from _with_url(answers, alembic, missing)
    yield run(manager, answers.pytest), ""


def _without_url(answers: Answers, alembic: str) -> Iterator[tuple[str, str]]:
    """With the server that the wheel brings."""
    dev = run_module(answers, "database_kit.dev")
    yield f"{dev} -- {alembic} revision --autogenerate -m initial", ""
    if answers.app_object:
        yield dev, "the application"
    yield "", "Set DATABASE_URL instead where there is a server: see .env.example."


def _with_url(answers: Answers, alembic: str, missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """With the server that the variables lead to, or will."""
    manager = answers.dependency_manager
    if missing:
        names = " and ".join(missing)
        yield "", f"Set {names}, in .env for instance: .env.example shows how."
    has_url = "DATABASE_URL" not in missing
    if "doctor" in answers.extras:
        doctor = run_module(answers, "database_kit.doctor")
        yield doctor, "looks at what DATABASE_URL leads to" if has_url else ""
    elif has_url:
        yield run(manager, f"{alembic} current"), "tries the connection in DATABASE_URL"
    yield run(manager, f"{alembic} revision --autogenerate -m initial"), ""
    yield run(manager, f"{alembic} upgrade head"), ""


def _grouped(names: Sequence[str], answers: Answers) -> Iterator[str]:
    """Directories with the number of their files, and the files that lie elsewhere."""
    layer = answers.layer_dir
    places = sorted(
        {
            str(PurePosixPath(layer)),
            str(PurePosixPath(layer, "database_kit")),
            str(PurePosixPath(layer, "models")),
            str(PurePosixPath(answers.migrations_dir)),
            str(PurePosixPath(answers.tests_dir, answers.tests_subdir)),
        },
        key=len,
        reverse=True,
    )
    counts: Counter[str] = Counter()
    for name in names:
        path = PurePosixPath(name)
        place = next((each for each in places if _holds(each, path, layer)), None)
        counts[name if place is None else _directory(place)] += 1
    for place, count in counts.items():
        files = "file" if count == 1 else "files"
        yield f"{place} ({count} {files})" if place.endswith("/") else place


def _holds(place: str, path: PurePosixPath, layer: str) -> bool:
    if place == str(PurePosixPath(layer)):
        return path.suffix == ".py" and path.parent == PurePosixPath(place)
    return path.is_relative_to(place)


def _gist(change: Change) -> str:
    """The lines that were added, as short as a person needs them."""
    lines = [_unquoted(part.strip().rstrip(",")) for part in _parts(change)]
    lines = [line for line in lines if line and not line.startswith("#")]
    lines = [f"{before} -> {after}" for before, after in change.raised] + lines
    if change.path.name.startswith(".env"):
        lines = [line.partition("=")[0] for line in lines]
    return (", " if change.path.suffix != ".py" else "; ").join(lines)


def _unquoted(line: str) -> str:
    """An item of a list of strings as what it says; another line as it is."""
    whole = QUOTED.fullmatch(line)
    return whole[1] if whole else line


def _parts(change: Change) -> Iterator[str]:
    before = decode(change.before or b"").content
    raised = {after for _, after in change.raised}
    for line in change.added_apart:
        # A list of one line is written anew, with what was in it.
        if change.path.suffix == ".toml" and (found := LIST_OF_ONE_LINE.match(line)):
            items = QUOTED.findall(found[1])
            yield from (item for item in items if item not in before and item not in raised)
        elif change.path.suffix != ".toml" or line.strip(" ,\"'") not in {
            "]",
            *QUOTED.findall(before),
        }:
            yield line


def _directory(path: str) -> str:
    return f"{PurePosixPath(path)}/"


def _wrapped(label: str, text: str, *, colours: bool) -> Iterator[str]:
    margin = "" if not label and text.startswith(("The ", "Nothing ")) else " " * LABEL_COLUMNS
    lines: list[str] = []
    for line in text.splitlines():
        is_code = line.startswith(" ") or isinstance(text, Command)
        lines += (
            [line]
            if is_code
            else textwrap.wrap(
                line, COLUMNS - len(margin), break_long_words=False, break_on_hyphens=False
            )
        )
    for number, line in enumerate(lines or [""]):
        head = f"{label:<{LABEL_COLUMNS}}" if label and not number else margin
        yield f"{_coloured(head) if colours else head}{line}"


def _coloured(label: str) -> str:
    code = {"Failed": "31", "Warning": "33"}.get(label.strip(), "1")
    return f"\x1b[{code}m{label}\x1b[0m" if label.strip() else label
