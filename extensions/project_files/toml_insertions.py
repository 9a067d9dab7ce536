"""Insertions into a TOML document, in the manner of what is already there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .encoding import line_end_of
from .placement import Item, Placement, arrange
from .toml_text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .requirement import Requirement
    from .toml_text import Entry, Path, Table, TomlSource, Value

LINE_LENGTH = 88
"""An array on one line is broken up when it would get longer than this."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`text[start:end]` becomes `new`; an insertion where the two are equal."""

    start: int
    end: int
    new: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make edits that do not overlap; those at one place keep their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at:]])


def indentation(text: str) -> str:
    """The indentation that most elements of a document's arrays have, else four spaces."""
    found = Counter(re.findall(r"^[ \t]+(?=[\"'{\[])", text, re.MULTILINE))
    return found.most_common(1)[0][0] if found else "    "


def insert_into_array(
    source: TomlSource,
    array: Value,
    items: Sequence[Item],
    new: Sequence[Requirement],
    write: Callable[[Requirement], str],
) -> list[Edit]:
    """Insert requirements into an array of strings.

    Args:
        source: the document.
        array: the array's place.
        items: the array's requirements; its other elements are left out.
        new: what to insert.
        write: writes a requirement as the value of a string.
    """
    text, elements = source.text, array.elements or []
    if not elements:
        return [_fill(text, array, [quoted(write(item)) for item in new])]
    quotes = [text[element.start] for element in elements if text[element.start] in "\"'"]
    quote = quotes[-1] if quotes else '"'
    mixed = len(items) < len(elements)
    placements = arrange(text, array.start + 1, items, new)
    if mixed:
        placements = [Placement(len(elements) - 1, tuple(new))]
    additions = [
        _Addition(
            placement.after,
            [quoted(write(item), quote) for item in placement.requirements],
            placement.above,
        )
        for placement in placements
    ]
    if "\n" in text[array.start : elements[-1].end]:
        return [edit for item in additions for edit in _insert_lines(text, array, item)]
    line_start = text.rfind("\n", 0, array.start) + 1
    added = sum(len(literal) + 2 for item in additions for literal in item.literals)
    if array.end - line_start + added <= LINE_LENGTH:
        return [_insert_in_line(array, item) for item in additions]
    return _break_up(text, array, additions)


@dataclass(frozen=True, slots=True)
class _Addition:
    after: int
    literals: list[str]
    above: list[str]
    """Lines that go above, without indentation."""


def _fill(text: str, array: Value, literals: Sequence[str]) -> Edit:
    """Fill an empty array, which may hold comments, with one string a line."""
    indent, line_end = indentation(text), line_end_of(text)
    lines = "".join(f"{indent}{literal},{line_end}" for literal in literals)
    if "\n" not in text[array.start : array.end]:
        return Edit(array.end - 1, array.end - 1, line_end + lines)
    last_line = text.rfind("\n", 0, array.end - 1) + 1
    return Edit(last_line, last_line, lines)


def _insert_in_line(array: Value, addition: _Addition) -> Edit:
    elements = array.elements or []
    if addition.after + 1 < len(elements):
        start = elements[addition.after + 1].start
        return Edit(start, start, "".join(f"{literal}, " for literal in addition.literals))
    end = elements[-1].end
    return Edit(end, end, "".join(f", {literal}" for literal in addition.literals))


def _break_up(text: str, array: Value, additions: Sequence[_Addition]) -> list[Edit]:
    """Give each element of an array a line of its own, by insertions alone."""
    elements = array.elements or []
    line_end, indent = line_end_of(text), indentation(text)
    lines = {
        addition.after: "".join(f"{line_end}{indent}{literal}," for literal in addition.literals)
        for addition in additions
    }
    edits: list[Edit] = []
    start = array.start + 1
    for index, element in enumerate(elements):
        # Blanks that are there already become a part of the indentation.
        there = element.start - start
        edits.append(Edit(start, start, f"{lines.get(index - 1, '')}{line_end}{indent[there:]}"))
        start = element.end if element.comma is None else element.comma + 1
    comma = "," if elements[-1].comma is None else ""
    edits.append(Edit(start, start, f"{comma}{lines.get(len(elements) - 1, '')}{line_end}"))
    return edits


