"""Which statement an application is surely made after."""

import ast
from collections.abc import Sequence

from .scopes import Names


class UnclearPlaceError(Exception):
    """The call's place cannot be told; the message says why, in part of a sentence."""


def settle(names: Names, making: Sequence[ast.stmt]) -> ast.stmt:
    """Return the statement after which one of the assignments `making` has been run.

    A single one is that statement itself, in whatever block it is. Several are the branches of one
    statement, or follow each other, where the last counts.

    Raises:
        UnclearPlaceError: they are in a loop, or branches without one.
    """
    for statement in making:
        _refuse_loops(names, statement)
    if len(making) == 1:
        return making[0]
    block = _common_block(names, making)
    holders = [names.holder_in(block, statement) for statement in making]
    last = holders[-1]
    if last is None:
        raise UnclearPlaceError(_told_apart(making))
    if last is making[-1]:
        return last
    made_before = any(
        holder is statement for holder, statement in zip(holders, making, strict=True)
    )
    if _leaves_after(names, making) or not (made_before or _always_binds(last, making)):
        raise UnclearPlaceError(_told_apart(making))
    return last


def _refuse_loops(names: Names, statement: ast.stmt) -> None:
    scope = names.scope_of(statement)
    current: ast.AST = statement
    while current is not scope:
        if isinstance(current, ast.For | ast.AsyncFor | ast.While):
            raise UnclearPlaceError(f"the application on line {statement.lineno} is made in a loop")
        current = names.parents[current]


def _told_apart(making: Sequence[ast.stmt]) -> str:
    lines = " and ".join(str(statement.lineno) for statement in making)
    return f"the application is made in several places (lines {lines})"


def _common_block(names: Names, making: Sequence[ast.stmt]) -> list[ast.stmt]:
    first, *others = (names.blocks_around(statement) for statement in making)
    return next(
        block
        for block in first
        if all(any(outer is block for outer in around) for around in others)
    )


def _always_binds(statement: ast.stmt, making: Sequence[ast.stmt]) -> bool:
    """Tell whether every way through the statement makes the application or leaves."""

    def through(block: Sequence[ast.stmt]) -> bool:
        return any(_always_binds(statement, making) for statement in block) or _leaves(block)

    match statement:
        case ast.If(body=body, orelse=orelse):
            return through(body) and through(orelse)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return through(body)
        case ast.Try(body=body, handlers=handlers):
            return through(body) and all(through(handler.body) for handler in handlers)
        case ast.Match(cases=cases):
            return _has_default(cases) and all(through(case.body) for case in cases)
        case _:
            return statement in making


def _has_default(cases: Sequence[ast.match_case]) -> bool:
    last = cases[-1]
    return last.guard is None and isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern


def _leaves(block: Sequence[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], ast.Raise | ast.Return)


def _leaves_after(names: Names, making: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(names.blocks[statement][-1], ast.Return | ast.Raise) for statement in making[:-1]
    ) or isinstance(names.blocks[making[-1]][-1], ast.Return | ast.Raise)
