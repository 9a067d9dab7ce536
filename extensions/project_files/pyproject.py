"""Adding requirements to a pyproject.toml, whichever tool reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .requirement import Merge
from .requirement_tables import dev_spot, main_spot, read_spots
from .toml_requirements import decide_for, read_toml, write_requirements
from .toml_text import get

if TYPE_CHECKING:
    from .requirement import Needs

NAME = "pyproject.toml"


def merge(content: str, needs: Needs, *, manager: str) -> Merge:
    """Add the requirements that a pyproject.toml does not have yet.

    Args:
        content: the file.
        needs: what the layer needs.
        manager: uv, poetry, pdm, pip, setuptools, hatch, rye or pixi.

    Raises:
        MergeError: the file is no TOML or has no place for requirements.
    """
    merged = Merge(content)
    for number in range(len(read_spots(read_toml(content, NAME).data, manager))):
        merged = _merge_into(merged, needs, manager, number)
    return merged


def _merge_into(merged: Merge, needs: Needs, manager: str, number: int) -> Merge:
    """Add the requirements for one of the ways to install the application."""
    source = read_toml(merged.content, NAME)
    found = read_spots(source.data, manager)[number]
    decision = decide_for(source, found, needs, NAME)
    groups = {item.group for item in decision.missing}
    main = main_spot(source.data, manager, found) if "main" in groups else None
    dev = dev_spot(source.data, manager, found) if "dev" in groups else None
    return merged.then(decision.merge(write_requirements(source, decision, main, dev, NAME)))


def requirements_file(content: str) -> str | None:
    """The requirements file that setuptools takes a project's dependencies from, if it does."""
    source = read_toml(content, NAME)
    dynamic = get(source.data, ("project", "dynamic"))
    if not isinstance(dynamic, list) or "dependencies" not in dynamic:
        return None
    files = get(source.data, ("tool", "setuptools", "dynamic", "dependencies", "file"))
    names = cast("list[object]", files if isinstance(files, list) else [files])
    return next((name for name in names if isinstance(name, str)), None)
