"""Messages about a project's existing database layer."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..adoption.answers_file import ANSWERS_FILE
from ..conversion.offer import offer
from .default_answers import propose_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ..conversion.adopted_layer import AdoptedLayer
    from ..inspection import Facts, Finding

KINDS = {
    "base": "a declarative base",
    "engine": "an engine",
    "session": "a session for requests",
    "alembic": "an Alembic environment",
}
MAX_TEXT = 60
MAX_LINE = 79
SCHEMA = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")


def bad_answer(data: Mapping[str, Any]) -> Iterator[str]:
    """The problem with `db_schema` on the command line, if any."""
    schema = data.get("db_schema") or "a_name"
    if not SCHEMA.fullmatch(str(schema)):
        yield (
            f"-d db_schema={schema} is not a valid PostgreSQL schema name: use at most 63 "
            "lowercase letters, digits and underscores, not starting with a digit or pg_."
        )


def described(findings: Sequence[Finding]) -> str:
    """The findings in one sentence, each kind with its first place."""
    shown = [
        f"{name} ({first.file}, line {first.line}{text}{more})"
        for name, first, text, more in _by_kind(findings)
    ]
    *head, last = shown
    return f"{', '.join(head)} and {last}" if head else last


def listed(findings: Sequence[Finding]) -> str:
    """The findings as lines, printed before the question."""
    lines = ["The project has a database layer already:"]
    for name, first, text, more in _by_kind(findings):
        lines += [f"  {name}{more}", f"    {first.file}:{first.line}{text}"]
    return "\n".join(f"{line[: MAX_LINE - 1]}…" if len(line) > MAX_LINE else line for line in lines)


def _by_kind(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding, str, str]]:
    """Each kind's name, its first finding, the code there, and how many others there are."""
    for kind, name in KINDS.items():
        of_kind = [finding for finding in findings if finding.kind == kind]
        if of_kind:
            first, others = of_kind[0], len(of_kind) - 1
            more = f", and {others} more" if others else ""
            text = f": `{_shortened(first.text)}`" if kind != "alembic" else ""
            yield name, first, text, more


def choices_beside(facts: Facts, project: Path, proven: AdoptedLayer | str) -> Iterator[str]:
    """The message that stops a copy without prompts: the findings and the choices."""
    if not facts.existing_layer:
        return
    lost = [
        finding.file for finding in facts.existing_layer if _is_without_answers(finding, project)
    ]
    if lost:
        layer = PurePosixPath(lost[0]).parents[1]
        yield (
            f"{layer}/ has a database layer of this template, but {ANSWERS_FILE}, which an update "
            f"needs, is missing: restore it (`git log -- {ANSWERS_FILE}` has its versions)."
        )
        return
    beside = propose_all(facts, project, existing="beside")
    yield (
        "The project has a database layer already, so nothing was added: "
        f"{described(facts.existing_layer)}. {offer(proven)} Or add a second layer beside "
        f"it with -d db_existing=beside: modules in {beside.layer_dir}/, migrations in "
        f"{beside.migrations_dir}/ and {beside.alembic_ini}, tables in the PostgreSQL schema "
        f"{beside.schema}; the existing layer is unchanged."
    )


def _is_without_answers(finding: Finding, project: Path) -> bool:
    """Whether a finding is an engine of the template's, in a project that records no answers."""
    path = PurePosixPath(finding.file)
    if path.parts[-2:] != ("database_kit", "engine.py"):
        return False
    return not any((project / above / ANSWERS_FILE).exists() for above in path.parents)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1].rstrip()}…"
