"""Adding requirements to a Pipfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .requirement_tables import Spot
from .toml_requirements import decide_for, read_toml, write_requirements

if TYPE_CHECKING:
    from .requirement import Merge, Needs

NAME = "Pipfile"

_SPOTS = (Spot(("packages",), "table", "main"), Spot(("dev-packages",), "table", "dev"))


def merge(content: str, needs: Needs) -> Merge:
    """Add the requirements that a Pipfile does not have yet.

    Args:
        content: the file.
        needs: what the layer needs: for `[packages]`, and for `[dev-packages]`.

    Raises:
        MergeError: the file is no TOML, or a table is written in a way that cannot be added to.
    """
    source = read_toml(content, NAME)
    decision = decide_for(source, _SPOTS, needs, NAME)
    after = write_requirements(source, decision, *_SPOTS, NAME)
    return decision.merge(after)
