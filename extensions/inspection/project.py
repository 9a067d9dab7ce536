"""Putting the facts of one project together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import roles
from .applications import Application, Served, Sources, entry_weight, find_applications
from .checks import find_code_style, find_pytest, find_tests_dir
from .database import find_database
from .dependencies import choose_dependencies, places_of
from .facts import Bound, FactName, Facts, Reason
from .layout import Layout, find_layout
from .manifests import Manifest, read_manifests
from .python_source import module_name
from .references import Reference, find_references, matches, nearness
from .tree import Tree, ancestors, join, parent, relative

_LAYER_FILES = (
    "database.py", "database_settings.py", "models.py", "row_level_security.py", "seeds.py",
)  # fmt: skip
_LAYER_DIRECTORIES = ("database", "models")


@dataclass(slots=True)
class _Choice:
    """One application with the project it belongs to."""

    application: Application
    root: str
    score: float


def inspect_tree(tree: Tree) -> Facts:
    """Find out about the project in `tree`."""
    paths = [path for path in tree.files() if path.endswith(".py")]
    sources = Sources(tree, paths)
    applications = find_applications(sources)
    references = find_references(tree, paths)
    manifests: dict[str, list[Manifest]] = {}

    def manifests_in(directory: str) -> list[Manifest]:
        if directory not in manifests:
            manifests[directory] = read_manifests(tree, directory)
        return manifests[directory]

    choices = sorted(
        (
            _Choice(app, _project_root(app, manifests_in), _score(app, references))
            for app in applications
        ),
        key=lambda c: (-c.score, c.application.file.count("/"), c.application.file),
    )
    if not choices:
        return _without_application(tree, manifests_in(""))
    best = choices[0]
    root = best.root
    own = manifests_in(root)
    dependencies = choose_dependencies(tree, root, own)
    requirements = _requirements(own, dependencies.manifest)
    served = _served(best.application, references)
    entry = served.file if served else best.application.file
    layout = find_layout(sources, root, best.application, entry, references, requirements)
    database = find_database(sources, root, layout.base, layout.package_dir, set(requirements))
    near = [c for c in choices[1:] if c.score >= best.score - 1 and c.root != root]
    unsure: list[FactName] = []
    if not layout.sure or near:
        unsure.append("package_dir")
    if any(c.score >= best.score - 1 for c in choices[1:]):
        unsure.append("app_file")
    if not dependencies.sure:
        unsure.append("dependency_file")
    pyproject = next((m for m in own if m.kind == "pyproject"), None)
    tests_dir = find_tests_dir(tree, root, layout.package_dir)
    manifest = dependencies.manifest
    app_object = None
    factory = False
    if served:
        app_object = f"{module_name(served.file, layout.base)}:{served.name}"
    elif best.application.kind == "factory":
        factory = True
        app_object = f"{module_name(best.application.file, layout.base)}:{best.application.name}"
    return Facts(
        project_root=root or ".",
        package_dir=relative(layout.package_dir, root),
        import_path=layout.import_path,
        app_file=relative(best.application.file, root),
        app_object=app_object,
        app_factory=factory,
        app_object_file=relative(entry, root),
        dependency_file=relative(manifest.file, root) if manifest else None,
        dependency_manager=dependencies.manager,
        database=database.database,
        confident="package_dir" not in unsure,
        candidates=tuple(relative(d, root) for d in layout.others),
        app_files=tuple(
            dict.fromkeys(relative(c.application.file, root) for c in choices[1:] if c.root == root)
        ),
        project_roots=tuple(dict.fromkeys(c.root or "." for c in choices if c.root != root)),
        dependency_files=tuple(relative(m.file, root) for m in dependencies.others),
        unsure=tuple(unsure),
        requires_python=_requires_python(own, manifest),
        fastapi=requirements.get("fastapi"),
        sqlalchemy_bound=requirements.get("sqlalchemy"),
        requirements=requirements,
        dependency_places=places_of(manifest, root, own),
        tests_dir=tests_dir,
        pytest=find_pytest(
            tree,
            root,
            layout.base,
            tests_dir,
            pyproject,
            _declared(own),
            installed=pyproject is not None and bool(pyproject.table("build-system")),
        ),
        code_style=find_code_style(tree, root, pyproject),
        existing_layer=tuple(database.findings),
        taken_names=_taken(tree, root, layout),
        problems=tuple(m.problem for m in own if m.problem),
        reasons=tuple(_reasons(best, layout, root)),
    )


def _project_root(application: Application, manifests_in: object) -> str:
    assert callable(manifests_in)
    fallback: str | None = None
    for directory in ancestors(parent(application.file)):
        found: list[Manifest] = [m for m in manifests_in(directory) if m.is_project]
        if any(m.bound("fastapi") for m in found):
            return directory
        if found and fallback is None:
            fallback = directory
    return fallback or ""


def _score(application: Application, references: Iterable[Reference]) -> float:
    score = 0.0
    files = {application.file, *(served.file for served in application.served)}
    for file in files:
        score = max(score, entry_weight(file))
    score += min(application.wired, 6) * 0.5
    score += 1 if any(served.name == "app" for served in application.served) else 0
    score -= 12 if application.mounted else 0
    score -= 8 if roles.is_side(application.file) else 0
    named = 0.0
    for reference in references:
        for file in files:
            if matches(reference, file) is not None and nearness(reference, file):
                named = max(named, reference.weight * nearness(reference, file))
    return score + named - application.file.count("/") * 0.25


def _served(application: Application, references: list[Reference]) -> Served | None:
    def rank(served: Served) -> tuple[bool, int]:
        named = any(
            r.name == served.name and matches(r, served.file) is not None for r in references
        )
        return (not named, -entry_weight(served.file))

    return min(application.served, key=rank, default=None)


def _requirements(own: list[Manifest], chosen: Manifest | None) -> dict[str, Bound]:
    merged: dict[str, Bound] = {}
    ordered = sorted(own, key=lambda m: m is not chosen)
    for manifest in ordered:
        for name, bound in manifest.declared.items():
            merged.setdefault(name, bound)
    for manifest in ordered:
        for name, bound in manifest.optional.items():
            merged.setdefault(name, bound)
    return merged


def _declared(own: list[Manifest]) -> set[str]:
    return {name for manifest in own for name in (*manifest.declared, *manifest.optional)}


def _requires_python(own: list[Manifest], chosen: Manifest | None) -> Bound | None:
    ordered = sorted(own, key=lambda m: m is not chosen)
    return next((m.requires_python for m in ordered if m.requires_python), None)


def _taken(tree: Tree, root: str, layout: Layout) -> tuple[str, ...]:
    package = layout.package_dir
    taken = [join(package, n) for n in _LAYER_FILES if tree.has_file(join(package, n))]
    taken += [join(package, n) for n in _LAYER_DIRECTORIES if tree.has_directory(join(package, n))]
    if tree.has_directory(join(root, "alembic")):
        taken.append(join(root, "alembic"))
    if tree.has_file(join(root, "alembic.ini")):
        taken.append(join(root, "alembic.ini"))
    return tuple(relative(path, root) for path in taken)


def _reasons(best: _Choice, layout: Layout, root: str) -> Iterable[Reason]:
    app = best.application
    file = relative(app.file, root)
    yield Reason("app_file", "builds the FastAPI application", file, app.line)
    yield Reason("package_dir", layout.why, file, app.line)
    if layout.base_file:
        yield Reason(
            "import_path",
            "imports are written this way",
            relative(layout.base_file, root),
            layout.base_line,
        )


def _without_application(tree: Tree, own: list[Manifest]) -> Facts:
    dependencies = choose_dependencies(tree, "", own)
    requirements = _requirements(own, dependencies.manifest)
    manifest = dependencies.manifest
    return Facts(
        project_root=".",
        package_dir=".",
        import_path="",
        app_file=None,
        app_object=None,
        app_factory=False,
        dependency_file=manifest.file if manifest else None,
        dependency_manager=dependencies.manager,
        database=find_database(Sources(tree, []), "", "", "", set(requirements)).database,
        confident=False,
        candidates=(),
        unsure=("package_dir", "app_file"),
        requires_python=_requires_python(own, manifest),
        fastapi=requirements.get("fastapi"),
        sqlalchemy_bound=requirements.get("sqlalchemy"),
        requirements=requirements,
        dependency_places=places_of(manifest, "", own),
        problems=tuple(m.problem for m in own if m.problem),
        reasons=(Reason("app_file", "no Python file here builds a FastAPI application"),),
    )
