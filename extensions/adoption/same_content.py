"""Whether a file is still what the template made, whatever a formatter has done to it."""

from __future__ import annotations

import ast
import inspect
import io
import re
import textwrap
import tokenize
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_same(name: str, found: bytes, rendered: bytes) -> bool:
    """Whether a file holds nothing that the template did not put there.

    Python, in a page's blocks too, is compared by its syntax tree and its comments, with imports
    in any order; any other text by its lines, without the spaces and line ends that editors take
    away at their end.

    Args:
        name: the file.
        found: what it holds.
        rendered: what the template makes of it.
    """
    if found == rendered:
        return True
    if name.endswith(".md"):
        (prose, codes), (other, others) = map(_taken_apart, (found, rendered))
        same = len(codes) == len(others) and all(map(_is_same_code, codes, others))
        return same and _lines(prose) == _lines(other)
    if name.endswith(".py"):
        return _is_same_code(found, rendered)
    return _lines(found) == _lines(rendered)


def _is_same_code(found: bytes, rendered: bytes) -> bool:
    if _lines(found) == _lines(rendered):
        return True
    try:
        return _code(found) == _code(rendered)
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return False


def _taken_apart(data: bytes) -> tuple[bytes, list[bytes]]:
    """A page's text and its blocks of Python, which some formatters go through too."""
    codes = [
        textwrap.dedent(code.decode("utf-8", "replace")).encode() for code in _CODE.findall(data)
    ]
    return _CODE.sub(b"", data), codes


_CODE = re.compile(
    rb"^[ \t]*```(?:python|py)\b[^\n]*\n(.*?)(?=^[ \t]*```)", re.MULTILINE | re.DOTALL
)


def _lines(data: bytes) -> list[bytes]:
    return [line.rstrip() for line in data.rstrip().split(b"\n")]


def _code(data: bytes) -> tuple[str, Counter[str]]:
    module = ast.parse(data)
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _normalize_docstring(node)
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                block = cast("list[ast.stmt]", statements)
                setattr(node, field, list(_imports_sorted(block)))
    return ast.dump(module), Counter(_comments(data))


def _normalize_docstring(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        text = first.value.value
        if isinstance(text, str):
            lines = inspect.cleandoc(text).splitlines()
            first.value.value = "\n".join(line.rstrip() for line in lines).strip()


def _imports_sorted(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, with those imports that stand together one a name, in one order."""
    for is_import, group in groupby(
        statements, lambda statement: isinstance(statement, ast.Import | ast.ImportFrom)
    ):
        if is_import:
            single = {
                ast.dump(single_import): single_import
                for statement in group
                for single_import in _single(statement)
            }
            yield from (single[key] for key in sorted(single))
        else:
            yield from group


def _single(statement: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(statement, ast.Import):
        yield from (ast.Import([alias]) for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield ast.ImportFrom(statement.module, [alias], statement.level)


def _comments(data: bytes) -> Iterator[str]:
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("#").strip()
