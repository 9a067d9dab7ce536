"""What commands say about the application: `uvicorn app.main:app` in Dockerfiles and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from .roles import Role
from .tree import Tree, basename, is_within, parent, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sources import Sources

MAX_COMMAND_FILES = 200
MAX_COMMAND_DEPTH = 4
MAX_COMMAND_TEXT = 60_000
_REACH = 250
STARTING = 3.0
"""The weight of files that start applications, such as a Dockerfile."""

_COMMAND_SUFFIXES = (
    ".bat", ".cmd", ".ps1", ".replit", ".sh", "app.json", "compose.yaml", "compose.yml",
    "containerfile", "dockerfile", "fly.toml", "justfile", "makefile", "nixpacks.toml",
    "package.json", "pipfile", "pixi.toml", "pyproject.toml", "railway.json", "railway.toml",
    "render.yaml", "render.yml", "supervisor.conf", "supervisord.conf", "taskfile.yml", "tox.ini",
    "vercel.json",
)  # fmt: skip
_NO_COMMANDS = (".css", ".html", ".js", ".jsx", ".png", ".py", ".svg", ".ts", ".tsx", ".vue")
_COMMAND_PREFIXES = ("app.y", "compose.", "containerfile", "docker", "procfile", "readme")
_SERVER = re.compile(r"icorn|ypercorn|ranian|astapi\b|astAPI\b")
_OBJECT = re.compile(
    r"(?<![\w./:-])((?:[A-Za-z_]\w*)(?:[./][A-Za-z_]\w*)*):([A-Za-z_]\w*)(\(\))?(?![\w:/.])"
)
_FILE = re.compile(
    r"\bfastapi[\"',\s]+(?:run|dev)[\"',\s]+(?:--?[\w-]+(?:[=\s]+\d+)?[\"',\s]+)*([\w./-]+\.py)\b"
)
_DIRECTORY = re.compile(r"--(?:app-dir|chdir)[=\"',\s]+([\w./-]+)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A command's mention of an application: a module and, but for `fastapi run`, a name in it."""

    file: str
    line: int
    module: str
    name: str
    weight: float
    text: str
    factory: bool = False
    directory: str | None = None


def find_references(sources: Sources) -> list[Reference]:
    """Every mention of an application by a command or by `uvicorn.run`, first the heavy ones."""
    tree = sources.tree
    found: list[Reference] = []
    for path in _command_files(tree):
        found.extend(_references(path, tree.text(path)[:MAX_COMMAND_TEXT], _weight(path)))
    paths = sources.modules(without=Role.TEST | Role.FOREIGN)
    for path in sources.mentioning(paths, b"uvicorn"):
        found.extend(_references(path, tree.text(path), 2.0))
    return found


def _command_files(tree: Tree) -> Iterator[str]:
    count = 0
    for directory, listed in tree.directories.items():
        if directory.count("/") >= MAX_COMMAND_DEPTH:
            return
        if listed.role & (Role.TEST | Role.FOREIGN):
            continue
        for name in sorted(filter(_is_command_file, listed.files)):
            count += 1
            if count > MAX_COMMAND_FILES:
                return
            yield f"{directory}/{name}" if directory else name


def _is_command_file(name: str) -> bool:
    if name.endswith(_NO_COMMANDS):
        return False
    lower = name.lower()
    return lower.endswith(_COMMAND_SUFFIXES) or lower.startswith(_COMMAND_PREFIXES)


def _weight(path: str) -> float:
    name = basename(path).lower()
    if name.startswith("readme"):
        return 1.0
    if "file" in name or name.startswith(("compose", "docker-compose", "pyproject")):
        return STARTING
    return 2.0


def _references(path: str, text: str, weight: float) -> Iterator[Reference]:
    for start, end in _windows(text):
        for match in _OBJECT.finditer(text, start, end):
            around = text[max(0, match.start() - _REACH) : match.end() + _REACH]
            factory = bool(match[3]) or "--factory" in around or "factory=True" in around
            place = _DIRECTORY.search(around)
            directory = resolve(parent(path), place[1]) if place else None
            yield Reference(
                path, line_of(text, match.start()), match[1].replace("/", "."), match[2], weight,
                _written(text, match), factory, directory,
            )  # fmt: skip
        for match in _FILE.finditer(text, start, end):
            module = match[1].removeprefix("./")
            yield Reference(
                path, line_of(text, match.start()), module, "", weight, _written(text, match)
            )


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The parts of `text` that lie near the name of a server."""
    start = end = -1
    for match in _SERVER.finditer(text):
        if match.start() - _REACH > end:
            if end >= 0:
                yield start, end
            start = max(0, match.start() - _REACH)
        end = match.end() + _REACH
    if end >= 0:
        yield start, end


def _written(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return text[start : end if end >= 0 else len(text)].strip()[:160]


def base_of(reference: Reference, path: str) -> str | None:
    """The directory that has to be on `sys.path` for `reference` to mean the module `path`.

    None where it means another module.
    """
    stem = path.removesuffix(".py").removesuffix("/__init__")
    module = reference.module if reference.name else reference.module.removesuffix(".py")
    tail = module if not reference.name else module.replace(".", "/")
    if stem == tail:
        base = ""
    elif stem.endswith("/" + tail):
        base = stem[: -len(tail) - 1]
    else:
        return None
    if reference.directory is not None and reference.directory != base:
        return None
    return base


def nearness(reference: Reference, path: str) -> int:
    """How near the command stands to `path`: 2 in or above its project, 1 beside, 0 elsewhere."""
    where = parent(reference.file)
    if where and is_within(path, where):
        return 2
    if not where:
        return 1
    return 1 if is_within(path, where.partition("/")[0]) else 0
