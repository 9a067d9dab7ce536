"""Plain SQL in revisions, so that they depend on nothing else."""

import re
from dataclasses import dataclass
from textwrap import indent

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation


@dataclass
class SQL(MigrateOperation):
    """Statements for ``op.execute()``, and those that undo them."""

    statements: tuple[str, ...]
    undo: tuple[str, ...]
    in_transaction: bool = True

    def reverse(self) -> "SQL":
        """Return the operation of the other direction."""
        return SQL(self.undo, undo=self.statements)

    def to_diff_tuple(self) -> tuple[str, ...]:
        """Return what ``alembic check`` reports."""
        return ("execute", *(" ".join(s.split()) for s in self.statements))


def literal(value: str) -> str:
    """Return a string as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def without_parameters(sql: str) -> str:
    """Escape what SQLAlchemy's ``text()`` takes for parameters."""
    return re.sub(r"(?<![:\w]):(?=\w)|(?<=\\):", r"\:", sql)


@renderers.dispatch_for(SQL)
def _render(_context: AutogenContext, operation: SQL) -> list[str]:
    lines = [f"op.execute({_source(sql)})" for sql in operation.statements]
    if operation.in_transaction:
        return lines
    block = indent("\n".join(lines), " " * 4)
    return [f"with op.get_context().autocommit_block():\n{block}"]


def _source(statement: str) -> str:
    escaped = without_parameters(statement)
    if '"""' in escaped or escaped.endswith("\\"):
        return repr(escaped)
    raw = "r" if "\\" in escaped else ""
    if "\n" in escaped or {"'", '"'} <= set(escaped):
        return f'{raw}"""\n{indent(escaped, " " * 4)}\n"""'
    quote = "'" if '"' in escaped else '"'
    return f"{raw}{quote}{escaped}{quote}"
