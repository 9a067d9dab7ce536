"""Python source that a formatter leaves as it is, for every line length from 79 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .imports import LINE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or whatever else has parts between parentheses and commas."""

    function: str
    arguments: tuple[Code, ...] = ()
    keyword: str = ""
    """What the call is an argument of, as in `server_default`."""


Code: TypeAlias = Call | str


def keyword(name: str, value: Code) -> Code:
    """An argument by its name."""
    if isinstance(value, str):
        return f"{name}={value}"
    return Call(value.function, value.arguments, keyword=name)


def quoted(text: str) -> str:
    """A text as a literal, with the quotation marks that the formatter prefers."""
    if '"' in text and "'" not in text:
        return "'" + text.replace("\\", "\\\\") + "'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def source(
    code: Code, *, indent: int = 0, before: str = "", after: str = "", is_broken: bool = False
) -> str:
    """Write code, broken only where it would be longer than a line.

    Args:
        code: what to write.
        indent: the columns to the left of it.
        before: what stands before it in its line, as the target of an assignment.
        after: what follows it in its last line.
        is_broken: whether to break it in any case.
    """
    flat = " " * indent + before + _flat(code) + after
    fits = len(flat) <= LINE_LENGTH and not is_broken
    if isinstance(code, str) or not code.arguments or fits:
        return flat
    inner = "\n".join(source(part, indent=indent + 4, after=",") for part in code.arguments)
    opening = f"{before}{_prefix(code)}{code.function}("
    return f"{' ' * indent}{opening}\n{inner}\n{' ' * indent}){after}"


def _prefix(call: Call) -> str:
    return f"{call.keyword}=" if call.keyword else ""


def _flat(code: Code) -> str:
    if isinstance(code, str):
        return code
    return f"{_prefix(code)}{code.function}({', '.join(map(_flat, code.arguments))})"


def tuple_source(parts: Sequence[Code], *, indent: int, before: str) -> str:
    """Write a tuple that is assigned to something."""
    if len(parts) != 1:
        return source(Call("", tuple(parts)), indent=indent, before=before)
    # The comma of a single element does not keep the tuple broken in longer lines.
    flat = source(f"({_flat(parts[0])},)", indent=indent, before=before)
    if len(flat) <= LINE_LENGTH:
        return flat
    inner = source(parts[0], indent=indent + 4, after=",", is_broken=True)
    return f"{' ' * indent}{before}(\n{inner}\n{' ' * indent})"


def attribute(name: str, annotation: str, value: Call | None) -> str:
    """An attribute of a class, with its type and what it is made by."""
    head = f"    {name}: Mapped[{annotation}]"
    if value is None:
        return head
    if len(f"{head} = {value.function}(") > LINE_LENGTH:
        # There is no place to break such a line that holds for every line length.
        return f"{head}\n{source(value, indent=4, before=f'{name} = ')}"
    return source(value, indent=4, before=f"{name}: Mapped[{annotation}] = ")
