"""The Python modules of a tree: which to read, in which order, and where their imports lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import roles
from .python_source import Import, imported_modules, imports, parse, relative_target
from .roles import Role
from .tree import Tree, ancestors, basename, join, parent

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

# A project of a few hundred modules is read whole. Of a larger one, modules with the names that
# entry points and database code have are read wherever they are, others only near the top.
MAX_MODULES = 1_000
MAX_NAMED_MODULES = 500
# How much of a module, in characters, is read for what it imports.
HEAD = 5_000

ENTRY_WEIGHTS = {
    "main": 4, "app": 3, "application": 3, "asgi": 3, "server": 3, "__init__": 2, "api": 2,
    "app_factory": 2, "create_app": 2, "factory": 2, "__main__": 1, "index": 1, "run": 1, "web": 1,
}  # fmt: skip
_DATABASE_MODULES = (
    "base", "database", "db", "dependencies", "deps", "engine", "models", "session",
)  # fmt: skip
_NAMED_FILES = frozenset(f"{name}.py" for name in (*ENTRY_WEIGHTS, *_DATABASE_MODULES))


class Sources:
    """Reading on demand of the Python modules of a tree."""

    def __init__(self, tree: Tree) -> None:
        """Read nothing yet."""
        self.tree = tree
        self._imports: dict[str, list[Import]] = {}
        self._heads: dict[str, list[tuple[str, int]]] = {}
        self._modules: dict[str, ast.Module | None] = {}
        self._below: dict[tuple[str, int], list[str]] = {}
        self._python_directories: set[str] | None = None

    def modules(self, directory: str = "", *, without: int) -> list[str]:
        """The modules at or below `directory` worth reading, shallow ones first.

        Those with a role in `without` are left out. The list is cut as the limits above say.
        """
        key = (directory, without)
        known = self._below.get(key)
        if known is not None:
            return known
        found: list[str] = []
        named: list[str] = []
        for path, listed in self.tree.directories_below(directory):
            if not listed.modules or listed.role & without:
                continue
            names: Iterable[str] = listed.modules
            into = found
            if len(found) >= MAX_MODULES:
                if len(named) >= MAX_NAMED_MODULES:
                    break
                names, into = sorted(_NAMED_FILES.intersection(names)), named
            if without & Role.TEST:
                names = [name for name in names if not roles.is_test_file(name)]
            prefix = f"{path}/" if path else ""
            into.extend([prefix + name for name in names])
        self._below[key] = found + named
        return self._below[key]

    def take_for_code(self, directory: str) -> None:
        """Forget what the names of `directory` and of those above it say about its modules.

        A namespace package has the name in several places.
        """
        top = next(d for d in reversed(list(ancestors(directory))) if d and self._role(d))
        depth = top.count("/")
        named = [
            d
            for d in self.tree.directories
            if d.count("/") == depth and basename(d) == basename(top)
        ]
        for _, listed in (below for d in named for below in self.tree.directories_below(d)):
            listed.role &= ~(Role.SIDE | Role.ODD)
        self._below.clear()

    def _role(self, directory: str) -> int:
        return self.tree.directories[directory].role & (Role.SIDE | Role.ODD)

    def is_named_like_the_tree(self, name: str) -> bool:
        """Whether `name` is what the inspected directory itself is called."""
        return name == basename(self.tree.root)

    def mentioning(self, paths: list[str], *words: bytes) -> Iterator[str]:
        """Those of `paths` whose files hold any of `words`."""
        read = self.tree.data
        for path in paths:
            data = read(path)
            for word in words:
                if word in data:
                    yield path
                    break

    @property
    def python_directories(self) -> set[str]:
        """Every directory with a Python module at or below it."""
        if self._python_directories is None:
            found: set[str] = set()
            for path, listed in self.tree.directories.items():
                if listed.modules:
                    for directory in ancestors(path):
                        if directory in found:
                            break
                        found.add(directory)
            self._python_directories = found
        return self._python_directories

    def imports(self, path: str) -> list[Import]:
        """The imports of the module `path`."""
        known = self._imports.get(path)
        if known is None:
            known = self._imports[path] = list(imports(self.tree.text(path)))
        return known

    def imported_modules(self, path: str) -> list[tuple[str, int]]:
        """The modules that `path` imports near its top, with their positions in the text."""
        known = self._heads.get(path)
        if known is None:
            known = self._heads[path] = imported_modules(self.tree.text(path)[:HEAD])
        return known

    def module(self, path: str) -> ast.Module | None:
        """The syntax tree of `path`, None where it cannot be parsed."""
        if path not in self._modules:
            self._modules[path] = parse(self.tree.text(path))
        return self._modules[path]

    def file_of(self, stem: str) -> str | None:
        """The module's or package's file for a path without suffix."""
        if stem and self.tree.has_file(f"{stem}.py"):
            return f"{stem}.py"
        package = join(stem, "__init__.py")
        return package if self.tree.has_file(package) else None

    def target(self, importer: str, module: str) -> str | None:
        """The path without suffix that `module`, imported in `importer`, stands for.

        An absolute import is tried against each directory above the importer, the nearest
        last: any of them may be on `sys.path`, and the farthest most likely is.
        """
        if module.startswith("."):
            return relative_target(importer, module)
        stem = module.replace(".", "/")
        for base in reversed(list(ancestors(parent(importer)))):
            path = join(base, stem)
            if path in self.python_directories or self.tree.has_file(f"{path}.py"):
                return path
        return None

    def definition(self, importer: str, imported: Import) -> str | None:
        """The file that an imported name comes from, None where it is outside the tree."""
        stem = self.target(importer, imported.module)
        if stem is None:
            return None
        if imported.name and (inner := self.file_of(join(stem, imported.name))):
            return inner
        return self.file_of(stem)

    def meaning(self, path: str, written: str, depth: int = 6) -> tuple[str, str] | None:
        """The file that defines `written` ("name" or "module.name") in `path`, and its name there.

        Re-exports are followed; None where the definition is outside the tree.
        """
        first, _, rest = written.partition(".")
        for imported in reversed(self.imports(path)):
            bound = imported.alias or imported.name or imported.module
            if bound != first and not (imported.name is None and written.startswith(f"{bound}.")):
                continue
            if bound != first:
                rest = written[len(bound) + 1 :]
            file = self.definition(path, imported)
            if file is None or depth == 0:
                return None
            if imported.name is None or self._is_module(path, imported, file):
                return self.meaning(file, rest, depth - 1) if rest else (file, "")
            if file == path:
                break
            inner = self.meaning(file, imported.name, depth - 1)
            return (inner[0], ".".join(filter(None, (inner[1], rest)))) if inner else None
        return path, written

    def _is_module(self, path: str, imported: Import, file: str) -> bool:
        stem = self.target(path, imported.module)
        return stem is not None and self.file_of(join(stem, imported.name or "")) == file


def entry_weight(path: str) -> int:
    """How much the name of a module looks like the one that holds the application."""
    return ENTRY_WEIGHTS.get(path.rpartition("/")[2].removesuffix(".py"), 0)
