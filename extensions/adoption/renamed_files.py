"""Find a file of the user's that has another name than when it was changed, as git does."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..inspection.tree import Tree
from .three_way_merge import similarity

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_ENOUGH = 0.6
"""The share of its lines that a renamed file has still."""


def renamed_file(
    project: Path, name: str, text: str, *, without: Collection[str] = ()
) -> str | None:
    """Return where a file is now that is not in its place any more; None where nothing tells.

    Args:
        project: the project's directory.
        name: the file as it was called.
        text: what it held after it was changed.
        without: files that it cannot be.
    """
    tree = Tree(project)
    suffix = PurePosixPath(name).suffix
    found = [
        (share, file)
        for file in tree.files()
        if file.endswith(suffix)
        and file not in without
        and (share := similarity(text, tree.text(file))) >= _ENOUGH
    ]
    best = sorted(found, reverse=True)[:2]
    is_alone = len(best) == 1 or (len(best) > 1 and best[0][0] > best[1][0])
    return best[0][1] if is_alone else None
