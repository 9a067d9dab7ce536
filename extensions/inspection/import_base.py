"""The directory on `sys.path` that a project's code imports from, told by its own imports."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .facts import Reason
from .python_source import line_of, relative_target
from .references import Reference, base_of
from .roles import Role
from .tree import Tree, ancestors, is_within, join, parent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .applications import Application
    from .sources import Sources

MAX_VOTING_MODULES = 200
# Of two directories that could be on `sys.path`, the one with this many times the other's
# imports is taken without asking.
CLEAR_MAJORITY = 3
ROLES_OF_OTHERS = Role.TEST | Role.SIDE | Role.FOREIGN | Role.MIGRATION | Role.ODD
_TEST_SHARE = 0.5
# From this weight on a reference is a command that runs the application, not a mention of one.
_COMMAND = 2.0


@dataclass(slots=True)
class Base:
    """The directory on `sys.path` from which the application's code imports."""

    directory: str
    reason: Reason
    sure: bool = True
    by_imports: bool = False
    rivals: list[str] = field(default_factory=list[str])


class Votes:
    """How many imports take each directory as an entry of `sys.path`."""

    def __init__(self) -> None:
        """Start with none."""
        self.count: dict[str, float] = {}
        self.against: dict[str, float] = {}
        self.first: dict[str, tuple[str, int, str]] = {}

    def add(self, base: str, weight: float, where: tuple[str, int, str]) -> None:
        """Count one import in favour of `base`, `weight` heavy, written at `where`."""
        self.count[base] = self.count.get(base, 0.0) + weight
        self.first.setdefault(base, where)

    def veto(self, bases: list[str], package: str | None, weight: float) -> None:
        """Count a relative import from `package`, which is thus no entry of `sys.path`."""
        for base in bases:
            if package is not None and is_within(base, package):
                self.against[base] = self.against.get(base, 0.0) + weight

    def reason(self, tree: Tree, base: str) -> Reason:
        """The first import that speaks for `base`."""
        file, position, module = self.first[base]
        line = line_of(tree.text(file), position)
        return Reason("import_path", f"`{module}` is imported", file, line)

    def ranked(self) -> list[tuple[str, float]]:
        """The directories and their votes, most votes first, then the nearest to the top."""
        balance = {base: n - self.against.get(base, 0.0) for base, n in self.count.items()}
        return sorted(
            ((base, votes) for base, votes in balance.items() if votes > 0),
            key=lambda item: (-item[1], item[0].count("/"), item[0]),
        )


def count_votes(
    sources: Sources, top: str, bases: list[str], paths: Iterable[str], outside: Collection[str]
) -> Votes:
    """Count for each of `bases` how many absolute imports in `paths` resolve against it.

    A bare `import x` where `x` is a declared requirement or in the standard library (`outside`)
    says nothing, even when a directory `x` is there.
    """
    votes = Votes()
    names = {base: _importable(sources, base) for base in bases}
    for path in paths:
        if not is_within(path, top):
            continue
        weight = _TEST_SHARE if sources.tree.role(path) else 1.0
        for module, position in sources.imported_modules(path):
            if module[0] == ".":
                level = len(module) - len(module.lstrip("."))
                votes.veto(bases, relative_target(path, "." * level), weight)
                continue
            first, dot, _ = module.partition(".")
            if not dot and first in outside:
                continue
            for base in bases:
                if first in names[base] and _resolves(sources, base, module):
                    votes.add(base, weight, (path, position, module))
    return votes


def _importable(sources: Sources, base: str) -> set[str]:
    listed = sources.tree.directories.get(base)
    if listed is None:
        return set()
    names = {name.removesuffix(".py") for name in listed.modules}
    names.update(
        name for name in listed.directories if join(base, name) in sources.python_directories
    )
    return names


def _resolves(sources: Sources, base: str, module: str) -> bool:
    stem = join(base, module.replace(".", "/"))
    if sources.tree.has_file(f"{stem}.py") or stem in sources.python_directories:
        return True
    return "." in module and sources.tree.has_file(f"{parent(stem)}.py")


def find_base(
    sources: Sources,
    top: str,
    application: Application,
    references: list[Reference],
    requirements: Collection[str],
) -> Base:
    """The directory on `sys.path`, by imports, else by commands, else by `__init__.py` files."""
    file = application.file
    bases = [directory for directory in ancestors(parent(file)) if is_within(directory, top)]
    outside = {name.replace("-", "_") for name in requirements} | sys.stdlib_module_names
    code, everything = _electorates(sources, top, file)
    named = _named_bases(application, references, bases)
    ranked: list[tuple[str, float]] = []
    votes = Votes()
    for paths, weight in ((code, _COMMAND), (everything, 0.0)):
        votes = count_votes(sources, top, bases, paths, outside)
        ranked = votes.ranked()
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            second = ranked[1][1] if len(ranked) > 1 else 0.0
            sure = second * CLEAR_MAJORITY <= ranked[0][1]
            rivals = [base for base, _ in ranked[1:]]
            by_code = paths is code
            reason = votes.reason(sources.tree, ranked[0][0])
            return Base(ranked[0][0], reason, sure=sure, by_imports=by_code, rivals=rivals)
        for base, reference in named:
            if reference.weight >= weight and (not ranked or base in dict(ranked)):
                reason = Reason("import_path", reference.text, reference.file, reference.line)
                return Base(base, reason)
    if ranked:
        rivals = [base for base, _ in ranked[1:]]
        reason = votes.reason(sources.tree, ranked[0][0])
        return Base(ranked[0][0], reason, sure=False, rivals=rivals)
    return _base_by_structure(sources.tree, top, file)


def _electorates(sources: Sources, top: str, file: str) -> tuple[list[str], list[str]]:
    """The modules whose imports count: the code's own, then the tests' and scripts' too."""
    code = sources.modules(top, without=ROLES_OF_OTHERS)
    inner = parent(file)
    near = sorted(code, key=lambda path: not is_within(path, inner))
    everything = sources.modules(top, without=Role.FOREIGN)
    return near[:MAX_VOTING_MODULES], everything[:MAX_VOTING_MODULES]


def _named_bases(
    application: Application, references: list[Reference], bases: list[str]
) -> list[tuple[str, Reference]]:
    weights: Counter[str] = Counter()
    first: dict[str, Reference] = {}
    for reference in references:
        for file in application.files:
            base = base_of(reference, file)
            if base is not None and base in bases:
                weights[base] += int(reference.weight)
                first.setdefault(base, reference)
    return [(base, first[base]) for base, _ in weights.most_common()]


def _base_by_structure(tree: Tree, top: str, file: str) -> Base:
    """Above the outermost package that `__init__.py` makes, else above the file's directory."""
    directory = parent(file)
    if directory == top:
        return Base(top, Reason("import_path", "the application's module is at the root"))
    inner = [d for d in ancestors(directory) if d != top and is_within(d, top)]
    packages = [d for d in inner if tree.has_file(join(d, "__init__.py"))]
    if packages:
        initial = join(packages[-1], "__init__.py")
        reason = Reason("import_path", "the outermost __init__.py", initial, 1)
        return Base(parent(packages[-1]), reason)
    return Base(
        parent(directory), Reason("import_path", "the directory of the application's module")
    )
