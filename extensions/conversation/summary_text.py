"""The summary printed after a copy; it fits one screen in the usual case."""

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

    from ..adoption.apply import Applied
    from ..adoption.plan import Plan
    from ..answers import Answers
    from ..project_files.requirement import Change
    from ..verification.checks import Check

COLUMNS = 80
LABEL_COLUMNS = 10
AUDITED = 5
"""So many places of the audit are shown; its command has all."""
DATABASES = {"postgresql": "PostgreSQL", "supabase": "Supabase"}


LIST_OF_ONE_LINE = re.compile(r"\s*[\w.\"-]+\s*=\s*\[(.*)")
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


class Command(str):
    """A command line, which is not wrapped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """The result of a copy."""

    project: Path
    destination: str
    """The project's path as the user typed it."""
    answers_file: str
    answers: Answers
    plan: Plan
    applied: Applied
    checks: Sequence[Check]
    audited: Sequence[tuple[str, str]] = ()
    """Places in the project's code, each with the rule of the audit that it breaks."""
    taken_back: bool = False
    """Whether a failed copy was rolled back."""
    other_version: bool = False
    """Whether the layer is of another version of the template, which only an update brings here."""

    @property
    def failed(self) -> bool:
        """Whether a change or a check failed."""
        return bool(self.applied.failures) or any(check.level == "failure" for check in self.checks)


def summarize(adopted: Adopted, *, environ: Mapping[str, str], terminal: bool) -> str:
    """The summary, as lines for a terminal.

    Args:
        adopted: the result to describe.
        environ: the environment variables.
        terminal: whether standard error is a terminal, so that colours may be used.
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
        yield "", "Nothing was added: all files are unchanged."
        yield from _failed(adopted)
        return
    if changed_nothing and not adopted.failed:
        yield "", f"The database layer in {place} is complete: nothing was changed."
    else:
        yield "", f"The {DATABASES[answers.type]} layer is in {place}"
        yield from _done(adopted)
    if adopted.other_version and not adopted.failed:
        command = f"copier update --trust --skip-answered -a {adopted.answers_file}"
        yield "Update", f"The template has another version now: `{command}` merges it."
    problems = [check for check in adopted.checks if check.level != "ok"]
    if not changed_nothing:
        found = dict.fromkeys(check.name for check in adopted.checks)
        faulty = {check.name for check in problems}
        yield "Verified", ", ".join(name for name in found if name not in faulty)
    yield from _failed(adopted)
    yield from _audited(adopted)
    for note in adopted.plan.notes:
        yield "By hand", note
    if not changed_nothing:
        for sentence in adopted.plan.advice:
            yield "By hand", sentence
        yield from _next(adopted, environ)


def _failed(adopted: Adopted) -> Iterator[tuple[str, str]]:
    for failure in adopted.applied.failures:
        rest = " None of your files was changed." if not adopted.applied.changes else ""
        yield "Failed", f"{failure}.{rest} Fix it, and copy again."
    for check in adopted.checks:
        label = "Failed" if check.level == "failure" else "Warning"
        # A file that could not be written is reported above already.
        is_told = adopted.applied.failures and check.name == "dependencies and wiring"
        if check.level != "ok" and not is_told:
            yield label, f"{check.advice}."


def _audited(adopted: Adopted) -> Iterator[tuple[str, str]]:
    label = "Audit"
    for place, rule in adopted.audited[:AUDITED]:
        yield label, f"{place}: {rule}"
        label = ""
    rest = len(adopted.audited) - AUDITED
    if rest > 0:
        yield "", f"{rest} more"
    if adopted.audited:
        yield "", Command(run_module(adopted.answers, "database_kit.audit"))


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
            shown = adopted.plan.lines_of(change)
            is_short = len(shown) == 1 and shown[0].endswith(" lines")
            yield label, f"{names[change]}: {shown[0] if is_short else _gist(change)}"
            label = ""
    manager = answers.dependency_manager
    using = f", {manager}" if manager != "none" else ""
    yield (
        "Found",
        f"FastAPI application {answers.app_object or answers.app_file}{using}",
    )
    if adopted.plan.kept:
        yield "", f"{', '.join(adopted.plan.kept)}: existing files, unchanged"


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
    """The next steps for an adopted layer."""
    if "doctor" in answers.extras:
        yield run_module(answers, "database_kit.doctor"), "checks the connection"
    manager = answers.dependency_manager
    if not answers.adopted.get("heads"):
        baseline = run_module(answers, "database_kit.baseline")
        yield baseline, "creates a first migration from the existing tables"
    yield run(manager, f"{answers.pytest} {answers.own_tests_dir} --record-differences"), ""
    yield "", "Review known_differences.txt there: how models and migrations differ today."
    yield run(manager, answers.pytest), ""
    if not answers.locks_in_env:
        migrate = run_module(answers, "database_kit.migrate")
        yield f"{migrate} upgrade head", "replaces alembic upgrade head"


def _of_new(answers: Answers, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The next steps for a new layer."""
    manager, ini = answers.dependency_manager, answers.alembic_ini
    alembic = "alembic" if ini == "alembic.ini" else f"alembic -c {ini}"
    names = [variable.name for variable in VARIABLES[answers.type]]
    missing = [name for name in names if not environ.get(name)]
    if missing == ["DATABASE_URL"]:
        yield from _without_url(answers, alembic)
    else:
        yield from _with_url(answers, alembic, missing)
    yield run(manager, answers.pytest), ""


