"""What a package exports: names that leave it, and lists that two sides have added to."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..python_text.imports import (
    LINE_LENGTH,
    exports,
    import_statement,
    natural,
    sorted_exports,
    sorted_imports,
    source_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from .leftover_imports import Module

_Export = tuple[str, str]
"""The module that a name is imported from, and the name."""
_Place = tuple[int, int]
"""The first of some lines, counted from 1, and the one behind the last; empty ranges are equal."""


def merge_exports(base: str, edited: str, new: str, module: Module) -> str | None:
    """Carry the template's change of a package's exports over to the edited package.

    A merge by lines has a conflict wherever both sides add a name at the same place of a list.

    Args:
        base: the package's `__init__.py` as the template made it.
        edited: what the user made of that.
        new: what the template makes now.
        module: the package.

    Returns:
        The content; None where the template changes more than imports and `__all__`, where a name
        would come from two modules, or where a statement with a comment would have to change.
    """
    try:
        former, present, wanted = (_Package.of(text, module) for text in (base, edited, new))
    except (SyntaxError, ValueError, RecursionError):
        return None
    gone = (former.exported - wanted.exported) & present.exported
    come = wanted.exported - former.exported - present.exported
    kept = present.exported - gone
    if former.others != wanted.others or {name for _, name in kept} & {name for _, name in come}:
        return None
    replaced = {**present.without_and_with(gone, come), **present.listed(gone, come)}
    commented = _commented_lines(edited)
    if any(not commented.isdisjoint(range(*place)) for place in replaced):
        return None
    merged = _replaced(edited, replaced)
    return merged if _Package.of(merged, module).exported == kept | come else None


@dataclass(frozen=True, slots=True)
class _Package:
    """The statements of an `__init__.py`."""

    text: str
    module: Module
    imports: tuple[tuple[str, ast.ImportFrom], ...]
    """Those of single names, each with the module that they come from."""
    lists: tuple[ast.stmt, ...]
    """The assignments to `__all__`."""
    others: tuple[str, ...]
    """All else, without its formatting."""

    @classmethod
    def of(cls, text: str, module: Module) -> _Package:
        body = ast.parse(text).body
        imports = [statement for statement in body if isinstance(statement, ast.ImportFrom)]
        lists = [statement for statement in body if _exported(statement)]
        others = [ast.dump(statement) for statement in body if statement not in [*imports, *lists]]
        sources = ((source_of(statement, module.file), statement) for statement in imports)
        return cls(text, module, tuple(sources), tuple(lists), tuple(others))

    @property
    def exported(self) -> frozenset[_Export]:
        return frozenset(
            (source, alias.asname or alias.name)
            for source, statement in self.imports
            for alias in statement.names
        )

    def without_and_with(
        self, gone: AbstractSet[_Export], come: AbstractSet[_Export]
    ) -> dict[_Place, str]:
        """The import statements that change, by their lines."""
        new: dict[_Place, str] = {}
        waiting = {source: [name for of, name in come if of == source] for source, _ in come}
        for source, statement in self.imports:
            added = waiting.pop(source, [])
            kept = [
                alias
                for alias in statement.names
                if (source, alias.asname or alias.name) not in gone
            ]
            if added or len(kept) < len(statement.names):
                names = ", ".join([*map(ast.unparse, kept), *added])
                written = "." * statement.level + (statement.module or "")
                new[_place(statement)] = f"{import_statement(written, names)}\n" if names else ""
        is_relative = any(statement.level for _, statement in self.imports)
        at: dict[_Place, list[str]] = {}
        for source, members in waiting.items():
            written = source.removeprefix(self.module.name) if is_relative else source
            statements = at.setdefault(self._place_of(source), [])
            statements.append(import_statement(written, ", ".join(members)))
        return new | {place: f"{sorted_imports(*lines)}\n" for place, lines in at.items()}

    def _place_of(self, source: str) -> _Place:
        """Where an import goes: ahead of the first of the package that sorts behind it."""
        line = 1
        for other, statement in self.imports:
            if not other.startswith(f"{self.module.name}."):
                continue
            if natural(other.lower()) > natural(source.lower()):
                return statement.lineno, statement.lineno
            _, line = _place(statement)
        return line, line

    def listed(self, gone: AbstractSet[_Export], come: AbstractSet[_Export]) -> dict[_Place, str]:
        """The assignment to `__all__`, if it changes, by its lines."""
        if not self.lists:
            return {}
        statement = self.lists[-1]
        literals = {
            str(element.value): ast.get_source_segment(self.text, element) or ""
            for element in _exported(statement)
        }
        before = list(literals)
        quote = literals[before[0]][0]
        for _, name in gone:
            literals.pop(name, None)
        literals |= {name: f"{quote}{name}{quote}" for _, name in sorted(come)}
        names = sorted_exports(literals) if before == sorted_exports(before) else list(literals)
        if names == before:
            return {}
        is_flat = statement.lineno == statement.end_lineno
        # A list that is broken stays so, and one of a longer line than ours may be as long.
        columns = max(LINE_LENGTH, statement.end_col_offset or 0) if is_flat else 0
        text = exports([literals[name] for name in names], columns=columns)
        return {_place(statement): f"{text}\n" if names else ""}


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
    commented = _commented_lines(content)
    plain = [
        statement for statement in tree.body if commented.isdisjoint(range(*_place(statement)))
    ]
    names: set[str] = set()
    new: dict[_Place, str] = {}
    for statement in plain:
        if isinstance(statement, ast.ImportFrom) and source_of(statement, module.file) in gone:
            names.update(alias.asname or alias.name for alias in statement.names)
            new[_place(statement)] = ""
    for statement in plain:
        elements = _exported(statement)
        kept = [element for element in elements if element.value not in names]
        if len(kept) < len(elements):
            texts = [ast.get_source_segment(content, element) or "" for element in kept]
            new[_place(statement)] = f"{exports(texts)}\n" if texts else ""
    after = _replaced(content, new)
    return None if names and _says_nothing(after) else after


def _replaced(content: str, new: Mapping[_Place, str]) -> str:
    """The content with other text instead of some lines, which are counted from 1."""
    lines = content.splitlines(keepends=True)
    for (start, end), text in sorted(new.items(), reverse=True):
        lines[start - 1 : end - 1] = [text] if text else []
    return "".join(lines)


def _place(statement: ast.stmt) -> _Place:
    return statement.lineno, (statement.end_lineno or statement.lineno) + 1


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
