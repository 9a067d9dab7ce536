"""What to say where inspection cannot decide: what to choose from, in the form of the answer."""

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
    """Whether a person has to answer: what follows from another answer is not asked."""
    return UNSURE[name] in facts.unsure


def choices_for(name: str, facts: Facts) -> tuple[str, ...]:
    """What the answer could be, best first; empty where nothing is known to choose from."""
    choices = {
        "db_package_dir": (facts.package_dir, *facts.candidates),
        "db_import_path": (facts.import_path, *facts.import_paths),
        "db_app_file": (facts.app_file or "", *facts.app_files),
        "db_app_object": (),
        "db_dependency_file": (facts.dependency_file or "", *facts.dependency_files),
    }[name]
    return tuple(dict.fromkeys(choices))


def questions_left_open(facts: Facts, given: Mapping[str, object]) -> Iterator[str]:
    """A sentence for each question that nobody is there to answer."""
    for name in UNSURE:
        if not is_open(name, facts) or name in given:
            continue
        yield f"{name} is not clear from the project: say which with -d {name}=… " + (
            f"({_listed(choices_for(name, facts))})."
            if choices_for(name, facts)
            else "(module:object, such as app.main:app)."
        )


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choice or "or empty for top-level modules" for choice in choices)


def lies_elsewhere(facts: Facts, project: Path) -> str:
    """Say where the application is, or are, if not in the directory that was given."""
    meant = project / facts.project_root
    here = ""
    if "." in facts.project_roots:
        here = f"; for the one in {project} itself, name its file with -d db_app_file=…"
    if "project_root" not in facts.unsure:
        return (
            f"The FastAPI project lies in {facts.project_root}: run this with {meant} as the "
            f"destination{here}."
        )
    places = [facts.project_root, *(root for root in facts.project_roots if root != ".")]
    return (
        f"FastAPI projects lie in {', '.join(places)}: run this with the one that is meant as "
        f"the destination, such as {meant}{here}."
    )
