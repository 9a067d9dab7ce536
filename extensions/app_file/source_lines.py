"""A Python file as lines that keep their ends, so that an edit can only ever add or drop lines."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

# Python ends a line at these three alone; str.splitlines would also split at a form feed.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"


class UnreadableSourceError(ValueError):
    """The text is no Python that this interpreter can parse; the message says why."""


@dataclass(frozen=True)
class Insertion:
    """Lines, without their ends, that go before the line at the zero-based `index`."""

    index: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Parsed source whose line numbers in `tree` are one-based indexes of `lines`."""

    bom: str
    lines: tuple[str, ...]
    tree: ast.Module
    logical_lines: dict[int, tuple[int, int]]
    """First and last line of the logical line, for each physical line that has code."""

    def text(self, number: int) -> str:
        """Return the line with this one-based number, without its end."""
        return self.lines[number - 1].rstrip("\r\n")

    def is_blank(self, number: int) -> bool:
        """Tell whether the line exists and holds nothing but whitespace."""
        return (
            0 < number <= len(self.lines)
            and number not in self.logical_lines
            and not self.text(number).strip()
        )

    def is_comment(self, number: int) -> bool:
        """Tell whether the line holds a comment and no code."""
        return (
            0 < number <= len(self.lines)
            and number not in self.logical_lines
            and self.text(number).lstrip().startswith("#")
        )

    def first_line(self, statement: ast.stmt) -> int:
        """Return where the logical line begins that the statement or its decorators start on."""
        decorators = getattr(statement, "decorator_list", [])
        start = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        return self.logical_lines[start][0]

    def last_line(self, statement: ast.stmt) -> int:
        """Return where the logical line that the statement ends on ends."""
        return self.logical_lines[statement.end_lineno or statement.lineno][1]

    def indentation(self, number: int) -> str:
        """Return the whitespace that Python counts as the line's indentation."""
        text = self.text(number)
        leading = text[: len(text) - len(text.lstrip(" \t\f"))]
        return leading.rpartition("\f")[2]

    def insert(self, insertions: Iterable[Insertion]) -> str:
        """Return the whole text with the lines added, each ended as the line before it is."""
        lines = list(self.lines)
        for insertion in sorted(insertions, key=lambda insertion: insertion.index, reverse=True):
            end = self._line_end(insertion.index)
            added = [f"{text}{end}" for text in insertion.texts]
            if insertion.index == len(lines) and lines and not _LINE_END.search(lines[-1]):
                lines[-1] += end
                added[-1] = insertion.texts[-1]
            lines[insertion.index : insertion.index] = added
        return self.bom + "".join(lines)

    def without(self, numbers: Iterable[int]) -> str:
        """Return the whole text without the lines that have these one-based numbers."""
        dropped = set(numbers)
        kept = [line for number, line in enumerate(self.lines, 1) if number not in dropped]
        if len(self.lines) in dropped and kept and not _LINE_END.search(self.lines[-1]):
            kept[-1] = kept[-1].rstrip("\r\n")
        return self.bom + "".join(kept)

    def _line_end(self, index: int) -> str:
        nearest = (*self.lines[index - 1 : index], *self.lines[index : index + 1], *self.lines)
        ends = (found[0] for line in nearest if (found := _LINE_END.search(line)))
        return next(ends, "\n")


def parse_source(content: str) -> Source:
    """Parse a file's whole text, byte order mark and line ends as they are.

    Raises:
        UnreadableSourceError: Python cannot parse it.
    """
    bom = _BOM if content.startswith(_BOM) else ""
    body = content.removeprefix(_BOM)
    # Both parsers would otherwise count a lone carriage return differently.
    normalized = _LINE_END.sub("\n", body)
    try:
        return Source(
            bom,
            tuple(_LINE.findall(body)),
            parse_quietly(normalized),
            _logical_lines(normalized),
        )
    except SyntaxError as error:
        reason = f"Python cannot parse it: {error.msg} (line {error.lineno})"
    except tokenize.TokenError as error:
        reason = f"Python cannot parse it: {error.args[0]}"
    except (ValueError, RecursionError, MemoryError) as error:
        reason = f"Python cannot parse it: {error}"
    raise UnreadableSourceError(reason)


def parse_tree(content: str) -> ast.Module:
    """Parse a file's whole text as `parse_source` does, without reading its lines.

    Raises:
        UnreadableSourceError: Python cannot parse it.
    """
    try:
        return parse_quietly(_LINE_END.sub("\n", content.removeprefix(_BOM)))
    except SyntaxError as error:
        reason = f"Python cannot parse it: {error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        reason = f"Python cannot parse it: {error}"
    raise UnreadableSourceError(reason)


def parse_quietly(text: str) -> ast.Module:
    """Parse without the warnings that are meant for the file's own author."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _logical_lines(text: str) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    start: int | None = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            first, last = start or token.start[0], token.start[0]
            spans |= dict.fromkeys(range(first, last + 1), (first, last))
            start = None
        elif start is None and token.type not in _OUTSIDE_LOGICAL_LINES:
            start = token.start[0]
    return spans


_OUTSIDE_LOGICAL_LINES = frozenset(
    {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


def is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a string alone, such as a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
