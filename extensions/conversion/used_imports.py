"""Imports of a module that a change of its code has left without a use."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..app_file.source_lines import Source, parse_source


class CommentedImportError(ValueError):
    """An import that is not needed any more cannot be taken out without a comment."""


def without_unused_imports(content: str, *, before: str, kept: frozenset[str] = frozenset()) -> str:
    """Take out the imported names that `before` uses and `content` does not.

    Args:
        content: the module's text.
        before: the text that it had.
        kept: names that stay, as other modules import them from this one.

    Raises:
        CommentedImportError: a comment stands among the names of such an import.
        UnreadableSourceError: Python cannot parse one of them.
    """
    unused = _used(parse_source(before).tree) - _used(parse_source(content).tree)
    for name in sorted(unused - kept):
        source = parse_source(content)
        found = [statement for statement in source.tree.body if name in _bound(statement)]
        if len(found) == 1:
            content = _without(source, found[0], name)
    return content


def _used(tree: ast.Module) -> set[str]:
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    # Names in `__all__`, and in annotations that are text.
    return names | {text for text in texts if isinstance(text, str)}


def _bound(statement: ast.stmt) -> set[str]:
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return set()
    return {_name(alias) for alias in statement.names}


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _without(source: Source, statement: ast.stmt, name: str) -> str:
    aliases = statement.names if isinstance(statement, ast.Import | ast.ImportFrom) else []
    first, last = source.first_line(statement), source.last_line(statement)
    if len(aliases) == 1:
        if any("#" in source.text(number) for number in range(first, last + 1)):
            raise CommentedImportError(f"line {first}: an import with a comment is not used then")
        return source.without({*range(first, last + 1), *_gap(source, first, last)})
    at = next(index for index, alias in enumerate(aliases) if _name(alias) == name)
    if at + 1 < len(aliases):
        start, end = _start(aliases[at]), _start(aliases[at + 1])
    else:
        start, end = _end(aliases[at - 1]), _end(aliases[at])
    return replaced(source, start, end, "")


def _gap(source: Source, first: int, last: int) -> range:
    """The smaller of the runs of blank lines around a statement that is taken out."""
    above, below = first - 1, last + 1
    while source.is_blank(above):
        above -= 1
    while source.is_blank(below):
        below += 1
    blanks_above, blanks_below = range(above + 1, first), range(last + 1, below)
    if above and (not blanks_above or not blanks_below):
        return range(0)
    return blanks_above if above and len(blanks_above) < len(blanks_below) else blanks_below


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text: a line, counted from 1, and a column, counted in bytes of UTF-8."""

    line: int
    column: int


def _start(node: ast.expr | ast.alias) -> Place:
    return Place(node.lineno, node.col_offset)


def _end(node: ast.expr | ast.alias) -> Place:
    return Place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def replaced_expression(source: Source, node: ast.expr, text: str) -> str:
    """The whole text with another one in the place of an expression."""
    return replaced(source, _start(node), _end(node), text)


def replaced(source: Source, start: Place, end: Place, text: str) -> str:
    """The whole text with another one between two places.

    Raises:
        CommentedImportError: a comment stands there.
    """
    head, tail = _cut(source, start)[0], _cut(source, end)[1]
    lines = source.lines
    gone = "".join(lines[start.line - 1 : end.line])[len(head) :]
    if "#" in gone[: len(gone) - len(tail)]:
        raise CommentedImportError(f"line {start.line}: a comment stands in what would go")
    above, below = "".join(lines[: start.line - 1]), "".join(lines[end.line :])
    return f"{source.bom}{above}{head}{text}{tail}{below}"


def _cut(source: Source, place: Place) -> tuple[str, str]:
    line = source.lines[place.line - 1]
    head = line.encode()[: place.column].decode()
    return head, line[len(head) :]
