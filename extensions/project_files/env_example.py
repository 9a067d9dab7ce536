"""Adding placeholders to an example of a `.env`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .encoding import line_end_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


EXAMPLES = (
    *(".env.example", ".env.sample", ".env.template", ".env.dist", ".env.examples"),
    *("env.example", "env.sample", "example.env", ".env_example"),
)
"""What projects call it, the usual name first."""


def example_of(project: Path) -> str:
    """The example that a project has, or the usual name."""
    return next((name for name in EXAMPLES if (project / name).is_file()), EXAMPLES[0])


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment with a placeholder for its value."""

    name: str
    placeholder: str
    comment: str
    """One line that says what it is for, without the number sign."""


def add_variables(content: str | None, variables: Sequence[Variable]) -> str:
    """Add the variables that a file does not mention yet, each under its comment.

    One that is there stays, also if it is commented out or has `export` before it.
    """
    before = content or ""
    there = names(before)
    missing = [variable for variable in variables if variable.name not in there]
    if not missing:
        return before
    end = line_end_of(before)
    export = "export " if _all_exported(before) else ""
    block = end.join(_lines(missing, export))
    if not before.strip("\ufeff \t\r\n"):
        return f"{before}{block}{end}"
    if before.endswith(("\n", "\r")):
        gap = "" if before.endswith((end * 2, "\n\n")) else end
        return f"{before}{gap}{block}{end}"
    return f"{before}{end}{end}{block}"


def _lines(variables: Iterable[Variable], export: str) -> Iterable[str]:
    for variable in variables:
        yield f"# {variable.comment}"
        yield f"{export}{variable.name}={variable.placeholder}"


_ASSIGNMENT = re.compile(
    r"^[ \t\ufeff]*(?P<off>#[ \t#]*)?(?P<export>(?:export|set)[ \t]+)?"
    r"(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*[=:]",
    re.MULTILINE,
)


def names(content: str) -> set[str]:
    """The variables that a file mentions, also those commented out."""
    return {match["name"] for match in _ASSIGNMENT.finditer(content)}


def _all_exported(content: str) -> bool:
    found = [match for match in _ASSIGNMENT.finditer(content) if not match["off"]]
    return bool(found) and all(match["export"] for match in found)
