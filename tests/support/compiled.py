"""The template's own modules, compiled once a process.

Copier clones the template for each copy, and Python would compile every clone anew: a third of
the time that a copy takes.
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

EXTENSIONS = Path(__file__).parents[2] / "extensions"

_compile = SourceFileLoader.source_to_code
_compiled: dict[bytes, CodeType] = {}


def _compile_once(loader: SourceFileLoader, data: Any, path: Any) -> CodeType:  # noqa: ANN401
    if not isinstance(data, bytes) or "extensions" not in Path(path).parts:
        return _compile(loader, data, path)
    if data not in _compiled:
        _compiled[data] = _compile(loader, data, path)
    return _compiled[data]


def compile_extensions_once() -> None:
    """Have all modules below a directory `extensions` compiled once, as long as they are equal.

    In a traceback, a file has the path of the clone that it was compiled in.
    """
    SourceFileLoader.source_to_code = _compile_once  # type: ignore[assignment,method-assign]


def compile_extensions() -> None:
    """Compile the modules of this work tree, for the processes that are forked from this one."""
    for path in EXTENSIONS.rglob("*.py"):
        _compile_once(SourceFileLoader(path.stem, str(path)), path.read_bytes(), path)
