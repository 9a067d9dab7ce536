"""What a file already has of the wiring, and what else it uses the function's name for."""

import ast
import re
from dataclasses import dataclass
from itertools import takewhile

from .flow import UnclearPlaceError
from .source_lines import Source

INSTALL_FUNCTION = "install_database"

_CALL_LINE = re.compile(rf"{INSTALL_FUNCTION}\([\w.]+\)")
_IMPORT_LINE = re.compile(rf"from [\w.]+ import {INSTALL_FUNCTION}(?:\s+#\s*noqa.*)?")


@dataclass(frozen=True)
class Wiring:
    """The imports of the layer's function at the file's top level, and the calls of it."""

    imports: tuple[ast.ImportFrom, ...]
    calls: tuple[ast.Call, ...]
    called_as: str
    imported_otherwise: bool
    """Inside a function or another block, through its module, or by a star."""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left to add."""
        return bool(self.calls) and (bool(self.imports) or self.imported_otherwise)

    def own_lines(self, source: Source) -> list[int]:
        """Return the lines of the import and the call if both stand as they were added."""
        statements: list[ast.stmt | ast.expr] = [*self.imports, *self.calls]
        if len(self.imports) != 1 or len(self.calls) != 1:
            return []
        texts = [source.text(statement.lineno).strip() for statement in statements]
        as_added = zip((_IMPORT_LINE, _CALL_LINE), texts, strict=True)
        if not all(pattern.fullmatch(text) for pattern, text in as_added):
            return []
        return [statement.lineno for statement in statements]


def find_wiring(tree: ast.Module, layer_module: str) -> Wiring:
    """Find what there is of the import and the call.

    Raises:
        UnclearPlaceError: the function's name means something else in this file.
    """
    nodes = list(ast.walk(tree))
    imports = [
        node
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and _is_same_module(node, layer_module)
        and any(alias.name == INSTALL_FUNCTION for alias in node.names)
    ]
    for node in nodes:
        if node not in imports and INSTALL_FUNCTION in _bound_names(node):
            line = getattr(node, "lineno", 0)
            raise UnclearPlaceError(
                f"the name {INSTALL_FUNCTION} means something else here (line {line})"
            )
    at_top = tuple(node for node in imports if node in tree.body)
    local_names = [
        alias.asname or alias.name
        for node in (at_top or imports)
        for alias in node.names
        if alias.name == INSTALL_FUNCTION
    ]
    called_as = local_names[0] if at_top else INSTALL_FUNCTION
    known = {*local_names, INSTALL_FUNCTION}
    calls = [node for node in nodes if isinstance(node, ast.Call) and _called(node) in known]
    otherwise = (
        len(imports) > len(at_top)
        or any(isinstance(call.func, ast.Attribute) for call in calls)
        or any(_imports_everything(node) for node in nodes)
    )
    return Wiring(at_top, tuple(calls), called_as, otherwise)


def relative_spelling(tree: ast.Module, module: str, package: str) -> str:
    """A module, relative where the file imports from the package that it is in relatively alone.

    Args:
        tree: the file.
        module: what is to be imported.
        package: the file's own; empty where it is in none.
    """
    inside, parts = package.split("."), module.split(".")
    same = takewhile(lambda pair: pair[0] == pair[1], zip(inside, parts[:-1], strict=False))
    shared = len([*same])
    level = len(inside) - shared + 1
    levels = [node.level for node in tree.body if isinstance(node, ast.ImportFrom) and node.level]
    if not package or not shared or level > max(levels, default=0):
        return module
    absolute = (
        name.partition(".")[0]
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    )
    return module if inside[0] in absolute else "." * level + ".".join(parts[shared:])


def _is_same_module(statement: ast.ImportFrom, layer_module: str) -> bool:
    """Compare modules, where a relative spelling may stand for an absolute one."""
    module = "." * statement.level + (statement.module or "")
    if module.startswith(".") == layer_module.startswith("."):
        return module == layer_module
    return module.lstrip(".").rpartition(".")[2] == layer_module.lstrip(".").rpartition(".")[2]


def _bound_names(node: ast.AST) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case _:
            return set()


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name) if name == INSTALL_FUNCTION:
            return name
        case _:
            return ""


def _imports_everything(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
