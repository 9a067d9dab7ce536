"""How wide a project's code is, and signatures that have become wider."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from ..app_file.source_lines import parse_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_CONFIGURED = re.compile(r"^\s*line[-_]length\s*=\s*(\d+)", re.MULTILINE)
DEFAULT = 88
_WIDER = (100, 120)
_FEW = 200
"""One line in so many may be longer than the others."""


def code_width(settings: Iterable[str], texts: Iterable[str]) -> int:
    """The columns that lines may have: as formatters are told, else as most lines have.

    Args:
        settings: the texts of pyproject.toml and ruff.toml.
        texts: those of the modules.
    """
    for text in settings:
        if found := _CONFIGURED.search(text):
            return int(found[1])
    lengths = [len(line) for text in texts for line in text.splitlines()]
    for width in (DEFAULT, *_WIDER):
        if sum(length > width for length in lengths) * _FEW <= len(lengths):
            return width
    return _WIDER[-1]


def with_signatures(content: str, before: str, functions: Collection[str], width: int) -> str:
    """Break the signatures that have become too long for a line, as formatters do.

    Args:
        content: the module's text.
        before: the text that it had.
        functions: the functions that were changed.
        width: the columns that a line may have.
    """
    old = set(before.splitlines())
    source = parse_source(content)
    lines = list(source.lines)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = source.text(node.lineno)
        if node.name not in functions or len(text) <= width or text in old:
            continue
        parts = _parts(text)
        if parts is None:
            continue
        opened, arguments, closed = parts
        indent = source.indentation(node.lineno)
        end = lines[node.lineno - 1][len(text) :]
        inner = ", ".join(arguments)
        wrapped = [f"{indent}    {inner}"]
        if len(wrapped[0]) > width or len(arguments) == 1:
            wrapped = [f"{indent}    {argument}," for argument in arguments]
        lines[node.lineno - 1] = end.join([opened, *wrapped, f"{indent}{closed}"]) + end
    return source.bom + "".join(lines)


def _parts(text: str) -> tuple[str, list[str], str] | None:
    """A header up to its parenthesis, its parameters, and the rest; None for other headers."""
    opened, closed, depth = 0, 0, 0
    commas: list[int] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.lstrip()).readline))
    except (tokenize.TokenError, IndentationError):
        return None
    shift = len(text) - len(text.lstrip())
    for token in tokens:
        if token.type == tokenize.COMMENT:
            return None
        if token.type != tokenize.OP:
            continue
        at = token.start[1] + shift
        if token.string in "([{":
            depth += 1
            if depth == 1 and not opened:
                opened = at + 1
        elif token.string in ")]}":
            depth -= 1
            if depth == 0 and not closed:
                closed = at
        elif token.string == "," and depth == 1 and not closed:
            commas.append(at)
    if not closed or not text.endswith(":"):
        return None
    bounds = [opened, *(at + 1 for at in commas)]
    ends = [*commas, closed]
    arguments = [text[start:end].strip() for start, end in zip(bounds, ends, strict=True)]
    return text[:opened], [argument for argument in arguments if argument], text[closed:]
