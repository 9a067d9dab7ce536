"""A requirements file by itself, without those that it takes in."""

from extensions.project_files.decision import decide
from extensions.project_files.requirement import Merge, Needs
from extensions.project_files.requirements_txt import declared, write_requirements


def merge(content: str, needs: Needs, *, path: str = "requirements.txt") -> Merge:
    """Add the requirements that one file does not have yet."""
    decision = decide(declared(content, path=path), needs, path=path)
    edits = decision.missing, decision.renewed, decision.raised
    return decision.merge(write_requirements(content, *edits, path=path))