def _without_url(answers: Answers, alembic: str) -> Iterator[tuple[str, str]]:
    """Commands that use the embedded server."""
    dev = run_module(answers, "database_kit.dev")
    yield f"{dev} -- {alembic} revision --autogenerate -m initial", ""
    if answers.app_object:
        yield dev, "the application"
    yield "", f"To use a server of your own, set DATABASE_URL: see {answers.env_example}."


def _with_url(answers: Answers, alembic: str, missing: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Commands that use the server in the settings."""
    manager = answers.dependency_manager
    if missing:
        names = " and ".join(missing)
        yield "", f"Set {names}, for example in .env: see {answers.env_example}."
    has_url = "DATABASE_URL" not in missing
    if "doctor" in answers.extras:
        doctor = run_module(answers, "database_kit.doctor")
        yield doctor, "checks the connection to DATABASE_URL" if has_url else ""
    elif has_url:
        yield run(manager, f"{alembic} current"), "checks the connection to DATABASE_URL"
    yield run(manager, f"{alembic} revision --autogenerate -m initial"), ""
    yield run(manager, f"{alembic} upgrade head"), ""


def _grouped(names: Sequence[str], answers: Answers) -> Iterator[str]:
    """The layer's directories with their number of files, and the files elsewhere."""
    layer = answers.layer_dir
    directories = sorted(
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
        directory = next(
            (directory for directory in directories if _holds(directory, path, layer)), None
        )
        # Modules at the top of a project have no directory of their own.
        directory = None if directory == "." else directory
        counts[name if directory is None else _directory(directory)] += 1
    for entry, count in counts.items():
        files = "file" if count == 1 else "files"
        yield f"{entry} ({count} {files})" if entry.endswith("/") else entry


def _holds(directory: str, path: PurePosixPath, layer: str) -> bool:
    if directory == str(PurePosixPath(layer)):
        return path.suffix == ".py" and path.parent == PurePosixPath(directory)
    return path.is_relative_to(directory)


def _gist(change: Change) -> str:
    """The added lines, shortened."""
    lines = [_unquoted(part.strip().rstrip(",")) for part in _parts(change)]
    lines = [line for line in lines if line and not line.startswith("#")]
    lines = [f"{before} -> {after}" for before, after in change.raised] + lines
    if change.path.name.startswith(".env"):
        lines = [line.partition("=")[0] for line in lines]
    return (", " if change.path.suffix != ".py" else "; ").join(lines)


def _unquoted(line: str) -> str:
    """The content of a quoted string; any other line unchanged."""
    whole = QUOTED.fullmatch(line)
    return whole[1] if whole else line


def _parts(change: Change) -> Iterator[str]:
    before = decode(change.before or b"").content
    raised = {after for _, after in change.raised}
    for line in change.added_apart:
        # A one-line list is rewritten, with its former items in it.
        if change.path.suffix == ".toml" and (match := LIST_OF_ONE_LINE.match(line)):
            items = QUOTED.findall(match[1])
            yield from (item for item in items if item not in before and item not in raised)
        elif change.path.suffix != ".toml" or line.strip(" ,") != "]":
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
