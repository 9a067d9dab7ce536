"""The statements that replace an application's lifespan after it was made."""

import ast

from .bindings import bindings_of
from .flow import UnclearPlaceError
from .scopes import Function, Names, Scope, called_name, statements_of


def replaced_lifespans(names: Names, scope: Scope, target: ast.expr) -> list[ast.stmt]:
    """Return the scope's statements that assign the application's router or its lifespan.

    A call of a function of this file that does so with its argument counts as well, and one of a
    function from elsewhere that is called after what it sets: `set_lifespan(app)`.

    Raises:
        UnclearPlaceError: such a function is not called from the scope.
    """
    spelled = ast.unparse(target)
    replaced = {f"{spelled}.router.lifespan_context", f"{spelled}.router"}
    found: list[ast.stmt] = [
        statement
        for statement in statements_of(scope)
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and "lifespan" in called_name(statement.value).lower()
        and spelled in map(ast.unparse, statement.value.args)
    ]
    for statement, assigned in _assignments(names):
        where = names.scope_of(statement)
        if where is scope:
            found += [statement] if ast.unparse(assigned) in replaced else []
        elif (
            assigned.attr == "lifespan_context"
            and isinstance(where, Function)
            and _may_be(assigned, target, where)
        ):
            found += _calls_of(where, scope, statement)
    return found


def _assignments(names: Names) -> list[tuple[ast.stmt, ast.Attribute]]:
    return [
        (statement, target)
        for statement in names.nodes
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (
            statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        )
        if isinstance(target, ast.Attribute) and target.attr in {"router", "lifespan_context"}
    ]


def _may_be(assigned: ast.expr, target: ast.expr, function: Function) -> bool:
    """Tell whether what a function assigns to may belong to the application outside of it."""
    if ast.unparse(assigned) == "self.router.lifespan_context":
        return False  # a subclass that sets itself up, done when its constructor returns
    root = _root(assigned)
    arguments = function.args
    parameters = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    if root in {parameter.arg for parameter in parameters}:
        return True
    return root == _root(target) and all(
        binding.spelled != root for binding in bindings_of(function)
    )


def _calls_of(function: Function, scope: Scope, statement: ast.stmt) -> list[ast.stmt]:
    calls: list[ast.stmt] = [
        statement
        for statement in statements_of(scope)
        if isinstance(statement, ast.Expr | ast.Assign)
        and isinstance(statement.value, ast.Call)
        and called_name(statement.value) == function.name
    ]
    if not calls:
        raise UnclearPlaceError(
            f"{function.name} replaces a lifespan on line {statement.lineno}, "
            "and it cannot be told when it runs"
        )
    return calls


def _root(expression: ast.expr) -> str:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""
