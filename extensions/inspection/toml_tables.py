"""Reading TOML tables, and finding the line on which something stands in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ..project_paths import MAX_BYTES
from .facts import Reason

if TYPE_CHECKING:
    from .tree import Tree

Table = Mapping[str, object]

_HEADER = re.compile(r"\s*\[+([^\]]+)\]+\s*(?:#.*)?$")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_.-]+?)[\"']?\s*=")
_LITERAL = re.compile(r"\"([^\"\\]*)\"|'([^']*)'")


def read_toml(tree: Tree, path: str) -> tuple[Table, Reason | None]:
    """The tables of a file, or none of them and the reason why it cannot be read."""
    text = tree.text(path)
    if len(tree.data(path)) >= MAX_BYTES:
        reason = f"{path} is larger than {MAX_BYTES:,} bytes, which is more than is read of a file"
        return {}, Reason("dependency_file", reason, path)
    if not text and tree.is_unreadable(path):
        return {}, Reason("dependency_file", f"{path} cannot be read", path)
    try:
        return tomllib.loads(text), None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        return {}, Reason("dependency_file", f"{path} is not valid TOML: {error}", path, line)


def table(tables: Table, *keys: str) -> Table:
    """The nested table at `keys`, empty where there is none."""
    current: object = tables
    for key in keys:
        if not isinstance(current, dict):
            return {}
        current = cast("Table", current).get(key)
    return cast("Table", current) if isinstance(current, dict) else {}


def strings(value: object) -> list[str]:
    """The strings in a list, or the one string; nothing for any other value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item for item in cast("list[object]", value) if isinstance(item, str)]
    return []


class Lines:
    """The lines of a TOML file by what stands on them, which its parser does not tell."""

    def __init__(self, text: str) -> None:
        """Go through `text` once."""
        self._literals: dict[str, list[int]] = {}
        self._keys: dict[tuple[str, str], int] = {}
        self._headers: dict[str, int] = {}
        header = ""
        for number, line in enumerate(text.split("\n"), 1):
            if line.lstrip().startswith("#"):
                continue
            if found := _HEADER.match(line):
                header = re.sub(r"[\s\"']", "", found[1])
                self._headers.setdefault(header, number)
            elif found := _KEY.match(line):
                self._keys.setdefault((header, found[1].lower()), number)
            for literal in _LITERAL.finditer(line):
                self._literals.setdefault(literal[1] or literal[2] or "", []).append(number)

    def literal(self, text: str, header: str) -> int:
        """The line of the string `text`, the first one in or below the table `header`."""
        start = self._headers.get(header, 1)
        found = self._literals.get(text, [])
        return next((line for line in found if line >= start), next(iter(found), start))

    def key(self, name: str, header: str) -> int:
        """The line of the key `name` in the table `header`, else that of the table."""
        return self._keys.get((header, name.lower()), self._headers.get(header, 1))
