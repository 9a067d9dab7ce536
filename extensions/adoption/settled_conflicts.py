"""Conflicts of an update that no person has to look at.

Git merges by lines: it has a conflict wherever both sides change neighbouring ones, also where one
of them has only run a formatter, where each adds a name to the same list, or where a method stands
below the field that goes.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from ..project_files.encoding import decode
from .deleted_files import conflicting_versions, settle
from .leftover_imports import Module
from .package_exports import merge_exports
from .same_content import is_same
from .three_way_merge import take_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    models = PurePosixPath(answers.layer_dir, "models")
    if PurePosixPath(path).parent != models:
        return ""
    text = decode(edited)
    texts = decode(base).content, text.content, decode(new).content
    if path.endswith("/__init__.py"):
        module = Module.of(path, answers.import_base)
        merged = merge_exports(*texts, module) if module else None
    else:
        merged = merge_declarations(*texts)
    if merged is None:
        return ""
    settle(project, path, text.encode(merged))
    return "merged"


def merge_declarations(base: str, edited: str, new: str) -> str | None:
    """Carry the template's change of a module of models over to the edited module.

    What both sides add at one place is kept, the template's first: the order of declarations has
    no meaning, unlike that of the statements of a function.

    Args:
        base: the module as the template made it.
        edited: what the user made of that.
        new: what the template makes now.

    Returns:
        The content; None where both have changed a line or added the same one, or where a class
        would have a name twice.
    """
    there = _lines(base)
    of_user, of_template = (_lines(text) - there for text in (edited, new))
    # Lines of brackets alone are no sign that both have made the same change.
    if any(re.search(r"\w", line) for line in of_user & of_template):
        return None
    merged = take_out(base, new, edited, by_words=False)
    try:
        twice = [_named_twice(text) for text in (merged.text, edited, new)]
    except (SyntaxError, ValueError, RecursionError):
        return None
    return None if merged.conflicts or twice[0] - twice[1] - twice[2] else merged.text


def _lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip())


def _named_twice(text: str) -> set[tuple[str, str]]:
    """The names that a class, or the module, has more than once, each with the class's."""
    tree = ast.parse(text)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bodies = [("", tree.body), *((node.name, node.body) for node in classes)]
    named = Counter((owner, name) for owner, body in bodies for name in _names(body))
    return {key for key, number in named.items() if number > 1}


def _names(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.AnnAssign):
            yield ast.unparse(statement.target)
        elif isinstance(statement, ast.Assign):
            yield from map(ast.unparse, statement.targets)
        elif isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield statement.name
