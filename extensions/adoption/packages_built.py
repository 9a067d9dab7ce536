"""What setuptools builds from a project that has directories of the layer beside its package."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..project_files.encoding import Text, decode, text_of
from ..project_files.gitignore_exceptions import holds_only
from ..project_files.requirement import Change, MergeError
from ..project_files.setuptools_packages import (
    builds_with_setuptools,
    discovered,
    is_explicit,
    keep_out,
)
from ..project_paths import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..answers import Answers

MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")


@dataclass(frozen=True, slots=True)
class Packages:
    """What becomes of the list of packages; nothing is written yet."""

    changes: Sequence[Change]
    """All that were planned, with that of pyproject.toml brought up to date."""
    notes: Sequence[str] = ()


def keep_layer_out(
    project: Path, answers: Answers, files: Sequence[str], changes: Sequence[Change]
) -> Packages:
    """Have setuptools build the packages that it has built before the layer came.

    Args:
        project: the project's directory.
        answers: what the user has answered.
        files: the layer's own, relative to the project.
        changes: those that are planned.
    """
    path = project / "pyproject.toml"
    planned = next((change for change in changes if change.path == path), None)
    before = read(project, path.name)
    text = decode(planned.after if planned else before or b"")
    own = frozenset(files)
    tops = {name.partition("/")[0] for name in files if "/" in name}
    new = {name for name in tops if holds_only(project, name, own)}
    try:
        if not _is_built(answers, text, exists=before is not None):
            return Packages(changes)
        directories = [path.name for path in project.iterdir() if path.is_dir()]
        explicit = "src" in directories or is_explicit(
            text_of(project, "setup.cfg") + text_of(project, "setup.py")
        )
        packages = discovered(set(directories) - new)
        package = packages[0] if len(packages) == 1 and not explicit else None
        if before is None:
            missed = package is not None and bool(discovered(new))
            return Packages(changes, [_by_hand(answers, package, new)] if missed else [])
        after = keep_out(text.content, package=package, new=new)
    except MergeError as error:
        return Packages(changes, [f"{error}; keep {_listed(new)} out of its packages."])
    if after == text.content:
        return Packages(changes)
    change = Change.between(path, before, text.encode(after))
    if planned:
        change = replace(change, raised=planned.raised)
    return Packages([*(change for change in changes if change is not planned), change])


def _is_built(answers: Answers, text: Text, *, exists: bool) -> bool:
    by_default = (
        answers.dependency_manager in ("setuptools", "pip") and answers.dependency_file in MANIFESTS
    )
    return builds_with_setuptools(text.content, by_default=by_default) if exists else by_default


def _by_hand(answers: Answers, package: str | None, new: set[str]) -> str:
    file = answers.dependency_file
    lines = (
        f'    packages=find_packages(include=["{package}*"]),'
        if file == "setup.py"
        else f"    [options]\n    packages = find:\n    [options.packages.find]\n"
        f"    include = {package}*"
    )
    return f"setuptools refuses to build {_listed(new)} beside {package}; add to {file}:\n{lines}"


def _listed(names: set[str]) -> str:
    return " and ".join(f"{name}/" for name in sorted(names))
