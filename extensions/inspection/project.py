"""Putting the facts of one project together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .candidates import Candidate, find_candidates, served_factory, served_object
from .database import DatabaseFacts, find_database
from .dependencies import choose_dependencies, places_of
from .facts import Bound, FactName, Facts, Reason
from .layout import Layout, find_layout
from .manifests import ManifestReader, package_names
from .python_source import module_name
from .references import Reference, find_references
from .roles import Role
from .sources import Sources
from .tooling import find_code_style, find_pytest, find_tests_dir
from .tree import Tree, is_within, join, parent, relative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .applications import Served
    from .manifest import Manifest

_LAYER_FILES = (
    "database.py", "database_settings.py", "models.py", "row_level_security.py", "seeds.py",
)  # fmt: skip
_LAYER_DIRECTORIES = ("database", "models")
# How far another application's score may lie below the best one's and still be a rival: in the
# same package, in another package or project, and in a project that stands by itself.
_CLOSE, _MARGIN, _SERVICE_MARGIN = 1.0, 2.5, 4.0


def inspect_tree(tree: Tree) -> Facts:
    """Find out about the project in `tree`."""
    sources = Sources(tree)
    references = find_references(sources)
    reader = ManifestReader(tree)
    candidates = find_candidates(sources, references, reader)
    if not candidates:
        return _without_application(sources, reader)
    return _with_application(sources, references, reader, candidates)


def _with_application(
    sources: Sources, references: list[Reference], reader: ManifestReader, ranked: list[Candidate]
) -> Facts:
    tree = sources.tree
    best = ranked[0]
    root, application = best.root, best.application
    manifests = reader.project(root, parent(application.file))
    dependencies = choose_dependencies(tree, root, manifests)
    manifest = dependencies.manifest
    requirements = _requirements(manifests, manifest, root)
    names = package_names(manifests)
    layout = find_layout(sources, root, application, best.base, names)
    database = find_database(sources, root, layout.base, layout.package_dir, set(requirements))
    served = served_object(application, references)
    unsure = _unsure(ranked, layout)
    problems = [m.problem for m in manifests if m.problem]
    if best.is_package:
        problems.append(_lies_in_package(best))
    tests_dir = find_tests_dir(tree, root, layout.package_dir)
    factory = None if served else served_factory(application, references)
    shown = served or factory
    object_file = shown.file if shown else application.file
    app_object = f"{module_name(shown.file, layout.base)}:{shown.name}" if shown else None
    others = [c for c in ranked[1:] if c.root == root and c.application.file != application.file]
    reasons = [
        *_reasons(best, served, layout, root),
        *dependencies.reasons,
        *database.reasons,
    ]
    return Facts(
        project_root=root or ".",
        package_dir=relative(layout.package_dir, root),
        import_path=layout.import_path,
        app_file=relative(application.file, root),
        app_object=app_object,
        app_factory=factory is not None,
        app_object_file=relative(object_file, root),
        dependency_file=relative(manifest.file, root) if manifest else None,
        dependency_manager=dependencies.manager,
        database=database.database,
        confident="package_dir" not in unsure,
        candidates=_offered(layout, ranked, root),
        app_files=tuple(dict.fromkeys(relative(c.application.file, root) for c in others)),
        project_roots=tuple(dict.fromkeys(c.root or "." for c in ranked if c.root != root)),
        dependency_files=tuple(relative(m.file, root) for m in dependencies.others),
        unsure=tuple(unsure),
        requires_python=_requires_python(manifests, manifest, root),
        fastapi=requirements.get("fastapi"),
        sqlalchemy_bound=requirements.get("sqlalchemy"),
        requirements=requirements,
        dependency_places=places_of(manifest, root, manifests),
        tests_dir=tests_dir,
        pytest=find_pytest(tree, root, layout.base, tests_dir, manifests, manifest),
        code_style=find_code_style(tree, root, manifests),
        existing_layer=tuple(database.findings),
        taken_names=_taken(tree, root, layout),
        problems=tuple(_shown(problem, root) for problem in problems),
        reasons=tuple(reasons),
    )  # fmt: skip


def _lies_in_package(best: Candidate) -> Reason:
    reason = best.base.reason
    text = (
        f"{reason.text}, so the directory is itself a package, which is imported from the one "
        "above: run this with that one as the destination"
    )
    return Reason("project_root", text, reason.file, reason.line)


def _unsure(ranked: list[Candidate], layout: Layout) -> list[FactName]:
    """The facts for which another application than the best one is nearly as likely."""
    best = ranked[0]
    unsure: list[FactName] = []
    elsewhere = any(
        candidate.score >= best.score - _margin(candidate, best)
        for candidate in ranked[1:]
        if candidate.root != best.root
    )
    if elsewhere:
        unsure.append("project_root")
    beside = [c for c in ranked[1:] if c.root == best.root]
    other_package = any(
        c.score >= best.score - _MARGIN and not is_within(c.application.file, layout.package_dir)
        for c in beside
    )
    if unsure or other_package or best.is_package or not layout.sure:
        unsure.append("package_dir")
    files = best.application.files
    if elsewhere or any(
        c.score >= best.score - _CLOSE and c.application.file not in files for c in beside
    ):
        unsure.append("app_file")
    return unsure


def _margin(candidate: Candidate, best: Candidate) -> float:
    """How far below the best one an application of another project may lie as its rival.

    One that a command starts, or that has a project of its own inside the best one's, stands by
    itself, and may well be the one that is meant.
    """
    started = candidate.reference is not None and candidate.reference.weight > 1
    stands_alone = started or is_within(candidate.root, best.root)
    return _SERVICE_MARGIN if stands_alone else _MARGIN


def _offered(layout: Layout, ranked: list[Candidate], root: str) -> tuple[str, ...]:
    """The other package directories worth offering, best first."""
    offered = [relative(path, root) for path in layout.others if path != layout.package_dir]
    for candidate in ranked[1:]:
        if candidate.root != root:
            place = candidate.package_guess
            offered.append(relative(place, root))
    return tuple(dict.fromkeys(offered))


def _requirements(
    manifests: list[Manifest], chosen: Manifest | None, root: str
) -> dict[str, Bound]:
    """Every declared requirement; the chosen file's and the application's own come first."""
    merged: dict[str, Bound] = {}
    ordered = sorted(manifests, key=lambda m: m is not chosen)
    for declared in (*(m.declared for m in ordered), *(m.optional for m in ordered)):
        for name, bound in declared.items():
            if name not in merged:
                merged[name] = replace(bound, file=relative(bound.file, root))
    return merged


def _requires_python(manifests: list[Manifest], chosen: Manifest | None, root: str) -> Bound | None:
    ordered = sorted(manifests, key=lambda m: m is not chosen)
    bound = next((m.requires_python for m in ordered if m.requires_python), None)
    return replace(bound, file=relative(bound.file, root)) if bound else None


def _taken(tree: Tree, root: str, layout: Layout) -> tuple[str, ...]:
    package = layout.package_dir
    taken = [join(package, n) for n in _LAYER_FILES if tree.has_file(join(package, n))]
    taken += [join(package, n) for n in _LAYER_DIRECTORIES if tree.has_directory(join(package, n))]
    if tree.has_directory(join(root, "alembic")):
        taken.append(join(root, "alembic"))
    if tree.has_file(join(root, "alembic.ini")):
        taken.append(join(root, "alembic.ini"))
    return tuple(dict.fromkeys(relative(path, root) for path in taken))


def _reasons(best: Candidate, served: Served | None, layout: Layout, root: str) -> Iterator[Reason]:
    application = best.application
    file = relative(application.file, root)
    yield Reason("project_root", best.root_why, best.root_file and relative(best.root_file, root),
                 best.root_line)  # fmt: skip
    yield Reason("package_dir", layout.why, file, application.line)
    if layout.base_reason:
        yield _shown(layout.base_reason, root)
    yield Reason("app_file", "the FastAPI application is built here", file, application.line)
    if served:
        yield Reason(
            "app_object", f"`{served.name}` holds it", relative(served.file, root), served.line
        )
    if best.reference:
        reference = best.reference
        yield Reason("app_object", reference.text, relative(reference.file, root), reference.line)


def _shown(reason: Reason, root: str) -> Reason:
    """`reason` with its file as seen from the project's root."""
    if reason.file is None:
        return reason
    return replace(reason, file=relative(reason.file, root))


