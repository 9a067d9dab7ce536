"""Insertions into a TOML document, in the manner of what is already there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from .text import line_end_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .toml_source import Entry, Path, Table, TomlSource, Value

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
    for edit in reversed(sorted(edits, key=lambda edit: edit.start)):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def quoted(value: str, quote: str = '"') -> str:
    """A TOML string with this quote where the value allows it."""
    if quote == "'" and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def indentation(text: str) -> str:
    """The indentation of a document's arrays: that of its first indented line, else four spaces."""
    match = re.search(r"^[ \t]+(?=[\"'{\[])", text, re.MULTILINE)
    return match[0] if match else "    "


def sort_key(name: str) -> str:
    """How names are compared where a list is kept in order."""
    return canonicalize_name(name)


def in_order(names: Sequence[str]) -> bool:
    """Whether a list is long enough to show an order, and is in it."""
    keys = [sort_key(name) for name in names]
    return len(keys) > 1 and keys == sorted(keys)


def insert_into_array(
    source: TomlSource, array: Value, names: Sequence[str | None], new: Sequence[tuple[str, str]]
) -> list[Edit]:
    """Insert strings into an array.

    Args:
        source: the document.
        array: the array's place.
        names: the sort name of each element that is there, None for one without.
        new: the sort name and the value of each string to insert.
    """
    text, elements = source.text, array.elements or []
    line_end = line_end_of(text)
    if not elements:
        return [_fill(text, array, [quoted(value) for _, value in new], line_end)]
    strings = [text[element.start] for element in elements if text[element.start] in "\"'"]
    quote = strings[-1] if strings else '"'
    literals = [(name, quoted(value, quote)) for name, value in new]
    sortable = all(name is not None for name in names) and in_order([n for n in names if n])
    if sortable:
        literals.sort(key=lambda item: sort_key(item[0]))
    if "\n" not in text[array.start : elements[-1].end]:
        return _insert_in_line(source, array, names if sortable else None, literals)
    return _insert_lines(text, array, names if sortable else None, literals, line_end)


def _fill(text: str, array: Value, literals: Sequence[str], line_end: str) -> Edit:
    """Fill an empty array, which may hold comments, with one string a line."""
    inside = text[array.start + 1 : array.end - 1]
    indent = indentation(text)
    lines = "".join(f"{indent}{literal},{line_end}" for literal in literals)
    if "\n" not in inside:
        return Edit(array.end - 1, array.end - 1, line_end + lines)
    last_line = text.rfind("\n", 0, array.end - 1) + 1
    return Edit(last_line, last_line, lines)


def _position(names: Sequence[str | None], name: str) -> int:
    """How many of the ordered names come before a new one."""
    return sum(sort_key(there or "") <= sort_key(name) for there in names)


def _insert_in_line(
    source: TomlSource,
    array: Value,
    names: Sequence[str | None] | None,
    literals: Sequence[tuple[str, str]],
) -> list[Edit]:
    text, elements = source.text, array.elements or []
    line_start = text.rfind("\n", 0, array.start) + 1
    length = array.end - line_start + sum(len(literal) + 2 for _, literal in literals)
    if length > LINE_LENGTH:
        return _break_up(text, array, names, literals)
    edits: list[Edit] = []
    for name, literal in literals:
        index = _position(names, name) if names else len(elements)
        if index < len(elements):
            start = elements[index].start
            edits.append(Edit(start, start, f"{literal}, "))
        else:
            end = elements[-1].end
            edits.append(Edit(end, end, f", {literal}"))
    return edits


def _break_up(
    text: str,
    array: Value,
    names: Sequence[str | None] | None,
    literals: Sequence[tuple[str, str]],
) -> list[Edit]:
    """Give each element of an array a line of its own, by insertions alone."""
    elements = array.elements or []
    line_end, indent = line_end_of(text), indentation(text)
    edits: list[Edit] = []
    for index, element in enumerate(elements):
        before = elements[index - 1].comma if index else array.start
        gap = element.start - (before or array.start) - 1
        here = [
            literal
            for name, literal in literals
            if names is not None and _position(names, name) == index
        ]
        lines = "".join(f"{line_end}{indent}{literal}," for literal in here)
        # Blanks that are there already become a part of the indentation.
        start = element.start - gap
        edits.append(Edit(start, start, f"{lines}{line_end}{indent[gap:]}"))
    rest = [
        literal
        for name, literal in literals
        if names is None or _position(names, name) == len(elements)
    ]
    comma = elements[-1].comma
    lines = "".join(f"{line_end}{indent}{literal}," for literal in rest)
    if comma is None:
        edits.append(Edit(elements[-1].end, elements[-1].end, f",{lines}{line_end}"))
    else:
        edits.append(Edit(comma + 1, comma + 1, f"{lines}{line_end}"))
    return edits


