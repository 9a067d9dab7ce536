r"""What a copy does to the user's files, as data that an undo can take back.

It is one of the answers, so it travels with the project and nothing else has to. For each file
that is merged into it has a list of steps, one a copy or update that changed it:

    pyproject.toml:
      - digest: 5be1f0c2…            # of the text after the step
        inserted: [[412, "    \"alembic>=1.16\",\n"], …]

with the offset of each insertion in that text. A third item is what stood there before: the whole
lines that gave way to other whole lines. A step that made the file has `created: true` too.

The last step of a Python file has the compressed text after it: a merge needs the base to take the
step back from what has been edited since. Earlier texts follow from the later.
"""

from __future__ import annotations

import base64
import re
import zlib
from difflib import SequenceMatcher
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from ..project_files.encoding import decode
from ..project_paths import MAX_BYTES, PathError, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ..project_files.requirement import Change

Step = dict[str, Any]
DIGEST_LENGTH = 16
NEW = 2
"""The items of an insertion that nothing gave way to."""


def record(
    changes: Iterable[Change],
    *,
    project: Path,
    kept: Iterable[str],
    earlier: Mapping[str, Any],
    app_file: str = "",
) -> dict[str, Any]:
    """Add what a copy is about to do to what earlier ones did.

    Args:
        changes: those of the user's files.
        project: the project's directory.
        kept: files of the user's that lie where the template would have put one.
        earlier: the record so far; empty at the first copy.
        app_file: the application's file: what is added to it is found without its text.
    """
    steps: dict[str, list[Step]] = {
        path: list(done) for path, done in earlier.get("changed", {}).items()
    }
    for change in changes:
        name = change.path.relative_to(project).as_posix()
        done = steps.setdefault(name, [])
        step = _step(change)
        # A copy that could not write the file planned the same before.
        if step in [_without_text(last) for last in done[-1:]]:
            continue
        needs_text = name.endswith(".py") and (name != app_file or replaces_lines([*done, step]))
        _append(done, {**step, **_text_of(change)} if needs_text else step, change)
    return {"kept": earlier["kept"] if earlier else sorted(kept), "changed": steps}


def replaces_lines(steps: Iterable[Step]) -> bool:
    """Whether lines of the user's gave way to others."""
    pieces = (piece for step in steps for piece in step.get("inserted", []))
    return any(len(piece) > NEW for piece in pieces)


def _step(change: Change) -> Step:
    after = decode(change.after).content
    if change.before is None:
        return {"digest": digest(after), "created": True, "inserted": [[0, after]]}
    before = decode(change.before).content
    return {
        "digest": digest(after),
        "inserted": [list(insertion) for insertion in _inserted(before, after)],
    }


def _append(done: list[Step], step: Step, change: Change) -> None:
    before = decode(change.before or b"").content
    if done and "text" in step and digest(before) == done[-1]["digest"]:
        done[-1] = _without_text(done[-1])
    done.append(step)


def _text_of(change: Change) -> Step:
    data = zlib.compress(_bytes(decode(change.after).content), 9)
    return {"text": base64.b64encode(data).decode()}


def _without_text(step: Step) -> Step:
    return {name: value for name, value in step.items() if name != "text"}


def text_after(step: Step) -> str | None:
    """The text after a step; None where it is not recorded."""
    try:
        data = base64.b64decode(step.get("text", ""), validate=True)
        text = zlib.decompressobj().decompress(data, MAX_BYTES).decode("utf-8", "surrogatepass")
    except (ValueError, zlib.error):
        return None
    return text if digest(text) == step["digest"] else None


def read_record(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a project records; empty where it says nothing."""
    found: Mapping[str, Any] | None = answers.get("db_record")
    return found or {"kept": [], "changed": {}}


def check_record(project: Path, found: object) -> Iterator[str]:
    """What is wrong with a record that was read from a file, without full stops.

    Args:
        project: the project's directory.
        found: the record; none is fine.
    """
    if not found:
        return
    if not isinstance(found, dict):
        yield "it is not what a copy wrote"
        return
    fields = cast("dict[str, object]", found)
    kept, changed = fields.get("kept"), fields.get("changed")
    if not isinstance(kept, list) or not isinstance(changed, dict):
        yield "it is not what a copy wrote"
        return
    steps = cast("dict[object, object]", changed)
    for name in (*cast("list[object]", kept), *steps):
        try:
            inside(project, name)
        except PathError as error:
            yield f"{error}"
    for name, done in steps.items():
        listed = cast("list[object]", done) if isinstance(done, list) else [None]
        if not all(_is_step(step) for step in listed):
            yield f"what it says of {name} is not what a copy wrote"


def _is_step(step: object) -> bool:
    if not isinstance(step, dict):
        return False
    fields = cast("dict[str, object]", step)
    inserted = fields.get("inserted", [] if fields.get("created") else None)
    return (
        isinstance(fields.get("digest"), str)
        and isinstance(fields.get("text", ""), str)
        and isinstance(inserted, list)
        and all(_is_insertion(insertion) for insertion in cast("list[object]", inserted))
    )


def _is_insertion(insertion: object) -> bool:
    if not isinstance(insertion, list):
        return False
    at, *texts = cast("list[object]", insertion) or [None]
    return (
        isinstance(at, int)
        and len(texts) in {NEW - 1, NEW}
        and all(isinstance(t, str) for t in texts)
    )


def digest(text: str) -> str:
    """Tell a text from any other that it may become."""
    return sha256(_bytes(text)).hexdigest()[:DIGEST_LENGTH]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _inserted(before: str, after: str) -> Iterator[tuple[int, str] | tuple[int, str, str]]:
    old, new = lines_of(before), lines_of(after)
    offset, line = 0, 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        offset += sum(map(len, new[line:j1]))
        line = j1
        if tag == "equal":
            continue
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        start = common_start(gone, come)
        end = common_start(gone[start:][::-1], come[start:][::-1])
        piece = come[start : len(come) - end]
        if len(gone) == start + end and _is_whole(come[:start], piece, come[len(come) - end :]):
            yield offset + start, piece
        else:
            yield (offset, come, gone) if gone else (offset, come)


def _is_whole(above: str, piece: str, below: str) -> bool:
    """Whether what was put between two texts leaves no line of theirs longer."""
    if not above or above.endswith("\n"):
        return piece.endswith("\n")
    return piece.startswith(("\n", "\r\n")) and (not below or below.startswith(("\n", "\r\n")))


def common_start(text: str, other: str) -> int:
    """How many characters two texts start with in common."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(text), len(other)))


def lines_of(text: str) -> list[str]:
    """The lines as editors and file formats count them, each with its end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
