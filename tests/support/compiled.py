"""The template's own modules and texts, compiled once a process.

Copier clones the template for each copy, and Python and Jinja would compile every clone anew: half
of the time that a copy takes.
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import jinja2

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

EXTENSIONS = Path(__file__).parents[2] / "extensions"

_compile = SourceFileLoader.source_to_code
_compile_text: Callable[..., object] = jinja2.Environment.compile
_modules: dict[bytes, CodeType] = {}
_texts: dict[tuple[object, ...], object] = {}
_dialects: WeakKeyDictionary[jinja2.Environment, tuple[object, ...]] = WeakKeyDictionary()


def compile_extensions_once() -> None:
    """Have modules below a directory `extensions` and Jinja's texts compiled once, where equal.

    In a traceback, a file has the path of the clone that it was compiled in.
    """
    SourceFileLoader.source_to_code = _compile_once  # type: ignore[assignment,method-assign]
    jinja2.Environment.compile = _compile_text_once  # type: ignore[assignment,method-assign]


def compile_extensions() -> None:
    """Compile the modules of this work tree, for the processes that are forked from this one."""
    for path in EXTENSIONS.rglob("*.py"):
        _compile_once(SourceFileLoader(path.stem, str(path)), path.read_bytes(), path)


def _compile_once(loader: SourceFileLoader, data: Any, path: Any) -> CodeType:  # noqa: ANN401
    if not isinstance(data, bytes) or "extensions" not in Path(path).parts:
        return _compile(loader, data, path)
    if data not in _modules:
        _modules[data] = _compile(loader, data, path)
    return _modules[data]


def _compile_text_once(
    environment: jinja2.Environment,
    source: Any,  # noqa: ANN401 - a text, or what has been parsed from one
    name: str | None = None,
    filename: str | None = None,
    **options: Any,  # noqa: ANN401
) -> object:
    if options or not isinstance(source, str):
        return _compile_text(environment, source, name, filename, **options)
    key = (source, name, _dialect(environment))
    if key in _texts:
        # Copier's `yield` tag begins anew with each text: its extension looks at it beforehand.
        environment.preprocess(source, name, filename)
    else:
        _texts[key] = _compile_text(environment, source, name, filename)
    return _texts[key]


def _dialect(environment: jinja2.Environment) -> tuple[object, ...]:
    """What an environment makes of a text: its options, and the code of its filters and tests."""
    if environment in _dialects:
        return _dialects[environment]
    functions = frozenset(
        (kind, name, getattr(getattr(function, "__code__", None), "co_code", None))
        for kind, known in (("filter", environment.filters), ("test", environment.tests))
        for name, function in known.items()
    )
    options = (
        *(environment.block_start_string, environment.variable_start_string),
        *(environment.comment_start_string, environment.trim_blocks, environment.lstrip_blocks),
        *(environment.keep_trailing_newline, environment.undefined),
    )
    extensions = frozenset(map(_name, environment.extensions))
    _dialects[environment] = (type(environment), options, extensions, functions)
    return _dialects[environment]


def _name(extension: str) -> str:
    # Before it is the name of the package, which each clone has its own of.
    return extension.rpartition(".")[2]