def _without_application(sources: Sources, reader: ManifestReader) -> Facts:
    tree = sources.tree
    manifests = reader.directory("")
    dependencies = choose_dependencies(tree, "", manifests)
    requirements = _requirements(manifests, dependencies.manifest, "")
    manifest = dependencies.manifest
    mentioned = next(sources.mentioning(sources.modules(without=Role.FOREIGN), b"fastapi"), None)
    traces = mentioned is not None or "fastapi" in requirements
    database = find_database(sources, "", "", "", set(requirements)) if traces else DatabaseFacts()
    text = "no module here builds a FastAPI application"
    return Facts(
        project_root=".",
        package_dir=".",
        import_path="",
        app_file=None,
        app_object=None,
        app_factory=False,
        dependency_file=manifest.file if manifest else None,
        dependency_manager=dependencies.manager,
        database=database.database,
        confident=not traces,
        candidates=(),
        unsure=("package_dir", "app_file") if traces else (),
        requires_python=_requires_python(manifests, manifest, ""),
        fastapi=requirements.get("fastapi"),
        sqlalchemy_bound=requirements.get("sqlalchemy"),
        requirements=requirements,
        dependency_places=places_of(manifest, "", manifests),
        problems=tuple(m.problem for m in manifests if m.problem),
        reasons=(Reason("app_file", text), *dependencies.reasons),
    )
