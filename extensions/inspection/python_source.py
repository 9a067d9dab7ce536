"""Reading Python without running it: imports by pattern, structure by `ast` where it parses."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .tree import is_within, join, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_PARSED = 400_000

_IMPORT = re.compile(
    r"[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)?|[^\n#;]*)"
    r"|import[ \t]+(?P<plain>[\w., \t]+))"
)
_FROM = re.compile(r"from[ \t]+(\.*[\w.]*)[ \t]+import\b")
_NAME = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")
_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, or one name imported from it (`name`, bound as `alias`)."""

    module: str
    name: str | None
    alias: str | None
    line: int

    @property
    def level(self) -> int:
        """How many dots a relative import starts with; 0 for an absolute one."""
        return len(self.module) - len(self.module.lstrip("."))


def imports(text: str) -> Iterator[Import]:
    """Every import statement in `text`, also where the rest of the file does not parse."""
    line, at = 1, 0
    end = -1
    for start in _import_lines(text):
        found = _IMPORT.match(text, start) if start > end else None
        if found is None:
            continue
        end = found.end()
        line, at = line + text.count("\n", at, start), start
        if found["plain"] is not None:
            for part in found["plain"].split(","):
                words = part.split()
                if words:
                    alias = words[2] if len(words) > 2 and words[1] == "as" else None  # noqa: PLR2004
                    yield Import(words[0], None, alias, line)
            continue
        names = _COMMENT.sub("", found["names"])
        for name in _NAME.finditer(names):
            yield Import(found["module"], name[1], name[2], line)
        if "*" in names:
            yield Import(found["module"], "*", None, line)


def _import_lines(text: str) -> Iterator[int]:
    """Where each line with the word "import" starts: far fewer than all lines."""
    at = text.find("import")
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        yield start
        at = text.find("\n", at)
        at = text.find("import", at) if at >= 0 else -1


def imported_modules(text: str) -> list[tuple[str, int]]:
    """The modules that unindented statements import, each once, with their positions in `text`."""
    found: dict[str, int] = {}
    for start in _import_lines(text):
        if text.startswith("from", start):
            match = _FROM.match(text, start)
            if match:
                found.setdefault(match[1], start)
        elif text.startswith("import ", start):
            end = text.find("\n", start)
            for part in text[start + 7 : end if end >= 0 else None].partition("#")[0].split(","):
                words = part.split()
                if words:
                    found.setdefault(words[0], start)
    return list(found.items())


def parse(text: str) -> ast.Module | None:
    """The syntax tree of `text`, None where this Python cannot parse it."""
    if len(text) > MAX_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def dotted(node: ast.AST | None) -> str:
    """The text "a.b.c" of a name or an attribute of one, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def module_name(path: str, base: str) -> str:
    """How the file `path` is imported when `base`, or the tree's top, is on `sys.path`."""
    stem = path.removesuffix(".py").removesuffix("/__init__")
    name = package_of(stem, base if is_within(path, base) else "")
    return "" if name == "__init__" else name


def package_of(directory: str, base: str) -> str:
    """How the directory `directory` is imported when `base` is on `sys.path`, "" for `base`."""
    return (directory[len(base) + 1 :] if base else directory).replace("/", ".")


def relative_target(importer: str, module: str) -> str | None:
    """The path (without suffix) that a relative import in `importer` names; None above the top."""
    level = len(module) - len(module.lstrip("."))
    directory = parent(importer)
    for _ in range(level - 1):
        if not directory:
            return None
        directory = parent(directory)
    return join(directory, module.lstrip(".").replace(".", "/"))


def string_constants(node: ast.AST | None) -> Iterable[str]:
    """The string literals in `node`, in order."""
    if node is not None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value
