"""Where the package is and how it is imported, told from the project's own imports."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import roles
from .applications import Application, Sources
from .python_source import package_of
from .references import Reference, matches
from .tree import Tree, ancestors, basename, is_within, join, parent, relative

_ENTRY_MODULES = frozenset(
    {
        "main.py", "app.py", "run.py", "asgi.py", "wsgi.py", "server.py", "manage.py", "start.py",
        "serve.py", "setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "cli.py",
        "gunicorn.py", "gunicorn_conf.py", "gunicorn_config.py", "gunicorn.conf.py", "index.py",
        "application.py", "__init__.py", "__main__.py", "run_server.py", "launch.py", "dev.py",
    }
)  # fmt: skip


@dataclass(slots=True)
class Layout:
    """The package directory (relative to the tree), its import path, and how sure that is."""

    base: str
    package_dir: str
    import_path: str
    sure: bool = True
    others: list[str] = field(default_factory=list[str])
    why: str = ""
    base_why: str = ""
    base_file: str | None = None
    base_line: int | None = None


def python_directories(sources: Sources) -> set[str]:
    """Every directory with a Python file at or below it."""
    found: set[str] = set()
    for path in sources.paths:
        for directory in ancestors(parent(path)):
            if directory in found:
                break
            found.add(directory)
    return found


class Votes:
    """Which directories the project's absolute imports take as `sys.path` entries."""

    def __init__(self) -> None:
        """Start without any."""
        self.count: Counter[str] = Counter()
        self.first: dict[str, tuple[str, int, str]] = {}

    def add(self, base: str, weight: float, where: tuple[str, int, str]) -> None:
        """Count one import in favour of `base`."""
        self.count[base] += weight  # type: ignore[assignment]
        self.first.setdefault(base, where)


def import_votes(
    sources: Sources, root: str, bases: list[str], requirements: Mapping[str, object]
) -> Votes:
    """Count for each directory in `bases` how many absolute imports resolve against it."""
    votes = Votes()
    directories = python_directories(sources)
    known = set(sources.paths)
    outside = {name.replace("-", "_") for name in requirements} | sys.stdlib_module_names
    tops: dict[str, set[str]] = {}
    for base in bases:
        listed = sources.tree.directories.get(base)
        names = (
            {n.removesuffix(".py") for n in listed.files if n.endswith(".py")} if listed else set()
        )
        inner = {d for d in listed.directories if join(base, d) in directories} if listed else set()
        tops[base] = names | inner
    for path in sources.paths:
        if not is_within(path, root) or roles.is_foreign(path):
            continue
        weight = 0.5 if roles.is_test(path) or roles.is_side(path) else 1.0
        seen: set[str] = set()
        for imported in sources.imports(path):
            module = imported.module
            if imported.level or module in seen:
                continue
            seen.add(module)
            top = module.partition(".")[0]
            if top in outside and "." not in module:
                continue
            for base in bases:
                if top in tops[base] and _resolves(base, module, known, directories):
                    votes.add(base, weight, (path, imported.line, module))
    return votes


def _resolves(base: str, module: str, known: set[str], directories: set[str]) -> bool:
    stem = join(base, module.replace(".", "/"))
    if f"{stem}.py" in known or f"{stem}/__init__.py" in known or stem in directories:
        return True
    outer = stem.rpartition("/")[0]
    return "." in module and f"{outer}.py" in known


def find_base(
    sources: Sources,
    root: str,
    file: str,
    references: list[Reference],
    requirements: Mapping[str, object],
) -> tuple[str, Votes, bool, str]:
    """The directory on `sys.path` from which the code around `file` imports.

    Returns it with the votes, whether it is beyond doubt, and what decided.
    """
    bases = [d for d in ancestors(parent(file)) if is_within(d, root)]
    votes = import_votes(sources, root, bases, requirements)
    ranked = votes.count.most_common()
    if ranked:
        best, top = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0
        if top > second:
            return best, votes, second * 4 <= top, "imports"
    named: Counter[str] = Counter()
    for reference in references:
        base = matches(reference, file)
        if base is not None and base in bases:
            named[base] += reference.weight  # type: ignore[assignment]
    if named and (not ranked or named.most_common(1)[0][0] in dict(ranked)):
        return named.most_common(1)[0][0], votes, True, "command"
    return _base_by_structure(sources.tree, root, file), votes, True, "structure"


