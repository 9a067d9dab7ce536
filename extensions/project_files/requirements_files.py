"""Which of a project's requirements files to edit, where one takes in another."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from .decision import decide
from .encoding import line_end_of
from .requirement import FilesMerge, GeneratedError, MergeError
from .requirements_txt import (
    beside,
    closure,
    compiled_from,
    declared,
    included,
    is_compiled,
    write_requirements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .declared import Declared, Place
    from .requirement import Needs
    from .requirements_txt import Read


def merge(read: Read, file: str, needs: Needs) -> FilesMerge:
    """Add requirements to the right files of a project.

    What the application needs goes to the file that lists FastAPI, of those that `file` takes in
    with `-r`. A file that pip-compile or uv wrote is left to them: its `.in` is edited.

    What development needs goes to the development file that lists pytest, else to the first that
    there is. Where there is none, it goes to the main file if that lists pytest, else to a new
    `requirements-dev.txt` (`dev.txt` in a directory called `requirements`) which begins with `-r`
    and the main file.

    Args:
        read: gives the content of a file by its path relative to the project, None if there is
            no such file.
        file: the file that was found to list the project's dependencies.
        needs: what the layer needs.

    Raises:
        GeneratedError: the file is generated from one of another kind.
        MergeError: the file is generated from one that is not there, or pins with hashes.
    """
    base = _editable(read, file)
    layers = closure(read, base)
    target = next((path for path, text in layers.items() if _lists(text, "fastapi")), None)
    target = _editable(read, target) if target else base
    dev_file = _dev_file(read, base, posixpath.dirname(target))
    dev_layers = closure(read, dev_file) if dev_file else {}
    found = [*_declared(read, layers, "main")]
    found += _declared(read, {k: v for k, v in dev_layers.items() if k not in layers}, "dev")
    decision = decide(found, needs, path=file)
    texts = {base: read(base) or "", target: read(target) or "", **layers, **dev_layers}
    if dev_file is None:
        # Where a plain file takes in the `.in`, nothing compiles it.
        plain = posixpath.splitext(base)[0] + ".txt"
        base = plain if base in closure(read, plain) else base
        dev_file = target if _lists(texts[target], "pytest") else _new_dev_file(base)
    results: dict[str, str] = {}
    raised: dict[str, tuple[tuple[str, str], ...]] = {}
    for path in dict.fromkeys([*texts, dev_file]):
        groups = {"main"} if path == target else set[str]()
        groups |= {"dev"} if path == dev_file else set()
        missing = [item for item in decision.missing if item.group in groups]
        renewed = [pair for pair in decision.renewed if pair[0].path == path]
        higher = [item for item in decision.raised if item.declared.path == path]
        if missing or renewed or higher:
            first_line = f"{_taking_in(read, base, path)}{line_end_of(texts[target])}"
            content = texts.get(path, first_line)
            results[path] = write_requirements(content, missing, renewed, higher, path=path)
            raised[path] = tuple(item.shown for item in higher)
    return FilesMerge(results, tuple(decision.conflicts), tuple(decision.notices), raised)


def _lists(content: str, name: str) -> bool:
    return any(item.key == name for item in declared(content))


def _declared(read: Read, layers: dict[str, str], place: Place) -> Iterable[Declared]:
    for path, content in layers.items():
        yield from declared(content, path=path, place=place)
        for name in included(content, "-c"):
            limits = beside(path, name)
            text = read(limits)
            # What pip-compile wrote follows from the other files, and will again.
            if text is not None and not is_compiled(text):
                yield from declared(text, path=limits, place="constraint")


def _taking_in(read: Read, base: str, path: str) -> str:
    """How a development file takes in the main one.

    Where that is compiled, the versions that were chosen for it limit the other's, so that both
    can be installed together.
    """
    compiled = posixpath.splitext(base)[0] + ".txt"
    if base.endswith(".in") and is_compiled(read(compiled) or ""):
        return f"-c {_relative(compiled, path)}"
    return f"-r {_relative(base, path)}"


def _relative(path: str, of: str) -> str:
    return posixpath.relpath(path, posixpath.dirname(of) or ".")


def _editable(read: Read, path: str) -> str:
    """The file that a person edits: the source, where the file itself is generated."""
    if path.endswith(".in"):
        return path
    sibling = posixpath.splitext(path)[0] + ".in"
    if read(sibling) is not None:
        return sibling
    content = read(path) or ""
    if not is_compiled(content):
        return path
    for name in compiled_from(content):
        for source in (name, beside(path, posixpath.basename(name))):
            if read(source) is not None:
                if source.endswith(".in"):
                    return source
                raise GeneratedError(path, source)
    if read("pyproject.toml") is not None:
        raise GeneratedError(path, "pyproject.toml")
    raise MergeError(f"{path} is generated from a file that is not there")


_DEV_NAMES = ("dev", "develop", "development", "local", "test", "tests", "testing")
_DEV_PATTERNS = (
    "requirements-{}",
    "requirements_{}",
    "requirements.{}",
    "{}-requirements",
    "{}_requirements",
    "requirements/{}",
    "requirements/requirements-{}",
)


def _dev_file(read: Read, base: str, folder: str) -> str | None:
    """The development file to add to: the one that lists pytest, else the first."""
    names = [
        posixpath.join(place, pattern.format(name) + ending)
        for place in dict.fromkeys((posixpath.dirname(base), folder))
        for name in _DEV_NAMES
        for pattern in (*_DEV_PATTERNS, *(("{}",) if place else ()))
        for ending in (".in", ".txt")
    ]
    sources = dict.fromkeys(
        _editable(read, name) for name in names if name != base and read(name) is not None
    )
    with_pytest = [name for name in sources if _lists(read(name) or "", "pytest")]
    return next(iter([*with_pytest, *sources]), None)


def _new_dev_file(base: str) -> str:
    name = "dev" if re.search(r"(?:^|/)requirements/[^/]+$", base) else "requirements-dev"
    return posixpath.join(posixpath.dirname(base), name + posixpath.splitext(base)[1])
