"""Ranking the applications of a tree, each with the project that it belongs to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .app_factories import find_names_of_objects, find_served
from .applications import Application, Served, build_sites, find_mounted
from .import_base import ABOVE, Base, find_base
from .manifests import is_development_file
from .references import STARTING, Reference, base_of, nearness
from .roles import Role
from .sources import Sources, entry_weight
from .tree import ancestors, is_within, join, parent

if TYPE_CHECKING:
    from .manifests import Manifest, ManifestReader

# Files that stand where a project is run from, for projects that declare no dependencies.
_ROOT_MARKS = (
    "Dockerfile", "docker-compose.yml", "compose.yml", "alembic.ini", ".env.example", "Procfile",
    "Makefile", "README.md", "pytest.ini", "setup.cfg",
)  # fmt: skip
_SOURCES = {"src", "source", "sources", "lib", "python"}
_SERVERS = {"backend", "server"}
_PREFERRED_ROOTS = {"backend": 1.5, "server": 1.0, "api": 1.0, "app": 0.5, "web": 0.5}


@dataclass(slots=True)
class Candidate:
    """One application in the project that it belongs to; the higher `score`, the likelier."""

    application: Application
    root: str
    base: Base
    score: float
    root_why: str = ""
    root_file: str | None = None
    root_line: int | None = None
    reference: Reference | None = None
    is_package: bool = False

    @property
    def is_declared_at_top(self) -> bool:
        """Whether the inspected directory is its project, with a file of its own to say so."""
        return self.root == "" and self.root_file is not None and "/" not in self.root_file

    @property
    def package_guess(self) -> str:
        """The directory that is offered for it while another application is preferred."""
        directory = parent(self.application.file)
        if directory == self.base.directory:
            return directory
        inner = directory[len(self.base.directory) + 1 :] if self.base.directory else directory
        return join(self.base.directory, inner.partition("/")[0])


def find_candidates(
    sources: Sources, references: list[Reference], reader: ManifestReader
) -> list[Candidate]:
    """The applications of a tree, best first; those of tests and foreign code are none.

    Directories with odd names count only where no other holds an application; examples,
    documentation and scripts only where a command of the project starts an application there, or
    in a tree that has no other code: there they are the project.
    """
    hidden = Role.TEST | Role.FOREIGN | Role.MIGRATION
    applications = _applications(sources, references, hidden | Role.SIDE | Role.ODD)
    if not applications and not _is_generator(sources):
        applications = _applications(sources, references, hidden | Role.SIDE)
        if not applications:
            applications = _applications(sources, references, hidden)
            if _has_own_code(sources):
                applications = [a for a in applications if _is_started(sources, a, references)]
        for application in applications:
            if sources.tree.role(application.file) & (Role.SIDE | Role.ODD):
                sources.take_for_code(parent(application.file))
    found = [_candidate(sources, a, references, reader) for a in applications if not a.mounted]
    found.sort(key=lambda c: (-c.score, c.application.file.count("/"), c.application.file))
    return found


def _applications(sources: Sources, references: list[Reference], without: int) -> list[Application]:
    paths = sources.modules(without=without)
    found = build_sites(sources, paths)
    find_served(sources, paths, found)
    find_names_of_objects(sources, paths, references, found)
    find_mounted(sources, paths, found)
    return found


def _is_started(sources: Sources, application: Application, references: list[Reference]) -> bool:
    """Whether an image or the like serves it as part of a package with such a name.

    A README of a library serves its examples.
    """
    return any(
        reference.weight >= STARTING
        and not sources.tree.role(reference.file)
        and (base := base_of(reference, file)) is not None
        and not sources.tree.role(join(base, "_"))
        for file in application.files
        for reference in references
    )


def _is_generator(sources: Sources) -> bool:
    """Whether the tree is a template that projects are generated from."""
    names = sources.tree.names("")
    return any(name in names for name in ("copier.yml", "copier.yaml", "cookiecutter.json"))


def _has_own_code(sources: Sources) -> bool:
    paths = sources.modules(without=Role.ANY)
    return any(not path.endswith(("setup.py", "noxfile.py", "__init__.py")) for path in paths)


def _candidate(
    sources: Sources,
    application: Application,
    references: list[Reference],
    reader: ManifestReader,
) -> Candidate:
    file = application.file
    declaring: Manifest | None = None
    nearest: Manifest | None = None
    for directory in ancestors(parent(file)):
        manifests = [m for m in reader.directory(directory) if m.is_project]
        manifests.sort(key=lambda m: is_development_file(m.file))
        declaring = next((m for m in manifests if m.bound("fastapi")), None)
        nearest = nearest or next(iter(manifests), None)
        if declaring:
            break
    manifest = declaring or nearest
    root = reader.root_of(manifest) if manifest else ""
    why = "it declares fastapi" if declaring else "it lists the dependencies"
    requirements = {
        name for m in reader.project(root, parent(file)) for name in (*m.declared, *m.optional)
    }
    base = find_base(sources, root, application, references, requirements)
    is_package = base.directory == ABOVE
    if is_package:
        base = replace(base, directory="")
    if base.by_imports and not is_within(base.directory, root):
        # What the code imports lies above the file that lists its dependencies.
        root = base.directory
        if not any(m.is_project for m in reader.directory(root)):
            root = _marked(sources, root) if manifest is None else root
        why = "imports start here"
    elif manifest is None:
        root, why = _without_manifest(sources, base.directory, file)
    reference, named = _reference(application, references)
    score = _score(sources, application, root) + named
    candidate = Candidate(
        application, root, base, score, why, reference=reference, is_package=is_package
    )
    if manifest:
        bound = manifest.bound("fastapi")
        candidate.root_file = manifest.file
        candidate.root_line = bound.line if bound and bound.file == manifest.file else 1
    return candidate


def _without_manifest(sources: Sources, base: str, application: str) -> tuple[str, str]:
    """The root of a project that declares no dependencies, and why.

    A directory of its own for the server, with a package in it or by its name, is one: what lies
    above it belongs to the frontend as well. A directory of sources is none.
    """
    name = base.rpartition("/")[2].lower()
    has_package = parent(application) != base
    if base and name not in _SOURCES and (has_package or name in _SERVERS):
        return base, "imports start here"
    return _marked(sources, base), "commands and settings lie here"


def _marked(sources: Sources, base: str) -> str:
    for directory in ancestors(base):
        if any(name in sources.tree.names(directory) for name in _ROOT_MARKS):
            return directory
    return base


def _score(sources: Sources, application: Application, root: str) -> float:
    score = float(max(entry_weight(file) for file in application.files))
    score += min(application.wiring, 8) * 0.4
    score += 1.0 if any(served.name == "app" for served in application.served) else 0.0
    score += 0.5 if application.served else 0.0
    score += _PREFERRED_ROOTS.get(root.rpartition("/")[2].lower(), 0.0)
    size = len(sources.modules(root, without=Role.TEST | Role.SIDE | Role.FOREIGN | Role.ODD))
    score += 0.5 * math.log2(1 + size)
    inner = application.file[len(root) + 1 :] if root else application.file
    score -= 0.4 * inner.count("/") + 0.25 * root.count("/")
    if sources.tree.role(application.file):
        score -= 6.0
    return score


def _reference(
    application: Application, references: list[Reference]
) -> tuple[Reference | None, float]:
    """The command that means this application most, and how much it says."""
    best: Reference | None = None
    weight = 0.0
    for reference in references:
        for file in application.files:
            if base_of(reference, file) is None:
                continue
            names = {served.name for served in application.served if served.file == file}
            names |= {factory.name for factory in application.factories if factory.file == file}
            known = not reference.name or reference.name in names
            value = reference.weight * nearness(reference, file) * (1.0 if known else 0.5)
            if value > weight:
                best, weight = reference, value
    return best, weight


def served_factory(application: Application, references: list[Reference]) -> Served | None:
    """The factory that commands name, else the outermost one."""
    named = [
        factory
        for factory in application.factories
        for reference in references
        if reference.name == factory.name and base_of(reference, factory.file) is not None
    ]
    return next(iter(named), application.factories[-1] if application.factories else None)


def served_object(application: Application, references: list[Reference]) -> Served | None:
    """The module-level name that commands serve, else the one in the likeliest module."""

    def rank(served: Served) -> tuple[bool, bool, int, int, bool]:
        named = any(
            reference.name == served.name and base_of(reference, served.file) is not None
            for reference in references
        )
        elsewhere = served.file != application.file
        weight, depth = entry_weight(served.file), served.file.count("/")
        return (not named, elsewhere, -weight, depth, "." in served.name)

    return min(application.served, key=rank, default=None)
