"""Where the project's package is, given what its code imports from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from . import roles
from .import_base import CLEAR_MAJORITY, MAX_VOTING_MODULES, Base
from .python_source import package_of
from .roles import Role
from .tree import ancestors, basename, is_within, join, parent, relative

if TYPE_CHECKING:
    from collections.abc import Collection

    from .applications import Application
    from .facts import Reason
    from .sources import Sources

# A package with more than this share of a directory's modules is what the directory is about,
# and with more than that it is so without asking.
_DOMINANT_SHARE, _SURE_SHARE = 0.8, 0.9
# A package beside another one of this many times its size is not the whole, whatever its name.
_DWARFED = 4
# Modules at a project's root that start, test or configure things, and so do not make the root
# itself the place where the application's code lives.
_TOOLING_MODULES = frozenset(
    {
        "__init__.py", "__main__.py", "app.py", "application.py", "asgi.py", "cli.py",
        "conftest.py", "dev.py", "fabfile.py", "gunicorn.conf.py", "gunicorn.py",
        "gunicorn_conf.py", "gunicorn_config.py", "index.py", "launch.py", "main.py", "manage.py",
        "noxfile.py", "run.py", "run_server.py", "seed.py", "serve.py", "server.py", "setup.py",
        "start.py", "start_server.py", "tasks.py", "wsgi.py",
    }
)  # fmt: skip
# Where one of these stands, a project keeps its database code.
_DATABASE_NAMES = frozenset(
    {"database.py", "db.py", "model.py", "models.py", "database", "db", "model", "models"}
)


@dataclass(slots=True)
class Layout:
    """The package directory, its import path, and the directory that is on `sys.path`."""

    base: str
    package_dir: str
    import_path: str
    sure: bool = True
    others: list[str] = field(default_factory=list[str])
    why: str = ""
    base_reason: Reason | None = None


def find_layout(
    sources: Sources,
    root: str,
    application: Application,
    base: Base,
    package_names: Collection[str],
) -> Layout:
    """Where the layer belongs: the application's package, or the directory of its modules.

    `package_names` are the names that the project's own metadata gives to its package.
    """
    inner = relative(parent(application.file), base.directory)
    started_there = any(parent(file) == base.directory for file in application.files)
    if inner == "." or (started_there and base.directory != root):
        layout = _beside_entry(sources, root, application, base, package_names)
    else:
        layout = _around(sources, application, base, inner, package_names)
    layout.sure = layout.sure and base.sure
    layout.base_reason = base.reason
    for rival in base.rivals:
        other = rival if layout.package_dir != rival else base.directory
        if not layout.sure and other not in layout.others:
            layout.others.append(other)
    return layout


def given_layout(layout: Layout, package_dir: str, base: Base) -> Layout:
    """`layout` with the package directory that a person has named."""
    others = [path for path in (layout.package_dir, *layout.others) if path != package_dir]
    inside = is_within(package_dir, base.directory)
    return Layout(
        base.directory,
        package_dir,
        package_of(package_dir, base.directory if inside else ""),
        others=others,
        why="it was given",
        base_reason=layout.base_reason,
    )


def packages_to_offer(sources: Sources, application: Application, base: str) -> list[str]:
    """Every directory that the layer could belong to: on the way to the application, or beside."""
    way = [d for d in ancestors(parent(application.file)) if is_within(d, base)]
    beside = [join(base, name) for name in _packages_in(sources, base)]
    beside.sort(key=lambda path: (-_size(sources, path), path))
    return [*reversed(way[:-1]), *beside, base]


def _around(
    sources: Sources,
    application: Application,
    base: Base,
    inner: str,
    package_names: Collection[str],
) -> Layout:
    """The application lies in a package below `base`."""
    package = _descend(sources, base.directory, inner, package_names)
    started = _package_of_entry(sources, application, base, package, package_names)
    if started:
        name = package_of(started, base.directory)
        why = "the module that starts the application lies in it"
        return Layout(base.directory, started, name, others=[package], why=why)
    name = package_of(package, base.directory)
    layout = Layout(base.directory, package, name, why=f"{application.file} lies in it")
    siblings = _siblings(sources, base.directory, package, application)
    if not siblings:
        return layout
    layout.others = siblings
    top = basename(package)
    if top in roles.APPLICATION_NAMES or top in package_names:
        largest = max(_size(sources, sibling) for sibling in siblings)
        layout.sure = largest < _DWARFED * _size(sources, package)
        return layout
    best = next((s for s in siblings if basename(s) in {"app", *package_names}), None)
    if best:
        others = [package, *(sibling for sibling in siblings if sibling != best)]
        why = "it is named like the application"
        name = package_of(best, base.directory)
        return Layout(base.directory, best, name, sure=False, others=others, why=why)
    inside = _size(sources, package)
    outside = sum(_size(sources, sibling) for sibling in siblings)
    is_part = top.lower() in roles.LAYER_NAMES
    layout.sure = inside >= outside * (CLEAR_MAJORITY if is_part else 1)
    if inside >= outside or not is_part:
        return layout
    why = f"{application.file} lies in one of the layers there"
    others = [package, *siblings]
    return Layout(base.directory, base.directory, "", sure=False, others=others, why=why)


def _package_of_entry(
    sources: Sources,
    application: Application,
    base: Base,
    package: str,
    package_names: Collection[str],
) -> str | None:
    """The package of the module that calls the factory, where the factory's is a mere part."""
    for served in application.served:
        place = parent(served.file)
        if is_within(place, package) or not is_within(place, base.directory):
            continue
        if place == base.directory or sources.tree.role(served.file):
            continue
        inner = relative(place, base.directory)
        other = _descend(sources, base.directory, inner, package_names)
        is_part = basename(package).lower() in roles.LAYER_NAMES
        if is_part or basename(other) in {"app", *package_names}:
            return other
    return None


