"""What to say of a database layer that the project has already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..conversion.offer import offer
from .default_answers import propose_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

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
    """What is wrong with the schema that was given on the command line."""
    schema = data.get("db_schema") or "a_name"
    if not SCHEMA.fullmatch(str(schema)):
        yield (
            f"-d db_schema={schema} is no name for a PostgreSQL schema: take at most 63 small "
            "letters, digits and underscores, and begin neither with a digit nor with pg_."
        )


def described(findings: Sequence[Finding]) -> str:
    """Name what was found, each kind by its first place."""
    shown = [
        f"{name} ({first.file}, line {first.line}{text}{more})"
        for name, first, text, more in _by_kind(findings)
    ]
    *head, last = shown
    return f"{', '.join(head)} and {last}" if head else last


def listed(findings: Sequence[Finding]) -> str:
    """What to show at the terminal before asking what to do."""
    lines = ["The project has a database layer already:"]
    for name, first, text, more in _by_kind(findings):
        lines += [f"  {name}{more}", f"    {first.file}:{first.line}{text}"]
    return "\n".join(f"{line[: MAX_LINE - 1]}…" if len(line) > MAX_LINE else line for line in lines)


def _by_kind(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding, str, str]]:
    """Each kind's name, its first finding, the code there, and how many others there are."""
    for kind, name in KINDS.items():
        found = [finding for finding in findings if finding.kind == kind]
        if found:
            first, others = found[0], len(found) - 1
            more = f", and {others} more" if others else ""
            text = f": `{_shortened(first.text)}`" if kind != "alembic" else ""
            yield name, first, text, more


def choices_beside(facts: Facts, project: Path) -> Iterator[str]:
    """Say what was found, what it means, and what the choices are."""
    if not facts.existing_layer:
        return
    beside = propose_all(facts, project, existing="beside")
    yield (
        "The project has a database layer already, so nothing was added: "
        f"{described(facts.existing_layer)}. {offer(project, facts)} Or keep that one alone, or "
        "add this one beside it with "
        f"-d db_existing=beside: its modules go to {beside.layer_dir}/, its migrations to "
        f"{beside.migrations_dir}/ and {beside.alembic_ini}, and its tables to the "
        f"PostgreSQL schema {beside.schema}; what is there stays as it is."
    )


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1].rstrip()}…"
