"""The directory on `sys.path` that a project's code imports from, told by its own imports."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..project_files.encoding import line_of
from .facts import Reason
from .python_source import relative_target
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
_TEST_SHARE = 0.5
# Others may be forgotten, but the modules that build and hold the application are imported.
_BUILDS_IT = 2.0
_DISTRIBUTIONS = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
# Stands for the directory above the tree.
ABOVE = ".."
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


@dataclass(frozen=True, slots=True)
class Electorate:
    """Whose imports are counted: those in or into `directory`, of the project in `project`."""

    directory: str
    project: str
    files: Collection[str]


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
    sources: Sources,
    electorate: Electorate,
    bases: list[str],
    paths: Iterable[str],
    outside: Collection[str],
) -> Votes:
    """Count for each of `bases` how many absolute imports in `paths` resolve against it.

    An import tells where the `electorate` imports from if it stands in there, or leads into it. A
    bare `import x` where `x` is a declared requirement or in the standard library (`outside`)
    says nothing, even when a directory `x` is there.
    """
    votes = Votes()
    names = {base: _importable(sources, base) for base in bases}
    # What another distribution of the tree holds may be imported because it is installed.
    open_bases = {
        base
        for base in bases
        if is_within(base, electorate.project)
        or _DISTRIBUTIONS.isdisjoint(sources.tree.names(base))
    }
    for path in paths:
        weight = _TEST_SHARE if sources.tree.role(path) else 1.0
        if path in electorate.files:
            weight = _BUILDS_IT
        is_inside = is_within(path, electorate.directory)
        for module, position in sources.imported_modules(path):
            if module[0] == ".":
                if is_inside:
                    level = len(module) - len(module.lstrip("."))
                    votes.veto(bases, relative_target(path, "." * level), weight)
                continue
            first, dot, _ = module.partition(".")
            if not dot and first in outside:
                continue
            fitting = [
                base
                for base in bases
                if first in names[base]
                and _resolves(sources, base, module)
                and (is_inside or _leads_into(base, module, electorate.directory))
                and (base in open_bases or _leads_into(base, module, electorate.project))
            ]
            # What is there in the project itself is meant, and not its namesake elsewhere.
            nearer = [base for base in fitting if is_within(base, electorate.project)]
            for base in nearer or fitting:
                votes.add(base, weight, (path, position, module))
            if dot and is_inside and not fitting and sources.is_named_like_the_tree(first):
                rest = module.partition(".")[2]
                if _resolves(sources, "", rest):
                    votes.add(ABOVE, weight, (path, position, module))
    return votes


def _leads_into(base: str, module: str, directory: str) -> bool:
    return is_within(join(base, module.replace(".", "/")), directory)


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
    project: str,
    application: Application,
    references: list[Reference],
    requirements: Collection[str],
) -> Base:
    """The directory on `sys.path`, by imports, else by commands, else by `__init__.py` files.

    `project` is the directory of the file that lists its dependencies. Imports can show that
    they start above it.
    """
    file = application.file
    bases = list(ancestors(parent(file)))
    outside = {name.replace("-", "_") for name in requirements} | sys.stdlib_module_names
    code, everything = _electorates(sources, project, file)
    named = _named_bases(sources.tree, application, references, bases)
    own = Electorate(parent(file), project, application.files)
    shared = Electorate(project, project, application.files)
    fallback: Base | None = None
    by_code = count_votes(sources, own, bases, code, outside)
    for electorate, paths, weight in (
        (own, code, _COMMAND), (own, everything, 0.0), (shared, everything, 0.0),
    ):  # fmt: skip
        votes = count_votes(sources, electorate, bases, paths, outside)
        ranked = votes.ranked()
        if ranked:
            found = _by_votes(sources, votes, ranked, by_imports=paths is code)
            if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
                if electorate is shared:
                    structural = _base_by_structure(sources.tree, project, file, by_code)
                    found.sure = found.sure and structural.directory == found.directory
                return found
            fallback = found
        for base, reference in named:
            inside = is_within(base, project)
            if inside and reference.weight >= weight and (not ranked or base in dict(ranked)):
                reason = Reason("import_path", reference.text, reference.file, reference.line)
                return Base(base, reason)
    if fallback:
        fallback.sure = False
        return fallback
    return _base_by_structure(sources.tree, project, file, by_code)


def _by_votes(
    sources: Sources, votes: Votes, ranked: list[tuple[str, float]], *, by_imports: bool
) -> Base:
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    reason = votes.reason(sources.tree, ranked[0][0])
    rivals = [base for base, _ in ranked[1:] if base != ABOVE]
    sure = second * CLEAR_MAJORITY <= ranked[0][1]
    return Base(ranked[0][0], reason, sure=sure, by_imports=by_imports, rivals=rivals)


def _electorates(sources: Sources, project: str, file: str) -> tuple[list[str], list[str]]:
    """The modules whose imports count: the code's own, then the tests' and scripts' too."""
    inner = parent(file)

    def nearness(path: str) -> tuple[bool, bool]:
        return not is_within(path, inner), not is_within(path, project)

    code = sources.modules(without=Role.ANY)
    everything = sources.modules(without=Role.FOREIGN)
    return (
        sorted(code, key=nearness)[:MAX_VOTING_MODULES],
        sorted(everything, key=nearness)[:MAX_VOTING_MODULES],
    )


def _named_bases(
    tree: Tree, application: Application, references: list[Reference], bases: list[str]
) -> list[tuple[str, Reference]]:
    weights: Counter[str] = Counter()
    first: dict[str, Reference] = {}
    for reference in references:
        for file in application.files:
            base = base_of(reference, file)
            if base is not None and not reference.name:
                # `fastapi run` takes a path, and looks for the package around it itself.
                base = next(
                    directory
                    for directory in ancestors(parent(file))
                    if not (directory and tree.has_file(join(directory, "__init__.py")))
                )
            if base is not None and base in bases:
                weights[base] += int(reference.weight)
                first.setdefault(base, reference)
    return [(base, first[base]) for base, _ in weights.most_common()]


def _base_by_structure(tree: Tree, project: str, file: str, votes: Votes) -> Base:
    """Above the outermost package that `__init__.py` makes, else above the file's directory.

    Relative imports show packages, too, and these can reach above the project's own directory.
    """
    directory = parent(file)
    inner = [d for d in ancestors(directory) if d != project and is_within(d, project)]
    packages = [d for d in inner if tree.has_file(join(d, "__init__.py"))]
    if directory == project:
        found = Base(project, Reason("import_path", "the application's module is at the root"))
    elif packages:
        initial = join(packages[-1], "__init__.py")
        reason = Reason("import_path", "the outermost __init__.py", initial, 1)
        found = Base(parent(packages[-1]), reason)
    else:
        reason = Reason("import_path", "the directory of the application's module")
        found = Base(parent(directory), reason)
    if votes.against.get(found.directory, 0.0) > 0:
        above = found.directory
        while above and votes.against.get(above, 0.0) > 0:
            above = parent(above)
        is_at_top = votes.against.get(above, 0.0) > 0
        reason = Reason("import_path", "relative imports make a package of the directory", file, 1)
        return Base(ABOVE if is_at_top else above, reason, by_imports=True)
    return found
