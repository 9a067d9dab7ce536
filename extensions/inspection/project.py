"""Putting the facts of one project together."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from .candidates import Candidate, find_candidates, served_factory, served_object
from .database import DatabaseFacts, find_database
from .dependency_choice import choose_dependencies
from .facts import Bound, FactName, Facts, Given, Reason
from .layout import Layout, find_layout, given_layout, packages_to_offer
from .manifests import ManifestReader, is_development_file, package_names
from .python_source import module_name, package_of
from .references import Reference, find_references
from .roles import Role
from .sources import Sources
from .tooling import find_code_style, find_pytest, find_tests_dir
from .tree import Tree, is_within, parent, relative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .applications import Served
    from .manifests import Manifest

# How far another application's score may lie below the best one's and still be a rival: in the
# same package, in another package or project, and in a project that stands by itself.
_CLOSE, _MARGIN, _SERVICE_MARGIN = 1.0, 2.5, 4.0
# How far the application of the inspected directory itself may lie below one of a directory in
# it: a person has chosen the directory.
_HERE_MARGIN = 4.0
_MAX_OFFERED = 15


def inspect_tree(tree: Tree, given: Given) -> Facts:
    """Find out about the project in `tree`."""
    sources = Sources(tree)
    references = find_references(sources)
    reader = ManifestReader(tree)
    candidates = find_candidates(sources, references, reader)
    if not candidates:
        return _without_application(sources, reader)
    _put_first(candidates, given)
    return _with_application(sources, references, reader, candidates, given)


def _put_first(ranked: list[Candidate], given: Given) -> None:
    """Prefer the application that a person has named, else the inspected directory's own one."""
    best = ranked[0]
    if given.app_file:
        named = (c for c in ranked if given.app_file in c.application.files)
    elif given.package_dir:
        package = "" if given.package_dir == "." else given.package_dir
        named = (c for c in ranked if is_within(c.application.file, package))
        if is_within(best.application.file, package) and not best.root:
            return
    else:
        named = (c for c in ranked if c.is_declared_at_top and c.score >= best.score - _HERE_MARGIN)
    own = sorted(named, key=lambda candidate: candidate.root != "")
    if own and (given != Given() or best.root):
        ranked.remove(own[0])
        ranked.insert(0, own[0])


