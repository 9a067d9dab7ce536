"""Rendered Python in the project's own style, as its formatter would write it.

The style is an answer: an update renders both versions in it, so that it merges edits alone, and
an undo knows what it has put there.
"""

from __future__ import annotations

import ast
import io
import re
import token
import tokenize
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jinja2 import Template

from ..verification.unresolved_imports import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

    _Import = ast.Import | ast.ImportFrom

_PYTHON = re.compile(r"\.py(?:\{%[^%]*%\})?\.jinja$")
_GUIDE = re.compile(r"\{\{ db_guide \}\}(?:\{%[^%]*%\})?\.jinja$")
_BLOCK = re.compile(r"(^```py(?:thon)?\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_STRING = re.compile(r'([A-Za-z]*)"((?:[^"\\\n]|\\.)*)"')
_STARTS = {getattr(token, name, None) for name in ("FSTRING_START", "TSTRING_START")} - {None}
_ENDS = {getattr(token, name, None) for name in ("FSTRING_END", "TSTRING_END")} - {None}


def use_style(environment: Environment) -> None:
    """Have the template's Python rendered in the style that the answers say."""
    environment.template_class = _StyledTemplate


class _StyledTemplate(Template):
    def render(self, *args: Any, **variables: Any) -> str:  # noqa: ANN401 - Jinja's signature
        text, name = super().render(*args, **variables), self.name or ""
        if _PYTHON.search(name):
            return styled(text, dict(*args, **variables))
        if _GUIDE.search(name) and dict(*args, **variables).get("db_quotes") == "single":
            # Ruff formats the blocks of Markdown, too.
            return _BLOCK.sub(lambda block: block[1] + _in_single_quotes(block[2]), text)
        return text


def styled(text: str, answers: Mapping[str, Any]) -> str:
    """Python as a formatter with the project's settings writes it.

    Args:
        text: the code, as `ruff format` writes it by default.
        answers: those that the project records; without a style the text is returned as it is.
    """
    if answers.get("db_quotes") == "single":
        text = _in_single_quotes(text)
    if answers.get("db_alembic_section") == "first-party":
        text = _with_alembic_among_own(text)
    lines = answers.get("db_lines_after_imports")
    return _spaced(text, int(lines)) if lines else text


def _with_alembic_among_own(text: str) -> str:
    """Move imports of Alembic to the project's own, which are the group after the libraries."""
    lines = text.splitlines(keepends=True)
    groups: list[list[_Import]] = []
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if not groups or not lines[statement.lineno - 2].strip():
                groups.append([])
            groups[-1].append(statement)
    at = next((n for n, group in enumerate(groups) if "alembic" in map(_root, group)), None)
    if at is None or not {*map(_root, groups[at])} <= PACKAGES:
        return text
    group, own = groups[at], groups[at + 1] if at + 1 < len(groups) else []
    # A comment belongs to the statement below it.
    texts = {
        statement: "".join(
            lines[before.end_lineno if before else statement.lineno - 1 : statement.end_lineno]
        )
        for these in (group, own)
        for before, statement in zip([None, *these], these, strict=False)
    }
    kept = [statement for statement in group if _root(statement) != "alembic"]
    moved = sorted((statement for statement in (*group, *own) if statement not in kept), key=_order)
    blocks = ["".join(texts[statement] for statement in these) for these in (kept, moved) if these]
    start, end = group[0].lineno - 1, (own or group)[-1].end_lineno
    return "".join([*lines[:start], "\n".join(blocks), *lines[end:]])


def _order(statement: _Import) -> tuple[bool, str]:
    return isinstance(statement, ast.ImportFrom), _module(statement).lower()


def _root(statement: _Import) -> str:
    return _module(statement).partition(".")[0]


def _module(statement: _Import) -> str:
    if isinstance(statement, ast.ImportFrom):
        return statement.module or ""
    return statement.names[0].name


def _in_single_quotes(text: str) -> str:
    """Give each string of one line single quotes, unless it would need a backslash then."""
    lines = text.splitlines(keepends=True)
    for (row, start), end in reversed(list(_strings(text))):
        line = lines[row - 1]
        found = _STRING.fullmatch(line[start:end])
        if found is None:
            continue
        prefix, body = found.groups()
        if "'" not in body:
            body = body.replace('\\"', '"')
        elif "f" in prefix.lower() and "'" not in _outside_fields(body):
            # Strings in its fields get the other quotes.
            body = body.replace("'", '"')
        else:
            continue
        lines[row - 1] = f"{line[:start]}{prefix}'{body}'{line[end:]}"
    return "".join(lines)


def _outside_fields(body: str) -> str:
    """What is literal in an f-string."""
    literal, depth = "", 0
    for char in body.replace("{{", ""):
        depth += (char == "{") - (char == "}")
        literal += char if depth <= 0 else ""
    return literal


def _strings(text: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Where each string of one line begins, and the column of its end."""
    begun: list[tuple[int, int]] = []
    for part in tokenize.generate_tokens(io.StringIO(text).readline):
        if part.type in _STARTS:
            begun.append(part.start)
        elif part.type in _ENDS:
            start = begun.pop()
            if not begun and start[0] == part.end[0]:
                yield start, part.end[1]
        elif part.type == token.STRING and not begun and part.start[0] == part.end[0]:
            yield part.start, part.end[1]


def _spaced(text: str, count: int) -> str:
    """Put so many blank lines after the imports at the top of a module."""
    body = ast.parse(text).body
    lines = text.splitlines(keepends=True)
    for statement, following in reversed(list(pairwise(body))):
        ends = isinstance(statement, ast.Import | ast.ImportFrom)
        if ends and not isinstance(following, ast.Import | ast.ImportFrom):
            end = statement.end_lineno or statement.lineno
            start = end
            while not lines[start].strip():
                start += 1
            lines[end:start] = ["\n"] * count
    return "".join(lines)
