"""Add the database's one import and one call to an application file, and take them out again."""

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from keyword import iskeyword
from typing import TypeVar

from .call_place import Place, find_place, returned_name
from .flow import UnclearPlaceError
from .import_place import plan_import
from .present_wiring import INSTALL_FUNCTION, find_wiring, relative_spelling
from .scopes import Names, read_names
from .source_lines import Insertion, Source, UnreadableSourceError, is_text, parse_source

_Statement = TypeVar("_Statement", bound=ast.stmt)


@dataclass(frozen=True)
class Wired:
    """The file's new text, and the lines that are new in it."""

    content: str
    added: tuple[tuple[int, str], ...]
    """Line number in the new text, and the line; empty when the file was wired already."""


@dataclass(frozen=True)
class Unclear:
    """The file is left alone, because the place of the call cannot be told."""

    reason: str
    lines: tuple[str, str]
    """The import and the call to add by hand."""


def wire_application(
    content: str,
    *,
    app_object: str | None,
    layer_module: str,
    is_factory: bool = False,
    package: str = "",
) -> Wired | Unclear:
    """Add `from <layer_module> import install_database` and its call to an application file.

    Args:
        content: The file's text with its own line ends and byte order mark, if it has one.
        app_object: The application's or its factory's name; None finds the only one.
        layer_module: Where `install_database` is imported from; relative with a leading dot.
        is_factory: Whether `app_object` is to be called, and so is no application itself.
        package: The one that the file is in. A file that imports from it relatively alone gets an
            import of that kind.
    """
    import_line = f"from {layer_module} import {INSTALL_FUNCTION}"
    call = f"{INSTALL_FUNCTION}({app_object if app_object and not is_factory else 'app'})"
    if not all(part.isidentifier() and not iskeyword(part) for part in _parts(layer_module)):
        return Unclear(f"{layer_module} is no name that can be imported", (import_line, call))
    try:
        source = parse_source(content)
        spelled = relative_spelling(source.tree, layer_module, package)
        import_line = f"from {spelled} import {INSTALL_FUNCTION}"
        names = read_names(source.tree)
        if app_object in names.functions:
            call = f"{INSTALL_FUNCTION}({returned_name(names.functions[app_object][0]) or 'app'})"
        wiring = find_wiring(source.tree, layer_module)
        if wiring.is_whole:
            return Wired(content, ())
        place = find_place(names, app_object)
        call = f"{wiring.called_as}({ast.unparse(place.target)})"
        insertions: list[Insertion] = []
        if not wiring.imports:
            ahead_of = names.holder_in(source.tree.body, place.statement) or place.statement
            insertions.append(plan_import(source, import_line, before=ahead_of))
        if not wiring.calls:
            insertions.append(_plan_call(source, names, place, call))
    except (UnreadableSourceError, UnclearPlaceError) as error:
        return Unclear(str(error), (import_line, call))
    wired = source.insert(insertions)
    added = _added(insertions)
    if not _is_the_old_and(added, old=source.tree, new=wired):
        return Unclear("the call would change what the lines around it mean", (import_line, call))
    return Wired(wired, added)


def unwire_application(
    content: str,
    *,
    app_object: str | None,
    layer_module: str,
    package: str = "",
) -> str:
    """Take out what `wire_application` with the same arguments added.

    Without an edit since, the result is the file as it was before, byte for byte. After an edit
    elsewhere the two lines still go. Where one of them was itself edited, or is there twice, the
    content is returned as it is.
    """
    try:
        source = parse_source(content)
        lines = find_wiring(source.tree, layer_module).own_lines(source)
    except (UnreadableSourceError, UnclearPlaceError):
        return content
    if not lines:
        return content
    for numbers in product(*(_with_blanks(source, number) for number in lines)):
        original = source.without(set[int]().union(*numbers))
        # An earlier version wrote no relative imports.
        for spelling in dict.fromkeys((package, "")):
            again = wire_application(
                original, app_object=app_object, layer_module=layer_module, package=spelling
            )
            if isinstance(again, Wired) and again.content == content:
                return original
    doubled = {n - 1 for n in lines if source.is_blank(n - 1) and source.is_blank(n + 1)}
    return source.without({*lines, *doubled})


def _parts(module: str) -> list[str]:
    return module.lstrip(".").split(".")


def _plan_call(source: Source, names: Names, place: Place, call: str) -> Insertion:
    statement = place.statement
    block = names.blocks[statement]
    end = source.last_line(statement)
    start = source.first_line(statement)
    first_on_line = next(statement for statement in block if statement.lineno >= start)
    indentation = source.indentation(start)
    later = block[block.index(statement) + 1 :]
    starts_line = first_on_line.lineno == start and not (
        source.text(start)[: first_on_line.col_offset].strip()
    )
    if not starts_line or any(
        statement.lineno <= end and _ends_use_of(place.target, statement) for statement in later
    ):
        raise UnclearPlaceError(f"line {start} has more on it than the application's making")
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        documented = later and is_text(later[0]) and later[0].lineno == end + 1
        end = source.last_line(later[0]) if documented else end
        return Insertion(end, (f"{indentation}{call}",))
    end = _end_with_comments(source, end, indentation)
    gap = ("",) if source.is_blank(end + 1) else ()
    return Insertion(end, (*gap, f"{indentation}{call}"))


def _ends_use_of(target: ast.expr, statement: ast.stmt) -> bool:
    """Tell whether the statement leaves the block, or gives the application's name away."""
    if isinstance(statement, ast.Assign):
        return any(ast.unparse(assigned) == ast.unparse(target) for assigned in statement.targets)
    return not isinstance(statement, ast.Expr | ast.AnnAssign | ast.AugAssign)


def _end_with_comments(source: Source, end: int, indentation: str) -> int:
    """Return the last line of a block, with the comments that are indented as its inside is."""
    number = end + 1
    while source.is_blank(number) or source.is_comment(number):
        if source.is_comment(number):
            if len(source.indentation(number)) <= len(indentation):
                break
            end = number
        number += 1
    return end


def _added(insertions: Iterable[Insertion]) -> tuple[tuple[int, str], ...]:
    added: list[tuple[int, str]] = []
    shift = 0
    for insertion in sorted(insertions, key=lambda insertion: insertion.index):
        first = insertion.index + shift + 1
        added += [(n, text) for n, text in enumerate(insertion.texts, first) if text]
        shift += len(insertion.texts)
    return tuple(added)


def _is_the_old_and(added: Sequence[tuple[int, str]], *, old: ast.Module, new: str) -> bool:
    """Tell whether the new text means what the old did, with just the added statements in it."""
    try:
        tree = parse_source(new).tree
    except UnreadableSourceError:
        return False
    remover = _Remover({number for number, _ in added})
    remover.visit(tree)
    return remover.removed == len(added) and ast.dump(tree) == ast.dump(old)


class _Remover(ast.NodeTransformer):
    """Drops the statements that start on the given lines."""

    def __init__(self, numbers: Collection[int]) -> None:
        self._numbers = numbers
        self.removed = 0

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        return self._unless_added(node)

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return self._unless_added(node)

    def _unless_added(self, node: _Statement) -> _Statement | None:
        if node.lineno not in self._numbers:
            return node
        self.removed += 1
        return None


def _with_blanks(source: Source, number: int) -> list[set[int]]:
    """Return the line alone and with the blank lines around it that may have come with it."""
    around = (set[int](), {-1}, {1}, {-1, 1}, {1, 2})
    return [
        {number, *(number + offset for offset in offsets)}
        for offsets in around
        if all(source.is_blank(number + offset) for offset in offsets)
    ]