def _base_by_structure(tree: Tree, root: str, file: str) -> str:
    directory = parent(file)
    if directory == root:
        return root
    while directory != root and tree.has_file(join(directory, "__init__.py")):
        directory = parent(directory)
    if directory == parent(file) and directory != root:
        return parent(directory)
    return directory


def find_layout(
    sources: Sources,
    root: str,
    application: Application,
    entry: str,
    references: list[Reference],
    requirements: Mapping[str, object],
) -> Layout:
    """Where the layer belongs, given the application that is served from `entry`."""
    base, votes, sure, why = find_base(sources, root, application.file, references, requirements)
    inner = relative(parent(application.file), base) if parent(application.file) != base else ""
    if inner:
        package = _descend(sources, base, inner)
        layout = Layout(
            base, package, package_of(package, base), sure, why=f"{application.file} lies in it"
        )
    else:
        layout = _flat(sources, root, base, application, sure)
    layout.base_why = why
    first = votes.first.get(base)
    if first:
        layout.base_file, layout.base_line = first[0], first[1]
    return layout


def _descend(sources: Sources, base: str, inner: str) -> str:
    """The first directory below `base` on the way `inner` that is more than a namespace."""
    directories = python_directories(sources)
    package = base
    for part in inner.split("/"):
        package = join(package, part)
        listed = sources.tree.directories[package]
        if any(name.endswith(".py") for name in listed.files):
            return package
        if len([d for d in listed.directories if join(package, d) in directories]) > 1:
            return package
    return package


def _flat(
    sources: Sources,
    root: str,
    base: str,
    application: Application,
    sure: bool,  # noqa: FBT001
) -> Layout:
    """An application module that lies directly in the directory on `sys.path`."""
    tree = sources.tree
    directories = python_directories(sources)
    here = Layout(base, base, "", sure, why=f"{application.file} and its modules lie there")
    if base != root:
        return here
    listed = tree.directories[base]
    packages = [
        name
        for name in sorted(listed.directories)
        if join(base, name) in directories and roles.is_code_directory(name)
    ]
    own = [name for name in packages if name.lower() not in roles.LAYER_NAMES]
    modules = [
        name
        for name in listed.files
        if name.endswith(".py") and name not in _ENTRY_MODULES and not roles.is_test(name)
    ]
    layers = [name for name in packages if name.lower() in roles.LAYER_NAMES]
    used = _imported_tops(sources, application.file)
    own = [name for name in own if name in used] or own
    if not own or len(modules) > 1 or len(layers) > 1:
        here.others = [join(base, name) for name in own]
        return here
    if len(own) == 1:
        package = join(base, own[0])
        here_too = [base] if modules or layers else []
        return Layout(
            base, package, own[0], sure and not here_too, here_too, f"{application.file} imports it"
        )
    sizes = {name: sum(is_within(p, join(base, name)) for p in sources.paths) for name in own}
    ranked = sorted(own, key=lambda name: (name not in {"app", "src"}, -sizes[name], name))
    best = join(base, ranked[0])
    return Layout(
        base, best, ranked[0], False, [join(base, n) for n in ranked[1:]], "one of several"
    )


def _imported_tops(sources: Sources, path: str) -> set[str]:
    return {i.module.partition(".")[0] for i in sources.imports(path) if not i.level}


def depth_of(path: str) -> int:
    """How many directories lie above `path`."""
    return path.count("/")


def named_like_package(path: str) -> bool:
    """Whether a directory's name is one that projects give to their main package."""
    return basename(path) in {"app", "src", "backend", "server", "api"}