def _insert_lines(
    text: str,
    array: Value,
    names: Sequence[str | None] | None,
    literals: Sequence[tuple[str, str]],
    line_end: str,
) -> list[Edit]:
    """Insert into an array that has line breaks, after the line of the element before."""
    elements = array.elements or []
    edits: list[Edit] = []
    for name, literal in literals:
        index = _position(names, name) if names else len(elements)
        before = elements[index - 1] if index else None
        follower = elements[index] if index < len(elements) else None
        indent = _indent_of(text, before or elements[0]) or indentation(text)
        if follower is not None:
            start = _start_for(text, array, before, follower)
            if text[start : follower.start].strip() or "\n" in text[start : follower.start]:
                edits.append(Edit(start, start, f"{line_end}{indent}{literal},"))
            else:
                edits.append(Edit(follower.start, follower.start, f"{literal}, "))
        elif elements[-1].comma is not None:
            start = _line_rest(text, elements[-1].comma + 1, array.end - 1)
            edits.append(Edit(start, start, f"{line_end}{indent}{literal},"))
        else:
            end = elements[-1].end
            if not any(edit.start == end and edit.new == "," for edit in edits):
                edits.append(Edit(end, end, ","))
            start = _line_rest(text, end, array.end - 1)
            edits.append(Edit(start, start, f"{line_end}{indent}{literal},"))
    if edits and elements[-1].comma is None and edits[-1].start >= elements[-1].end:
        last = edits[-1]
        edits[-1] = Edit(last.start, last.end, last.new.removesuffix(","))
    return edits


def _start_for(text: str, array: Value, before: Value | None, follower: Value) -> int:
    """Where a line goes in front of an element: at the end of the line of the one before it."""
    if before is None or before.comma is None:
        return _line_rest(text, array.start + 1, follower.start)
    return _line_rest(text, before.comma + 1, follower.start)


def _line_rest(text: str, start: int, limit: int) -> int:
    """The end of a line's comment or of its last character that is no blank, up to a limit."""
    match = re.compile(r"[ \t]*#[^\r\n]*").match(text, start)
    return min(match.end(), limit) if match else start


def _indent_of(text: str, element: Value) -> str:
    line_start = text.rfind("\n", 0, element.start) + 1
    indent = text[line_start : element.start]
    return indent if not indent.strip() else ""


def insert_into_table(
    source: TomlSource,
    path: Path,
    new: Sequence[tuple[str, str]],
    *,
    pinned: frozenset[str] = frozenset(),
) -> list[Edit]:
    """Insert entries into a table that has a header of its own.

    Args:
        source: the document.
        path: the table's path.
        new: key and value, both as TOML.
        pinned: keys that stand outside the order, such as `python`.
    """
    table = source.tables_at(path)[0]
    entries = table.entries
    line_end = line_end_of(source.text)
    listed = [entry for entry in entries if entry.path[len(path)] not in pinned]
    names = [entry.path[len(path)] for entry in listed]
    ordered = in_order(names)
    items = sorted(new, key=lambda item: sort_key(item[0])) if ordered else list(new)
    indent = _entry_indent(source.text, entries[-1]) if entries else ""
    column = _aligned_column(source.text, entries)
    edits: list[Edit] = []
    for key, value in items:
        after: Table | Entry = entries[-1] if entries else table
        if ordered:
            index = _position(names, key)
            if 0 < index < len(names):
                after = listed[index - 1]
            elif index == 0:
                first = entries.index(listed[0])
                after = entries[first - 1] if first else table
        end = after.header_end if after is table else _value_end(after)
        start = _line_rest(source.text, end, len(source.text))
        equals = _equals_style(source.text, entries)
        edits.append(Edit(start, start, f"{line_end}{indent}{key.ljust(column)}{equals}{value}"))
    return edits


def _value_end(item: Table | Entry) -> int:
    return item.value.end if hasattr(item, "value") else item.end  # type: ignore[union-attr]


def _entry_indent(text: str, entry: Entry) -> str:
    line_start = text.rfind("\n", 0, entry.start) + 1
    return text[line_start : entry.start].replace("\ufeff", "")


def _equals_style(text: str, entries: Sequence[Entry]) -> str:
    if not entries:
        return " = "
    last = entries[-1]
    before = " " if text[last.equals - 1] in " \t" else ""
    after = " " if text[last.equals + 1] in " \t" else ""
    return f"{before}={after}"


def _aligned_column(text: str, entries: Sequence[Entry]) -> int:
    """The width of keys where the equals signs stand below one another, else 0."""
    columns = {
        entry.equals - text.rfind("\n", 0, entry.start) - 1 - len(_entry_indent(text, entry))
        for entry in entries
    }
    padded = any(text[entry.equals - 2 : entry.equals].isspace() for entry in entries)
    return columns.pop() - 1 if len(columns) == 1 and len(entries) > 1 and padded else 0


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
    start = _line_rest(text, last.end, len(text))
    comments = re.compile(r"(?:\r?\n[ \t]*#[^\r\n]*)*")
    match = comments.match(text, start)
    start = match.end() if match else start
    body = line_end.join([f"[{header}]", *lines])
    lead = line_end * 2 if text[:start].strip("\ufeff \t\r\n") else ""
    return Edit(start, start, f"{lead}{body}{line_end if not lead and text[start:] else ''}")


def new_entry(source: TomlSource, table: Table, line: str) -> Edit:
    """Add an entry at the end of a table's own entries."""
    text = source.text
    start = _line_rest(text, table.end, len(text))
    return Edit(start, start, f"{line_end_of(text)}{line}")