def _siblings(sources: Sources, base: str, package: str, application: Application) -> list[str]:
    """Packages beside `package` that the application's code imports: parts of the same whole."""
    beside = {
        name for name in _packages_in(sources, base) if not is_within(package, join(base, name))
    }
    if not beside:
        return []
    count: Counter[str] = Counter()
    for path in (*sources.modules(package, without=Role.TEST)[:MAX_VOTING_MODULES],
                 *application.files):  # fmt: skip
        modules = sources.imported_modules(path)
        count.update({module.partition(".")[0] for module, _ in modules} & beside)
    return [join(base, name) for name in sorted(count, key=lambda name: (-count[name], name))]


def _size(sources: Sources, directory: str) -> int:
    return len(sources.modules(directory, without=Role.TEST))


def _descend(sources: Sources, base: str, inner: str, package_names: Collection[str]) -> str:
    """The first directory below `base` on the way `inner` that is more than a container.

    A container has no modules but an empty `__init__.py`. It is passed through towards the one
    package in it, or towards one of several that bears the application's name.
    """
    package = base
    parts = inner.split("/")
    named = {"app", "application", *package_names}
    for part, following in pairwise([*parts, ""]):
        package = join(package, part)
        modules = sources.tree.directories[package].modules
        initial = join(package, "__init__.py")
        is_container = modules in ([], ["__init__.py"]) and not sources.tree.data(initial).strip()
        if not following or part in named or not is_container:
            return package
        alone = len(_packages_in(sources, package)) == 1
        distribution = f"{package_of(package, base)}.{following}".replace(".", "_")
        if following in named or distribution in package_names:
            continue
        if not alone or following.lower() in roles.LAYER_NAMES:
            return package
    return package


def _beside_entry(
    sources: Sources,
    root: str,
    application: Application,
    base: Base,
    package_names: Collection[str],
) -> Layout:
    """The application, or the module that starts it, lies directly in a `sys.path` entry.

    Then the code is either in one package beside that module, or in the directory itself, as
    modules and packages that are one layer each.
    """
    place = base.directory
    entry = next(file for file in sorted(application.files) if parent(file) == place)
    here = Layout(place, place, "", why=f"{entry} and the modules it uses lie there")
    packages = _packages_in(sources, place)
    modules = [
        name
        for name in sources.tree.directories[place].modules
        if name not in _TOOLING_MODULES and not roles.is_test_file(name)
    ]
    sizes = {name: _size(sources, join(place, name)) for name in packages}
    used = _used_packages(sources, application, place)
    named = {*roles.APPLICATION_NAMES, *package_names}
    wholes = [
        name
        for name in packages
        if name in used
        and (
            name in named
            or name.lower() not in roles.LAYER_NAMES
            or (len(packages) == 1 and _is_whole(sources, join(place, name)))
        )
    ]
    wholes.sort(key=lambda name: (name not in named, -sizes[name], name))
    here.others = [join(place, name) for name in wholes]
    if not wholes or (len(wholes) > 1 and place != root):
        return here
    best = wholes[0]
    everything = sum(sizes.values()) + len(modules)
    dominant = sizes[best] > _DOMINANT_SHARE * everything
    layers = [name for name in packages if name.lower() in roles.LAYER_NAMES and name != best]
    beside = len(layers) + len(modules)
    holds_database = not _DATABASE_NAMES.isdisjoint({*layers, *modules})
    others = [place, *here.others[1:]]
    there = Layout(place, join(place, best), best, others=others, why=f"{entry} imports it")
    if best in named:
        there.sure = beside == 0 or (beside == 1 and dominant and not holds_database)
        if beside > 1 and not dominant:
            here.sure = False
            return here
    elif beside == 0 and (len(wholes) == 1 or dominant):
        there.sure = best.lower() not in roles.LAYER_NAMES
        return there
    elif dominant and not (holds_database and beside > 1):
        is_layer = best.lower() in roles.LAYER_NAMES
        there.sure = beside > 1 and sizes[best] > _SURE_SHARE * everything and not is_layer
    else:
        here.sure = place != root or (beside > 1 and not dominant)
        return here
    return there


def _packages_in(sources: Sources, place: str) -> list[str]:
    """The directories in `place` that hold code of the application's own."""
    return [
        name
        for name in sorted(sources.tree.directories[place].directories)
        if join(place, name) in sources.python_directories
        and not sources.tree.directories[join(place, name)].role
    ]


def _used_packages(sources: Sources, application: Application, place: str) -> set[str]:
    """The first parts of what the application's modules import, and of where they lie."""
    used = {
        module.partition(".")[0]
        for file in application.files
        for module, _ in sources.imported_modules(file)
    }
    used.update(
        relative(parent(file), place).partition("/")[0]
        for file in application.files
        if is_within(file, place)
    )
    return used


def _is_whole(sources: Sources, package: str) -> bool:
    """Whether a package has layers of its own inside, as an application has."""
    listed = sources.tree.directories[package]
    names = {name.lower() for name in listed.directories}
    names.update(name.removesuffix(".py").lower() for name in listed.modules)
    return len(names & roles.LAYER_NAMES) > 1
