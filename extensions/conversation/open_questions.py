"""Questions that inspection leaves open, and their choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ..inspection import Facts

UNSURE = {
    "db_package_dir": "package_dir",
    "db_import_path": "import_path",
    "db_app_file": "app_file",
    "db_app_object": "app_object",
    "db_dependency_file": "dependency_file",
}
"""The fact that each question is about."""


def is_open(name: str, facts: Facts) -> bool:
    """Whether the question has to be asked, because inspection cannot decide it."""
    return UNSURE[name] in facts.unsure


def choices_for(name: str, facts: Facts) -> tuple[str, ...]:
    """The candidates for the answer, best first; empty if there are none."""
    choices = {
        "db_package_dir": (facts.package_dir, *facts.candidates),
        "db_import_path": (facts.import_path, *facts.import_paths),
        "db_app_file": (facts.app_file or "", *facts.app_files),
        "db_app_object": (),
        "db_dependency_file": (facts.dependency_file or "", *facts.dependency_files),
    }[name]
    return tuple(dict.fromkeys(choices))


def questions_left_open(facts: Facts, answers: Mapping[str, object]) -> Iterator[str]:
    """A message for each open question, for a copy without prompts.

    Args:
        facts: the facts from inspection.
        answers: the answers from the command line.
    """
    for name in UNSURE:
        if not is_open(name, facts) or name in answers:
            continue
        yield f"{name} is not clear from the project: set it with -d {name}=… " + (
            f"({_listed(choices_for(name, facts))})."
            if choices_for(name, facts)
            else "(module:object, such as app.main:app)."
        )


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choice or "or empty for top-level modules" for choice in choices)


def lies_elsewhere(facts: Facts, project: Path) -> str:
    """The message for a destination whose FastAPI projects are in subdirectories."""
    directory = project / facts.project_root
    here = ""
    if "." in facts.project_roots:
        here = f"; for the one in {project} itself, set its file with -d db_app_file=…"
    if "project_root" not in facts.unsure:
        return (
            f"The FastAPI project is in {facts.project_root}: run this with {directory} as the "
            f"destination{here}."
        )
    roots = [facts.project_root, *(root for root in facts.project_roots if root != ".")]
    return (
        f"There are FastAPI projects in {', '.join(roots)}: run this with one of them as "
        f"the destination, such as {directory}{here}."
    )
