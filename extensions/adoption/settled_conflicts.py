"""Conflicts of an update that no person has to look at.

Git merges by lines: it has a conflict wherever both sides change neighbouring ones, also where one
of them has only run a formatter, or where each adds a name to the same list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..project_files.encoding import decode
from .deleted_files import conflicting_versions, settle
from .leftover_imports import Module
from .package_exports import merge_exports
from .same_content import is_same

if TYPE_CHECKING:
    from pathlib import Path

    from ..answers import Answers

Settled = Literal["formatted", "kept", "merged", ""]


def settle_conflict(project: Path, path: str, answers: Answers) -> Settled:
    """Write what a conflicted file becomes, where that can be told.

    Args:
        project: the project's directory.
        path: the file, relative to it.
        answers: what the project records.

    Returns:
        "formatted" where the user had done no more than that, and the file is as the template has
        it now; "kept" where the file was the user's before the template made one; "" where the
        conflict stays.
    """
    versions = conflicting_versions(project, path)
    if not versions:
        return ""
    base, edited, new = versions
    if edited is None or new is None:
        return ""
    # Copier gives git an empty file for one that the former version did not have.
    if not base:
        settle(project, path, edited)
        return "kept"
    if is_same(path, edited, base):
        settle(project, path, new)
        return "formatted"
    if is_same(path, edited, new):
        settle(project, path, edited)
        return "merged"
    module = Module.of(path, answers.import_base)
    if not module or module.name != answers.module("models"):
        return ""
    text = decode(edited)
    merged = merge_exports(decode(base).content, text.content, decode(new).content, module)
    if merged is None:
        return ""
    settle(project, path, text.encode(merged))
    return "merged"
