"""What the names in a file stand for, and which statement holds which, as far as its text tells."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef | Function
_SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

# Packages around FastAPI count: `fastapi_versioning.VersionedFastAPI(app)` is a new application, no
# wrapper. A class of the same name from elsewhere may be anything. Bare, it came with a star.
_FASTAPI = re.compile(r"fastapi\w*\.(?:\w+\.)*\w*Fast(?:API|Api)(?:Offline)?|FastAPI")


@dataclass(frozen=True)
class Names:
    """The imports, classes and functions of a file, and the place of every node in it."""

    tree: ast.Module
    nodes: list[ast.AST]
    """Every node of the tree, so that it is walked once."""
    origins: dict[str, str] = field(default_factory=dict[str, str])
    """What an imported name is called where it comes from: `f` -> `fastapi`."""
    classes: dict[str, ast.ClassDef] = field(default_factory=dict[str, ast.ClassDef])
    functions: dict[str, list[Function]] = field(default_factory=dict[str, list[Function]])
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict[ast.AST, ast.AST])
    blocks: dict[ast.stmt, list[ast.stmt]] = field(default_factory=dict[ast.stmt, list[ast.stmt]])

    def dotted(self, expression: ast.expr) -> str | None:
        """Spell a name or attribute with its import resolved, or None for anything else."""
        if isinstance(expression, ast.Name):
            return self.origins.get(expression.id, expression.id)
        if isinstance(expression, ast.Attribute):
            owner = self.dotted(expression.value)
            return f"{owner}.{expression.attr}" if owner else None
        return None

    def makes_application(self, call: ast.Call | None) -> bool:
        """Tell whether FastAPI is called, or a class derived from it."""
        return call is not None and self._is_application_class(call.func, frozenset())

    def local_function(self, call: ast.Call) -> Function | None:
        """Return the function of this file that the call runs, if its name leaves no doubt."""
        name = called_name(call)
        found = self.functions.get(name, [])
        return found[0] if len(found) == 1 and name not in self.origins else None

    def scope_of(self, node: ast.AST) -> Scope:
        """Return the module, class or function whose body the node is in."""
        parent = self.parents[node]
        return parent if isinstance(parent, _SCOPES) else self.scope_of(parent)

    def holder_in(self, block: list[ast.stmt], node: ast.AST) -> ast.stmt | None:
        """Return the statement of the block that is the node or has it somewhere inside."""
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, ast.stmt) and self.blocks[current] is block:
                return current
            current = self.parents.get(current)
        return None

    def blocks_around(self, statement: ast.stmt) -> list[list[ast.stmt]]:
        """Return the blocks that the statement is in, innermost first, within its scope."""
        scope = self.scope_of(statement)
        around: list[list[ast.stmt]] = []
        current: ast.AST = statement
        while current is not scope:
            if isinstance(current, ast.stmt):
                around.append(self.blocks[current])
            current = self.parents[current]
        return around

    def _is_application_class(self, expression: ast.expr, seen: frozenset[str]) -> bool:
        name = self.dotted(expression)
        if name is None:
            return False
        derived = self.classes.get(name)
        if derived is None:
            return bool(_FASTAPI.fullmatch(name))
        return name not in seen and any(
            self._is_application_class(base, seen | {name}) for base in derived.bases
        )


def read_names(tree: ast.Module) -> Names:
    """Collect the names of a whole file."""
    names = Names(tree, list(ast.walk(tree)))
    for node in names.nodes:
        for child in ast.iter_child_nodes(node):
            names.parents[child] = node
        for block in _blocks_of(node):
            names.blocks.update((statement, block) for statement in block)
        if isinstance(node, ast.ClassDef):
            names.classes[node.name] = node
        elif isinstance(node, Function):
            names.functions.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.origins.update(_origins(node))
    return names


def _blocks_of(node: ast.AST) -> list[list[ast.stmt]]:
    fields = ("body", "orelse", "finalbody")
    found: list[list[ast.stmt] | ast.expr] = [getattr(node, name, []) for name in fields]
    return [block for block in found if isinstance(block, list)]


def _origins(statement: ast.Import | ast.ImportFrom) -> dict[str, str]:
    if isinstance(statement, ast.Import):
        return {alias.asname: alias.name for alias in statement.names if alias.asname} | {
            alias.name.partition(".")[0]: alias.name.partition(".")[0]
            for alias in statement.names
            if not alias.asname
        }
    module = "." * statement.level + (statement.module or "")
    separator = "" if module.endswith(".") else "."
    return {
        alias.asname or alias.name: f"{module}{separator}{alias.name}" for alias in statement.names
    }


def called_name(call: ast.Call) -> str:
    """Return the last part of what is called: `build` for `Builder().build()`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def statements_of(scope: Scope) -> Iterator[ast.stmt]:
    """Go through a scope's statements in order, without those of inner functions and classes."""
    pending: list[ast.AST] = list(reversed(scope.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, _SCOPES):
            # Cases of a match and handlers of a try are no statements, but hold some.
            pending.extend(
                child
                for child in reversed(list(ast.iter_child_nodes(node)))
                if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
            )


def mentions(node: ast.AST, expression: ast.expr) -> bool:
    """Tell whether the expression, whatever it is used for, occurs inside the node."""
    kind, wanted = type(expression), ast.unparse(expression)
    return any(type(child) is kind and ast.unparse(child) == wanted for child in ast.walk(node))
