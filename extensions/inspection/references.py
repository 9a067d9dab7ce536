"""What commands say about the application: `uvicorn app.main:app` in Dockerfiles and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import roles
from .tree import Tree, basename, is_within, parent

_COMMAND_FILE = re.compile(
    r"(?:.*dockerfile.*|(?:docker-)?compose.*\.ya?ml|procfile.*|makefile|justfile|taskfile\.ya?ml"
    r"|.*\.(?:sh|ps1|bat|cmd)|pyproject\.toml|readme.*|package\.json|fly\.toml|render\.yaml"
    r"|vercel\.json|app\.ya?ml|app\.json|pixi\.toml|tox\.ini|noxfile\.py|supervisord?\.conf)$",
    re.I,
)
_SERVERS = re.compile(r"uvicorn|gunicorn|hypercorn|granian|fastapi|daphne|UvicornWorker")
_REFERENCE = re.compile(
    r"(?<![\w./-])((?:[A-Za-z_]\w*)(?:[./][A-Za-z_]\w*)*):([A-Za-z_]\w*)(\(\))?(?![\w:/])"
)
_RUN_FILE = re.compile(r"fastapi[\"',\s]+(?:run|dev)[\"',\s]+(?:--?[\w-]+[\"',\s]+)*([\w./-]+\.py)")
_DIRECTORY = re.compile(r"--(?:app-dir|chdir)[=\"',\s]+([\w./-]+)")
MAX_COMMAND_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A command's mention of an application, as "module:name" or as a file."""

    file: str
    line: int
    module: str
    name: str
    weight: float
    text: str
    factory: bool = False


def find_references(tree: Tree, python_files: list[str]) -> list[Reference]:
    """Every mention of an application by a command, in command files and in `uvicorn.run`."""
    found: list[Reference] = []
    for path in tree.files():
        if path.count("/") > 4 or roles.is_test(path) or not _COMMAND_FILE.match(basename(path)):  # noqa: PLR2004
            continue
        found.extend(_from_text(path, tree.text(path)[:MAX_COMMAND_TEXT], _weight(path)))
    for path in python_files:
        if roles.is_test(path):
            continue
        text = tree.text(path)
        if ".run(" in text and _SERVERS.search(text):
            found.extend(_from_text(path, text, 2.0))
    return found


def _weight(path: str) -> float:
    name = basename(path).lower()
    if name.startswith("readme"):
        return 1.0
    if "dockerfile" in name or name.startswith(("procfile", "compose", "docker-compose")):
        return 3.0
    return 2.0


def _from_text(path: str, text: str, weight: float) -> Iterator[Reference]:
    if not _SERVERS.search(text):
        return
    for match in _REFERENCE.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        around = text[max(0, match.start() - 300) : match.end() + 200]
        if not _SERVERS.search(around):
            continue
        line = text.count("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        written = text[line_start : end if end >= 0 else len(text)].strip()
        factory = bool(match[3]) or "--factory" in around
        module = match[1].replace("/", ".")
        yield Reference(path, line, module, match[2], weight, written[:160], factory)
    for match in _RUN_FILE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Reference(path, line, match[1].removeprefix("./"), "", weight, match[0][:160])


def matches(reference: Reference, path: str) -> str | None:
    """The directory that `reference` takes as import base if it means the module `path`.

    None where it means another module.
    """
    stem = path.removesuffix(".py").removesuffix("/__init__")
    wanted = reference.module.removesuffix(".py") if not reference.name else reference.module
    tail = wanted.replace(".", "/")
    if stem == tail:
        return ""
    if stem.endswith("/" + tail):
        return stem[: -len(tail) - 1]
    return None


def nearness(reference: Reference, path: str) -> int:
    """How near the command stands to `path`: 2 above it, 1 in a sibling place, 0 elsewhere."""
    where = parent(reference.file)
    if where and is_within(path, where):
        return 2
    if not where:
        return 1
    top = where.partition("/")[0]
    return 1 if is_within(path, top) else 0
