"""What cannot run any more in Python files that an undo has changed: edits that were made since."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALWAYS_BOUND = {*dir(builtins), "__file__", "__path__", "__annotations__"}
_METHODS = {
    *("commit", "delete", "exec", "execute", "flush", "get", "merge", "refresh", "rollback"),
    *("run_sync", "scalar", "scalars"),
}
"""Of async sessions, which are awaited."""


def unfinished(text: str, before: str, base: str, former: str) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a module and was not before, with its line.

    Args:
        text: the module after the undo.
        before: the module before it.
        base: the module as a copy had left it.
        former: the module as it was before that.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        if _parses(before):
            yield getattr(error, "lineno", None) or 1, "this is not valid Python"
        return
    lost = _unbound(tree)
    known = _unbound(ast.parse(before)) if lost and _parses(before) else {}
    names = (
        (line, f"{name} is not imported any more")
        for name, line in lost.items()
        if name not in known
    )
    by_line = dict([*_of_sync(tree, base, former), *_awaits_in_sync(tree, is_async=True)])
    yield from sorted({*names, *by_line.items()})


def _parses(text: str) -> bool:
    try:
        return bool(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _awaits_in_sync(node: ast.AST, *, is_async: bool) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            yield from _awaits_in_sync(child, is_async=False)
        elif isinstance(child, ast.AsyncFunctionDef):
            yield from _awaits_in_sync(child, is_async=True)
        else:
            if not is_async and isinstance(child, ast.Await | ast.AsyncFor | ast.AsyncWith):
                yield child.lineno, "await in a function that is not async any more"
            yield from _awaits_in_sync(child, is_async=is_async)


def _of_sync(tree: ast.Module, base: str, former: str) -> Iterator[tuple[int, str]]:
    """Awaits of what was awaited since the copy alone: a session that is sync again."""
    texts = [ast.parse(text) if _parses(text) else ast.Module([], []) for text in (base, former)]
    since, ever = ({session for session, _ in _awaited(text)} for text in texts)
    for session, line in _awaited(tree):
        if session in since - ever:
            yield line, f"await of {session}, which is a sync session again"


def _awaited(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The sessions whose methods are awaited, with the line."""
    for node in ast.walk(tree):
        match node:
            case ast.Await(value=ast.Call(func=ast.Attribute(value=session, attr=name))):
                if name in _METHODS:
                    yield ast.unparse(session), node.lineno
            case _:
                pass


def _unbound(tree: ast.Module) -> dict[str, int]:
    """Names that nothing in a module binds, with the first line that reads them."""
    bound = set(_ALWAYS_BOUND)
    read: dict[str, int] = {}
    for node in ast.walk(tree):
        bound.update(parameter.name for parameter in getattr(node, "type_params", ()))
        match node:
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return {}
            case ast.alias(name=name, asname=alias):
                bound.add(alias or name.partition(".")[0])
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.arg(arg=name) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
            case ast.Name(id=name, ctx=ast.Load()):
                read[name] = min(node.lineno, read.get(name, node.lineno))
            case ast.Name(id=name):
                bound.add(name)
            case _:
                pass
    return {name: line for name, line in read.items() if name not in bound}