def _with_application(
    sources: Sources,
    references: list[Reference],
    reader: ManifestReader,
    ranked: list[Candidate],
    given: Given,
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
    if given.package_dir and not root:
        package_dir = "" if given.package_dir == "." else given.package_dir
        layout = given_layout(layout, package_dir, best.base)
    database = find_database(sources, root, layout.base, layout.package_dir, set(requirements))
    served = served_object(application, references)
    unsure = _unsure(ranked, layout, given)
    problems = [m.problem for m in manifests if m.problem]
    if best.is_package:
        problems.append(_lies_in_package(best))
    elif manifest is None and not root:
        problems.extend(_lies_in_project(tree))
    tests_dir = find_tests_dir(tree, root, layout.package_dir, manifests)
    factory = None if served else served_factory(application, references)
    shown = served or factory
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
        import_path=layout.import_path if given.import_path is None else given.import_path,
        app_file=relative(application.file, root),
        app_object=app_object,
        app_factory=factory is not None,
        dependency_file=relative(manifest.file, root) if manifest else None,
        dependency_manager=dependencies.manager,
        database=database.database,
        confident="package_dir" not in unsure,
        candidates=_offered(sources, layout, ranked, root) if unsure else _others(layout, root),
        import_paths=_import_paths(best, layout),
        app_files=tuple(dict.fromkeys(relative(c.application.file, root) for c in others)),
        project_roots=tuple(dict.fromkeys(c.root or "." for c in ranked if c.root != root)),
        dependency_files=tuple(relative(m.file, root) for m in dependencies.others),
        unsure=tuple(unsure),
        requires_python=_requires_python(manifests, manifest, root),
        fastapi=requirements.get("fastapi"),
        requirements=requirements,
        development=_development(manifests),
        tests_dir=tests_dir,
        pytest=find_pytest(
            tree, root, layout.base, tests_dir, manifests, manifest, dependencies.manager
        ),
        code_style=find_code_style(tree, root, manifests),
        existing_layer=tuple(database.findings),
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


_ABOVE = ("pyproject.toml", "requirements.txt", "Pipfile", "setup.py")


def _lies_in_project(tree: Tree) -> Iterator[Reason]:
    """That a package without dependencies of its own was inspected, not the project it is of."""
    above = os.path.dirname(tree.root)  # noqa: PTH120 - as the tree has its root
    names = [name for name in _ABOVE if os.path.isfile(f"{above}/{name}")]  # noqa: PTH113
    if names and tree.has_file("__init__.py"):
        text = (
            f"it makes the directory a package, and {names[0]} is in the one above: "
            "run this with that one as the destination"
        )
        yield Reason("project_root", text, "__init__.py", 1)


def _unsure(ranked: list[Candidate], layout: Layout, given: Given) -> list[FactName]:
    """The facts for which another application than the best one is nearly as likely."""
    best = ranked[0]
    unsure: list[FactName] = []
    elsewhere = any(
        candidate.score >= best.score - _margin(candidate, best)
        for candidate in ranked[1:]
        if candidate.root != best.root
    )
    if best.root == "" and (given.app_file or given.package_dir):
        elsewhere = False
    if elsewhere:
        unsure.append("project_root")
    beside = [c for c in ranked[1:] if c.root == best.root]
    other_package = not given.app_file and any(
        c.score >= best.score - _MARGIN and not is_within(c.application.file, layout.package_dir)
        for c in beside
    )
    if not given.package_dir and (unsure or other_package or best.is_package or not layout.sure):
        unsure.append("package_dir")
    if not best.base.sure and given.import_path is None:
        unsure.append("import_path")
    files = best.application.files
    if given.app_file:
        if given.app_file not in files:
            unsure.append("app_object")
    elif elsewhere or any(
        c.score >= best.score - _CLOSE
        and c.application.file not in files
        and not (given.package_dir and not is_within(c.application.file, layout.package_dir))
        for c in beside
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


def _others(layout: Layout, root: str) -> tuple[str, ...]:
    others = (relative(path, root) for path in layout.others if path != layout.package_dir)
    return tuple(dict.fromkeys(others))


def _offered(
    sources: Sources, layout: Layout, ranked: list[Candidate], root: str
) -> tuple[str, ...]:
    """The other package directories worth offering, best first."""
    likely = [path for path in layout.others if path != layout.package_dir]
    elsewhere = [c.package_guess for c in ranked[1:] if c.root != root]
    possible = [
        path
        for candidate in ranked
        if candidate.root == root
        for path in packages_to_offer(sources, candidate.application, layout.base)
        if path != layout.package_dir and is_within(path, root)
    ]
    offered = dict.fromkeys([*likely, *elsewhere, *possible])
    return tuple(relative(path, root) for path in offered)[:_MAX_OFFERED]


def _import_paths(best: Candidate, layout: Layout) -> tuple[str, ...]:
    """How the package could be imported otherwise, where the imports are divided."""
    paths = (
        package_of(layout.package_dir, base)
        for base in best.base.rivals
        if is_within(layout.package_dir, base)
    )
    return tuple(path for path in dict.fromkeys(paths) if path != layout.import_path)


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


def _development(manifests: list[Manifest]) -> tuple[str, ...]:
    """The packages that only those who work on the project need."""
    needed, development = set[str](), set[str]()
    for manifest in manifests:
        if manifest.kind == "requirements" and is_development_file(manifest.file):
            development |= manifest.declared.keys()
        else:
            needed |= manifest.declared.keys() | (manifest.optional.keys() - manifest.development)
            development |= manifest.development
    return tuple(sorted(development - needed))


def _requires_python(manifests: list[Manifest], chosen: Manifest | None, root: str) -> Bound | None:
    ordered = sorted(manifests, key=lambda m: m is not chosen)
    bound = next((m.requires_python for m in ordered if m.requires_python), None)
    return replace(bound, file=relative(bound.file, root)) if bound else None


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
        requirements=requirements,
        problems=tuple(m.problem for m in manifests if m.problem),
        reasons=(Reason("app_file", text), *dependencies.reasons),
    )
