"""Which of a project's requirements files to edit, where one takes in another."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import MergeError
from .requirements import (
    compiled_from,
    decide_for,
    declared,
    included,
    is_compiled,
    write_requirements,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .decide import Declared
    from .model import Conflict

    Read = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class FilesMerge:
    """The content that each file should have, and what stands against it."""

    contents: dict[str, str]
    """Only files that change, by their path relative to the project."""
    conflicts: list[Conflict]


def merge_files(
    read: Read,
    file: str,
    *,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> FilesMerge:
    """Add requirements to the right files of a project.

    What the application needs goes to the file that lists FastAPI, of those that `file` takes in
    with `-r`. A file that pip-compile or uv wrote is left to them: its `.in` is edited. What
    development needs goes to the development file that lists pytest, else to the first that
    there is; where there is none but the main file lists pytest, there; else to a new
    `requirements-dev.txt` (`requirements/dev.txt` where a directory of that name is in use) that
    begins with `-r` and the main file.

    Args:
        read: gives the content of a file by its path relative to the project, None if there is
            no such file.
        file: the file that was found to list the project's dependencies.
        main: what the running application needs, as PEP 508.
        dev: what tests and migrations need, as PEP 508.
        earlier: what earlier versions of the template added, as PEP 508.

    Raises:
        MergeError: a file was generated from a source that is not there, or pins with hashes.
    """
    base = _editable(read, file)
    layers = _closure(read, base)
    target = next(
        (path for path in layers if _lists(layers[path], "fastapi")),
        next((path for path in layers if declared(layers[path])), base),
    )
    target = _editable(read, target)
    dev_file = _dev_file(read, base, target)
    dev_layers = _closure(read, dev_file) if dev_file else {}
    found = _declared(read, layers, "main")
    found += _declared(read, {k: v for k, v in dev_layers.items() if k not in layers}, "dev")
    decision = decide_for(found, main, dev, earlier)
    contents = {path: read(path) or "" for path in (target, dev_file) if path}
    missing_main = [item for item in decision.missing if item.group == "main"]
    missing_dev = [item for item in decision.missing if item.group == "dev"]
    if missing_dev and dev_file is None:
        dev_file = target if _lists(read(target) or "", "pytest") else _new_dev_file(base)
        if dev_file != target:
            relative = posixpath.relpath(base, posixpath.dirname(dev_file) or ".")
            contents[dev_file] = f"-r {relative}\n"
    results: dict[str, str] = {}
    for path, content in {**layers, **dev_layers, **contents}.items():
        missing = missing_main if path == target else []
        missing = missing + (missing_dev if path == dev_file else [])
        renewed = [pair for pair in decision.renewed if pair[0].path == path]
        after = write_requirements(content, missing, renewed)
        if after != (read(path) or ""):
            results[path] = after
    return FilesMerge(results, decision.conflicts)


def _lists(content: str, name: str) -> bool:
    return any(item.key == name for item in declared(content))


def _declared(read: Read, layers: dict[str, str], place: str) -> list[Declared]:
    found: list[Declared] = []
    for path, content in layers.items():
        found += declared(content, path=path, place="main" if place == "main" else "dev")
        for name in included(content, "-c"):
            limit = _beside(path, name)
            text = read(limit)
            if text is not None and not is_compiled(text):
                found += declared(text, path=limit, place="constraint")
    return found


def _beside(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name.replace("\\", "/")))


def _closure(read: Read, path: str) -> dict[str, str]:
    """A file and those that it takes in, by path, in the order they are met."""
    found: dict[str, str] = {}
    waiting = [path]
    while waiting:
        current = waiting.pop(0)
        content = read(current)
        if content is None or current in found:
            continue
        found[current] = content
        waiting = [_beside(current, name) for name in included(content)] + waiting
    return found


def _editable(read: Read, path: str) -> str:
    """The file that a person edits: the source, where the file itself is generated.

    Raises:
        MergeError: the source is no requirements file, or is gone.
    """
    content = read(path) or ""
    sibling = posixpath.splitext(path)[0] + ".in"
    if path.endswith(".in") or not (is_compiled(content) or read(sibling) is not None):
        return path
    if read(sibling) is not None:
        return sibling
    for name in compiled_from(content):
        for source in (name, _beside(path, posixpath.basename(name))):
            if source.endswith(".in") and read(source) is not None:
                return source
    raise MergeError(f"{path} is generated from another file; add the requirements to its source")


_DEV_NAMES = ("dev", "develop", "development", "local", "test", "tests", "testing")


def _dev_file(read: Read, base: str, target: str) -> str | None:
    """The development file to add to: the one that lists pytest, else the first."""
    folder = posixpath.dirname(target)
    stem, ending = posixpath.splitext(posixpath.basename(base))
    endings = dict.fromkeys((".in", ending, ".txt"))
    names = [
        posixpath.join(place, pattern.format(name) + suffix)
        for name in _DEV_NAMES
        for suffix in endings
        for place, pattern in (
            ("", "requirements-{}"),
            ("", "requirements_{}"),
            ("", "requirements.{}"),
            ("", "{}-requirements"),
            ("", "{}_requirements"),
            ("", "{}-" + stem),
            ("requirements", "{}"),
            ("requirements", "requirements-{}"),
            (folder, "{}"),
            (folder, "requirements-{}"),
        )
    ]
    there = [name for name in dict.fromkeys(names) if read(name) is not None and name != base]
    sources = list(dict.fromkeys(_editable(read, name) for name in there))
    with_pytest = [name for name in sources if _lists(read(name) or "", "pytest")]
    return next(iter(with_pytest or sources), None)


def _new_dev_file(base: str) -> str:
    ending = posixpath.splitext(base)[1]
    if re.search(r"(?:^|/)requirements/[^/]+$", base):
        return posixpath.join(posixpath.dirname(base), f"dev{ending}")
    return posixpath.join(posixpath.dirname(base), f"requirements-dev{ending}")
