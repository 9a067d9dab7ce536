"""What a call gives for the parameters of a function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .definitions import Function


def argument_of(target: Function, parameter: str, call: ast.Call) -> Iterator[ast.expr]:
    """What a call gives for a parameter."""
    names = [known.arg for known in target.parameters]
    if target.owner and not target.is_static:
        names = names[1:]
    for name, given in zip(names, call.args, strict=False):
        if isinstance(given, ast.Starred):
            return
        if name == parameter:
            yield given
    for keyword in call.keywords:
        if keyword.arg == parameter:
            yield keyword.value
