"""What is left, after an undo, of imports from modules that are gone."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..inspection.tree import Tree
from ..python_text.imports import exports, imports_in, source_of

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


def without_exports(content: str, module: Module, gone: AbstractSet[str]) -> str | None:
    """A package's `__init__.py` without what it exported from modules that are gone.

    Returns:
        The content; None where nothing but a docstring would be left of it. Lines with a comment
        stay as they are.
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return content
    lines = content.splitlines(keepends=True)
    commented = _commented_lines(content)
    plain = [statement for statement in tree.body if commented.isdisjoint(_lines_of(statement))]
    names: set[str] = set()
    new: dict[range, str] = {}
    for statement in plain:
        if isinstance(statement, ast.ImportFrom) and source_of(statement, module.file) in gone:
            names.update(alias.asname or alias.name for alias in statement.names)
            new[_lines_of(statement)] = ""
    for statement in plain:
        elements = _exported(statement)
        kept = [element for element in elements if element.value not in names]
        if len(kept) < len(elements):
            texts = [ast.get_source_segment(content, element) or "" for element in kept]
            new[_lines_of(statement)] = f"{exports(texts)}\n" if texts else ""
    for place, text in sorted(new.items(), key=lambda item: -item[0].start):
        lines[place.start - 1 : place.stop - 1] = [text] if text else []
    after = "".join(lines)
    return None if names and _says_nothing(after) else after


def _lines_of(statement: ast.stmt) -> range:
    return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _commented_lines(content: str) -> set[int]:
    """The lines with a comment or with more than one statement."""
    tokens = tokenize.generate_tokens(io.StringIO(content).readline)
    return {
        token.start[0] for token in tokens if token.type == tokenize.COMMENT or token.string == ";"
    }


def _exported(statement: ast.stmt) -> list[ast.Constant]:
    """The elements of `__all__`; none where the statement is another."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List):
        return []
    if [ast.unparse(target) for target in statement.targets] != ["__all__"]:
        return []
    return [element for element in statement.value.elts if isinstance(element, ast.Constant)]


def _says_nothing(content: str) -> bool:
    """Whether a module has at most a docstring, and no comment."""
    if _commented_lines(content):
        return False
    body = ast.parse(content).body
    return not body or (len(body) == 1 and ast.get_docstring(ast.parse(content)) is not None)
