"""The report printed after an undo."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..adoption.undo import Undone
    from ..answers import Answers

MAX_IMPORTERS = 10


def report(undone: Undone, answers: Answers) -> str:
    """What was undone, and what was kept and why."""
    return "".join(f"{line}\n" for line in ("", *_lines(undone, answers)))


def _lines(undone: Undone, answers: Answers) -> Iterator[str]:
    if undone.failures:
        yield "The undo is incomplete; fix these problems and run it again:"
        yield from (f"  {failure}" for failure in undone.failures)
        if not undone.removed:
            return
    else:
        yield "The database layer was removed."
    yield f"Removed   {_count(undone.removed)}"
    if undone.restored:
        yield f"Restored  {', '.join(undone.restored)}"
    if undone.cleaned:
        yield f"Edited    {', '.join(undone.cleaned)}: the layer's lines were removed"
    if undone.edited:
        yield "Kept, because you have edited them:"
        yield from (f"  {name}" for name in undone.edited)
    for name, lines in undone.left.items():
        yield f"Not found unchanged in {name}; check whether you can remove them:"
        yield from (f"  {line}" for line in lines)
    for name, conflicts in undone.conflicts.items():
        yield f"You have edited lines of {name} that were changed; they stay. Before the layer:"
        for conflict in conflicts:
            yield f"  line {conflict.line}:"
            yield from (f"    {line}" for line in _dedented(conflict.former) or ("(nothing)",))
    if undone.unfinished:
        yield "These lines of yours need what is gone:"
        yield from (f"  {place}" for place in undone.unfinished)
    if undone.others:
        yield "Kept, because they were created later (their tables are still in the database):"
        yield from (f"  {name}" for name in undone.others)
    if undone.importers:
        yield "These import removed modules:"
        yield from (f"  {place}" for place in undone.importers[:MAX_IMPORTERS])
        if len(undone.importers) > MAX_IMPORTERS:
            yield f"  and {len(undone.importers) - MAX_IMPORTERS} more"
    yield from undone.notes
    if answers.dependency_file in (*undone.restored, *undone.cleaned):
        yield "The lock file and installed packages are unchanged: lock and install again."


def _dedented(lines: Sequence[str]) -> list[str]:
    return textwrap.dedent("\n".join(lines)).splitlines()


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} file{'' if len(names) == 1 else 's'}"
