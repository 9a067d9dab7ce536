"""Adding requirements to a Pipfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .places import Spot
from .pyproject import decide_for, read_toml, write_requirements
from .toml_source import get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Conflict
    from .toml_source import TomlSource

NAME = "Pipfile"

_PACKAGES = Spot(("packages",), "table", "main")
_DEV_PACKAGES = Spot(("dev-packages",), "table", "dev")


def add_dependencies(
    content: str, *, main: Sequence[str], dev: Sequence[str] = (), earlier: Sequence[str] = ()
) -> str:
    """Add the requirements that a Pipfile does not have yet.

    Args:
        content: the file.
        main: what the running application needs, as PEP 508: for `[packages]`.
        dev: what tests and migrations need, as PEP 508: for `[dev-packages]`.
        earlier: what earlier versions of the template added. Such a text is renewed, and one
            that is gone stays out.

    Raises:
        MergeError: the file is no TOML or its tables are written in an uncommon way.
    """
    source = read_toml(content, NAME)
    decision = decide_for(source, _spots(source), main, dev, earlier, NAME)
    return write_requirements(source, decision, _PACKAGES, _DEV_PACKAGES, NAME)


def find_conflicts(
    content: str,
    *,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
    path: str = NAME,
) -> list[Conflict]:
    """The requirements of a Pipfile that exclude what the layer needs.

    Raises:
        MergeError: the file is no TOML.
    """
    source = read_toml(content, path)
    return decide_for(source, _spots(source), main, dev, earlier, path).conflicts


def _spots(source: TomlSource) -> list[Spot]:
    return [
        spot for spot in (_PACKAGES, _DEV_PACKAGES) if isinstance(get(source.data, spot.path), dict)
    ]
