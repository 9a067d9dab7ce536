"""Where the tables, keys and values of a TOML document stand in its text.

An edit is then a splice: text goes in at an offset and nothing else can change, whatever the
line ends, the spacing, the order of tables or the quoting. Reading the values themselves is
tomllib's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]
Tables = Mapping[str, object]
"""What a document holds, as tomllib reads it."""

BOM = "\ufeff"


@dataclass(slots=True)
class Value:
    """A value's place; `text[start:end]` is the value as written."""

    start: int
    end: int
    elements: list[Value] | None = None
    """The elements, if the value is an array."""
    entries: list[Entry] | None = None
    """The entries, if the value is an inline table."""
    comma: int | None = None
    """Where the comma after an array's element is."""


@dataclass(slots=True)
class Entry:
    """A key with its value."""

    path: Path
    """The whole path from the document's root."""
    start: int
    equals: int
    value: Value


@dataclass(slots=True)
class Table:
    """A header, or the head of the document, with the entries under it."""

    path: Path
    start: int
    header_end: int
    """After the closing bracket; for the head of the document, its beginning."""
    repeated: bool = False
    """Whether the table is an element of an array of tables."""
    entries: list[Entry] = field(default_factory=list[Entry])

    @property
    def end(self) -> int:
        """After the last entry's value, or after the header if there is none."""
        return self.entries[-1].value.end if self.entries else self.header_end


class TomlSource:
    """A TOML document as data and as text.

    Raises:
        tomllib.TOMLDecodeError: the text is not TOML.
    """

    def __init__(self, text: str) -> None:
        """Read the text; a byte order mark in front is allowed."""
        self.text = text
        self.data: dict[str, Any] = tomllib.loads(text.removeprefix(BOM))
        self.tables = _Scanner(text).document()
        self._entries: dict[Path, Entry] = {}
        for entry in self.entries():
            self._entries.setdefault(entry.path, entry)

    def get(self, path: Path) -> Any:  # noqa: ANN401 - a TOML value is of any type
        """The value at a path, or None."""
        return get(self.data, path)

    def tables_at(self, path: Path) -> list[Table]:
        """The tables whose header has exactly this path."""
        return [table for table in self.tables if table.path == path and not table.repeated]

    def entries(self) -> Iterator[Entry]:
        """All entries outside arrays, those of inline tables included."""
        for table in self.tables:
            if not table.repeated:
                yield from _with_inner(table.entries)

    def entry(self, path: Path) -> Entry | None:
        """The entry at exactly this path."""
        return self._entries.get(path)

    def offset(self, path: Path) -> int:
        """Where the key, or else the header, or else the first mention of a path begins."""
        places = [entry.start for entry in self.entries() if entry.path[: len(path)] == path]
        places += [table.start for table in self.tables if table.path[: len(path)] == path]
        return min(places, default=0)


def get(data: Any, path: Path) -> Any:  # noqa: ANN401 - a TOML value is of any type
    """The value at a path of nested tables, or None."""
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return None
        data = data[key]  # pyright: ignore[reportUnknownVariableType]
    return data  # pyright: ignore[reportUnknownVariableType]


def read_tables(text: str) -> dict[str, Any]:
    """The tables of a document; none where it is not TOML."""
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def table(data: Tables, *keys: str) -> Tables:
    """The table at a path of nested tables, empty where there is none."""
    found = get(data, keys)
    return cast("Tables", found) if isinstance(found, dict) else {}


def strings(value: object) -> list[str]:
    """The strings in a list, or the one string; nothing for any other value."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def quoted(value: str, quote: str = '"') -> str:
    """A TOML string with this quote where the value allows it."""
    if quote == "'" and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _with_inner(entries: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        if entry.value.entries is not None:
            yield from _with_inner(entry.value.entries)


_BLANK = re.compile(r"[ \t]*")
_TRIVIA = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}(?!")', re.DOTALL),
    re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


class _Scanner:
    """Finds places in a text that tomllib has accepted, so it need not check anything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = len(BOM) if text.startswith(BOM) else 0

    def document(self) -> list[Table]:
        table = Table((), self.at, self.at)
        tables = [table]
        while True:
            self.skip(_TRIVIA)
            if self.at >= len(self.text):
                return tables
            if self.text[self.at] == "[":
                table = self.header()
                tables.append(table)
            else:
                table.entries.append(self.entry(table.path))

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def header(self) -> Table:
        start = self.at
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        path = self.key()
        self.at += brackets
        return Table(path, start, self.at, repeated=brackets == 2)  # noqa: PLR2004

    def entry(self, prefix: Path) -> Entry:
        start = self.at
        path = prefix + self.key()
        equals = self.at
        self.at += 1
        self.skip(_BLANK)
        return Entry(path, start, equals, self.value(path))

    def key(self) -> Path:
        """Read a key and the blanks around it."""
        parts: list[str] = []
        while True:
            self.skip(_BLANK)
            start = self.at
            if self.text[start] in "\"'":
                self.string()
                parts.append(tomllib.loads("k=" + self.text[start : self.at])["k"])
            else:
                self.skip(_BARE_KEY)
                parts.append(self.text[start : self.at])
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def string(self) -> None:
        for pattern in _STRINGS:
            match = pattern.match(self.text, self.at)
            if match:
                self.at = match.end()
                return

    def value(self, path: Path) -> Value:
        start = self.at
        first = self.text[start]
        if first == "[":
            elements = self.array(path)
            return Value(start, self.at, elements=elements)
        if first == "{":
            entries = self.inline_table(path)
            return Value(start, self.at, entries=entries)
        if first in "\"'":
            self.string()
        else:
            self.skip(_SCALAR)
            self.at -= len(self.text[start : self.at]) - len(self.text[start : self.at].rstrip())
        return Value(start, self.at)

    def array(self, path: Path) -> list[Value]:
        elements: list[Value] = []
        self.at += 1
        while True:
            self.skip(_TRIVIA)
            if self.text[self.at] == "]":
                self.at += 1
                return elements
            element = self.value(path)
            elements.append(element)
            self.skip(_TRIVIA)
            if self.text[self.at] == ",":
                element.comma = self.at
                self.at += 1

    def inline_table(self, path: Path) -> list[Entry]:
        entries: list[Entry] = []
        self.at += 1
        while True:
            self.skip(_TRIVIA)
            if self.text[self.at] == "}":
                self.at += 1
                return entries
            if self.text[self.at] == ",":
                self.at += 1
            else:
                entries.append(self.entry(path))
