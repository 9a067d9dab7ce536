"""FastAPI's class and the project's subclasses of it, under the names that modules use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .python_source import Import
    from .sources import Sources

_CLASS = re.compile(r"^class[ \t]+(\w+)[ \t]*\(([^)]*)\)", re.MULTILINE)
_NAME = re.compile(r"[\w.]+")
# So many classes can stand between FastAPI's and the one that a project calls.
MAX_GENERATIONS = 4


class ApplicationClasses:
    """The classes whose calls make a FastAPI application.

    Only imports tell: a project may have a class of its own that is called FastAPI.
    """

    def __init__(self, sources: Sources, paths: list[str]) -> None:
        """Find the subclasses that the modules `paths` define."""
        self._sources = sources
        self._paths = paths
        # The files that define a subclass, by its name.
        self.subclasses: dict[str, set[str]] = {}
        new = {"FastAPI"}
        for _ in range(MAX_GENERATIONS):
            new = {name for path in self._mentioning(new) for name in self._define(path)}
            if not new:
                break

    def _mentioning(self, names: set[str]) -> list[str]:
        words = [name.encode() for name in names]
        return [
            path
            for path in self._sources.mentioning(self._paths, *words)
            if b"class " in self._sources.tree.data(path)
        ]

    def _define(self, path: str) -> Iterator[str]:
        """Take up the subclasses that `path` defines, and yield the names of the new ones."""
        names = self.names_in(path)
        for match in _CLASS.finditer(self._sources.tree.text(path)) if names else ():
            files = self.subclasses.get(match[1], set[str]())
            bases = (part for part in match[2].split(",") if "=" not in part)
            if path not in files and any(_first_name(base) in names for base in bases):
                self.subclasses[match[1]] = {*files, path}
                names.add(match[1])
                yield match[1]

    def calling(self) -> Iterator[tuple[str, set[str]]]:
        """The modules that mention one of the classes, each with its names for them."""
        words = [name.encode() for name in {"FastAPI", *self.subclasses}]
        for path in self._sources.mentioning(self._paths, *words):
            yield path, self.names_in(path)

    def names_in(self, path: str) -> set[str]:
        """The names, dotted ones among them, under which `path` can call one of the classes."""
        names = {name for name, files in self.subclasses.items() if path in files}
        text = self._sources.tree.text(path)
        for imported in self._sources.imports(path):
            bound = imported.alias or imported.name or imported.module
            if imported.module.partition(".")[0] == "fastapi":
                if imported.name in {"FastAPI", "*"}:
                    names.add(imported.alias or "FastAPI")
                elif imported.name is None:
                    names.add(f"{bound}.FastAPI")
            elif imported.name == "FastAPI" or imported.name in self.subclasses:
                if self._is_one(path, imported, bound):
                    names.add(bound)
            else:
                names.update(
                    f"{bound}.{name}"
                    for name in self.subclasses
                    if f"{bound}.{name}(" in text and self._means_one(path, f"{bound}.{name}")
                )
        return names

    def _is_one(self, path: str, imported: Import, bound: str) -> bool:
        """Whether an imported name is one of the classes, as far as that can be told.

        It may be handed on by a module that has it from outside, or come from a directory that
        is on `sys.path` without lying above `path`.
        """
        if self._sources.target(path, imported.module) is None:
            tail = f"/{imported.module.replace('.', '/')}.py"
            files = self.subclasses.get(imported.name or "", ())
            return any(f"/{file.replace('/__init__', '')}".endswith(tail) for file in files)
        return self._sources.meaning(path, bound) is None or self._means_one(path, bound)

    def _means_one(self, path: str, written: str) -> bool:
        origin = self._sources.meaning(path, written)
        return origin is not None and origin[0] in self.subclasses.get(origin[1], ())


def _first_name(base: str) -> str:
    """The name of a base class, without what it is subscripted with."""
    match = _NAME.search(base)
    return match[0] if match else ""