def _insert_lines(text: str, array: Value, addition: _Addition) -> list[Edit]:
    """Insert into an array that has line breaks, after the line of the element before."""
    elements = array.elements or []
    before = elements[addition.after] if addition.after >= 0 else None
    follower = elements[addition.after + 1] if addition.after + 1 < len(elements) else None
    line_end = line_end_of(text)
    indent = _blank_before(text, (before or elements[0]).start) or indentation(text)
    lines = [f"{line_end}{indent}{line}" if line else line_end for line in addition.above]
    lines += [f"{line_end}{indent}{literal}," for literal in addition.literals]
    if before is None:
        start = array.start + 1
    else:
        start = before.end if before.comma is None else before.comma + 1
    if follower and "\n" not in text[start : follower.start]:
        inline = "".join(f"{literal}, " for literal in addition.literals)
        return [Edit(follower.start, follower.start, inline)]
    line_rest = end_of_line(text, start)
    if follower or (before and before.comma is not None):
        return [Edit(line_rest, line_rest, "".join(lines))]
    new = "".join(lines).removesuffix(",")
    return [Edit(start, start, ","), Edit(line_rest, line_rest, new)]


def end_of_line(text: str, start: int) -> int:
    """The end of the line if nothing but blanks and a comment follow, else the start."""
    match = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)").match(text, start)
    return match.end() if match else start


def insert_into_table(
    source: TomlSource,
    table: Table,
    new: Sequence[Requirement],
    write: Callable[[Requirement], str],
) -> list[Edit]:
    """Insert requirements into a table that has a header of its own.

    Args:
        source: the document.
        table: the table.
        new: what to insert.
        write: writes a requirement as a value in TOML.
    """
    text, line_end = source.text, line_end_of(source.text)
    depth = len(table.path)
    first = 1 if table.entries and table.entries[0].path[depth] == "python" else 0
    items = [
        Item(entry.path[depth], entry.start, entry.value.end) for entry in table.entries[first:]
    ]
    ends = [table.header_end, *(entry.value.end for entry in table.entries)]
    style = _entry_style(text, table.entries)
    edits: list[Edit] = []
    for placement in arrange(text, ends[first], items, new):
        start = end_of_line(text, ends[first + placement.after + 1])
        lines = placement.above + [
            style.indent + requirement.name.ljust(style.width) + style.equals + write(requirement)
            for requirement in placement.requirements
        ]
        edits.append(Edit(start, start, "".join(line_end + line for line in lines)))
    return edits


@dataclass(frozen=True, slots=True)
class _EntryStyle:
    indent: str = ""
    width: int = 0
    """How wide keys are made where equals signs stand below one another."""
    equals: str = " = "


def _entry_style(text: str, entries: Sequence[Entry]) -> _EntryStyle:
    if not entries:
        return _EntryStyle()
    last = entries[-1]
    indent = _blank_before(text, last.start)
    columns = {entry.equals - entry.start for entry in entries}
    padded = any(text[entry.equals - 2 : entry.equals].isspace() for entry in entries)
    aligned = padded and len(columns) == 1 < len(entries)
    before = " " if text[last.equals - 1] in " \t" else ""
    after = " " if text[last.equals + 1] in " \t" else ""
    return _EntryStyle(indent, columns.pop() - 1 if aligned else 0, f"{before}={after}")


def _blank_before(text: str, start: int) -> str:
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return line if line.isspace() else ""


def new_section(source: TomlSource, near: Path, header: str, lines: Sequence[str]) -> Edit:
    """Add a table with its own header, after the tables that share its family.

    Args:
        source: the document.
        near: the new table goes after the last one whose path begins so; else to the end.
        header: the path as it stands in the brackets.
        lines: the table's lines.
    """
    text, line_end = source.text, line_end_of(source.text)
    tables = [table for table in source.tables if table.start != table.end or not table.path]
    family = [table for table in tables if near and table.path[: len(near)] == near]
    last = (family or tables)[-1]
    start = end_of_line(text, last.end)
    comments = re.compile(r"(?:\r?\n[ \t]*#[^\r\n]*)*")
    match = comments.match(text, start)
    start = match.end() if match else start
    body = line_end.join([f"[{header}]", *lines])
    if not text[:start].strip("\ufeff \t\r\n"):
        return Edit(start, start, body + line_end)
    crowded = re.compile(r"\r?\n[ \t]*\S").match(text, start)
    return Edit(start, start, f"{line_end * 2}{body}{line_end if crowded else ''}")


def new_lines(source: TomlSource, table: Table, lines: Sequence[str]) -> Edit:
    """Add lines at the end of a table's own entries."""
    start = end_of_line(source.text, table.end)
    line_end = line_end_of(source.text)
    return Edit(start, start, "".join(line_end + line for line in lines))
