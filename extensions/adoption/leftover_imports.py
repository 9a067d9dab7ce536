"""What is left, after an undo, of imports from modules that are gone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..inspection.tree import Tree
from ..python_text.imports import imports_in, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file, by its path below the directory that is on `sys.path`."""

    file: PurePosixPath

    @classmethod
    def of(cls, name: str, base: str) -> Module | None:
        """The module of a file of the project; None where it cannot be imported."""
        path = PurePosixPath(name)
        if path.suffix != ".py" or not path.is_relative_to(base):
            return None
        return cls(path.relative_to(base))

    @property
    def name(self) -> str:
        """How it is imported."""
        parts = self.file.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def importers(project: Path, base: str, gone: AbstractSet[str]) -> Iterator[str]:
    """Yield the places, as file and line, that import modules which are gone.

    Args:
        project: the project's directory.
        base: the directory that is on `sys.path`, relative to it.
        gone: the modules, as they are imported.
    """
    words = {name.rpartition(".")[2].encode() for name in gone}
    tree = Tree(project)
    for name in tree.files():
        module = Module.of(name, base)
        if module is None or not any(word in tree.data(name) for word in words):
            continue
        try:
            syntax = ast.parse(tree.data(name))
        except (SyntaxError, ValueError, RecursionError):
            continue
        for statement in imports_in(syntax):
            if not gone.isdisjoint(_imported(statement, module)):
                yield f"{name}, line {statement.lineno}"
                break


def _imported(statement: ast.Import | ast.ImportFrom, module: Module) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    source = source_of(statement, module.file)
    yield source
    yield from (".".join(filter(None, (source, alias.name))) for alias in statement.names)
