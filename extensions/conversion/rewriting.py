"""A module's text with some of its expressions written anew; everything else keeps its bytes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..app_file.source_lines import Source

INDENT = "    "
_SIMPLE = (
    ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Raise, ast.Assert,
    ast.Delete,
)  # fmt: skip


class Rewriting:
    """The rewritten expressions of a module."""

    def __init__(self, source: Source, width: int) -> None:
        """Begin with a module as it is.

        Args:
            source: the module.
            width: the columns that a line may have.
        """
        self.source = source
        self.width = width
        self._lines = [line.encode() for line in source.lines]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._bytes = b"".join(self._lines)
        self._anew: dict[ast.AST, Callable[[], str]] = {}
        self._spliced: list[tuple[int, int, str]] = []
        self.breaks = False
        """Whether a parenthesised `await` is written on lines of its own."""
        self.indent = ""
        self.column = 0

    def write(self, node: ast.expr, text: Callable[[], str]) -> None:
        """Have an expression written as `text` returns it, which asks `text_of` for its parts."""
        self._anew[node] = text

    def insert(self, node: ast.stmt | ast.expr, text: str) -> None:
        """Put text before a statement or an expression."""
        start = self._offset(node.lineno, node.col_offset)
        self._spliced.append((start, start, text))

    def insert_line_after(self, statement: ast.stmt, text: str) -> None:
        """Put lines of code after a statement, indented as it is."""
        line = self.source.last_line(statement)
        first = self.source.lines[statement.lineno - 1]
        indent = first[: len(first) - len(first.lstrip())]
        end = "\r\n" if self._lines[line - 1].endswith(b"\r\n") else "\n"
        at = self._starts[line]
        before = "" if self._lines[line - 1].endswith(b"\n") else end
        added = "".join(f"{indent}{part}{end}" if part else end for part in text.splitlines())
        self._spliced.append((at, at, before + added))

    def text_of(self, node: ast.expr) -> str:
        """An expression with its rewritten parts."""
        if node in self._anew:
            return self._anew[node]()
        return self.inner_text_of(node)

    def inner_text_of(self, node: ast.AST) -> str:
        """The same, but for the expression's own rewriting."""
        return self._composed(*self._span(node), list(self._outermost(node)))

    def text_between(self, node: ast.expr, after: ast.expr) -> str:
        """What follows a part of an expression up to its end, with rewritten parts."""
        start, end = self._span(after)[1], self._span(node)[1]
        parts = [part for part in self._outermost(node) if self._span(part)[0] >= start]
        return self._composed(start, end, parts)

    def _composed(self, start: int, end: int, parts: list[ast.AST]) -> str:
        text, at = "", start
        for part in sorted(parts, key=lambda part: self._span(part)[0]):
            first, last = self._span(part)
            if first < at:
                continue
            text += self._bytes[at:first].decode() + self._written_at(part)
            at = last
        return text + self._bytes[at:end].decode()

    def _written_at(self, part: ast.AST) -> str:
        """A rewritten part, indented as the line that it begins on."""
        outer, column = self.indent, self.column
        line = self.source.lines[getattr(part, "lineno", 1) - 1]
        self.indent = line[: len(line) - len(line.lstrip())]
        self.column = getattr(part, "col_offset", 0)
        text = self._anew[part]()
        self.indent, self.column = outer, column
        return text

    def _outermost(self, node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if child in self._anew:
                yield child
            else:
                yield from self._outermost(child)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self._offset(getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        return start, self._offset(
            getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)
        )

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def has_comment(self, node: ast.expr) -> bool:
        """Whether a comment stands in an expression."""
        start, end = self._span(node)
        lines = self._bytes[start:end].decode().split("\n")
        return any("#" in line for line in lines)

    def result(self) -> str:
        """The module's whole text."""
        splices = list(self._spliced)
        for statement in ast.walk(self.source.tree):
            if not isinstance(statement, ast.stmt):
                continue
            first = self.source.lines[statement.lineno - 1]
            self.indent = first[: len(first) - len(first.lstrip())]
            if isinstance(statement, _SIMPLE):
                parts = list(self._outermost(statement))
                splices += self._statement(statement, parts) if parts else []
                continue
            for child in ast.iter_child_nodes(statement):
                if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                    splices += self._expressions(child)
        for case in ast.walk(self.source.tree):
            if isinstance(case, ast.ExceptHandler) and case.type:
                splices += self._expressions(case.type)
        text, at = b"", 0
        for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
            text += self._bytes[at:start] + new.encode()
            at = end
        return self.source.bom + (text + self._bytes[at:]).decode()

    def _expressions(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        parts = [node] if node in self._anew else list(self._outermost(node))
        for part in parts:
            start, end = self._span(part)
            text = self._written_at(part)
            # With what stands before and after it on its lines.
            head = self._bytes[:start][::-1].split(b"\n")[0]
            tail = self._bytes[end:].split(b"\n")[0].rstrip()
            line = f"{head.decode(errors='replace')}{text}{tail.decode(errors='replace')}"
            if any(len(piece) > self.width for piece in line.split("\n")):
                self.breaks = True
                text = self._written_at(part)
                self.breaks = False
            yield start, end, text

    def _statement(
        self, statement: ast.stmt, parts: list[ast.AST]
    ) -> Iterator[tuple[int, int, str]]:
        start, end = self._span(statement)
        value = getattr(statement, "value", None)
        if value in parts and isinstance(value, ast.AST):
            first, last = self._span(value)
            before, after = self._bytes[start:first].decode(), self._bytes[last:end].decode()
            opened, closed = before.rstrip(), after.strip()
            if opened.endswith("(") and closed == ")" and "#" not in before:
                # Parentheses that only let an expression go over several lines.
                yield start, end, self._fitting(opened[:-1].rstrip() + " ", value, "")
                return
            yield start, end, self._fitting(before, value, after)
            return
        self.breaks = False
        text = self._composed(start, end, parts)
        if self._is_long(text):
            self.breaks = True
            text = self._composed(start, end, parts)
            self.breaks = False
        yield start, end, text

    def _fitting(self, before: str, value: ast.AST, after: str) -> str:
        self.breaks = False
        self.column = len(self.indent) + len(before)
        text = before + self._anew[value]() + after
        if self._is_long(text):
            self.breaks = True
            text = before + self._anew[value]() + after
            self.breaks = False
        return text

    def _is_long(self, text: str) -> bool:
        lines = (self.indent + text).split("\n")
        return len(lines[0]) > self.width or any(len(line) > self.width for line in lines[1:])

    def call_in_lines(self, before: str, argument: list[str], depth: int = 0) -> str:
        """A call with one argument, broken as formatters break it where it is too long.

        Args:
            before: what stands before the parenthesis.
            argument: an expression, and the method calls on it.
            depth: by how much the call is indented.
        """
        indent = self.indent + INDENT * depth
        flat = f"{before}({''.join(argument)})"
        start = len(indent) if depth else max(len(indent), self.column)
        if start + len(flat) <= self.width and "\n" not in flat:
            return flat
        inner = "".join(argument)
        if len(indent + INDENT + inner) > self.width or "\n" in inner:
            inner = f"\n{indent}{INDENT}".join(_indented(part, INDENT) for part in argument)
        return f"{before}(\n{indent}{INDENT}{inner}\n{indent})"

    def arguments_in_lines(self, before: str, arguments: list[str]) -> str:
        """A call with its arguments, broken as formatters break it."""
        inner = f"{self.indent}{INDENT}{', '.join(arguments)}"
        if len(inner) > self.width:
            inner = "\n".join(f"{self.indent}{INDENT}{argument}," for argument in arguments)
        return f"{before}(\n{inner}\n{self.indent})"


def _indented(text: str, by: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{by}{line}" if line.strip() else line for line in rest)])
