r"""What a copy does to the user's files, as data that an undo can take back.

It is one of the answers, so it travels with the project and nothing else has to. For each file
that is merged into it has a list of steps, one a copy or update that changed it:

    pyproject.toml:
      - digest: 5be1f0c2…            # of the text after the step
        inserted: [[412, "    \"alembic>=1.16\",\n"], …]

with the offset of each insertion in that text. A third item is what stood there before: the whole
lines that gave way to other whole lines. A step that made the file has `created: true` too.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from ..project_files.encoding import decode
from ..project_paths import PathError, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ..project_files.requirement import Change

Step = dict[str, Any]
DIGEST_LENGTH = 16


def record(
    changes: Iterable[Change], *, project: Path, kept: Iterable[str], earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """Add what a copy is about to do to what earlier ones did.

    Args:
        changes: those of the user's files.
        project: the project's directory.
        kept: files of the user's that lie where the template would have put one.
        earlier: the record so far; empty at the first copy.
    """
    steps: dict[str, list[Step]] = {
        path: list(done) for path, done in earlier.get("changed", {}).items()
    }
    for change in changes:
        done = steps.setdefault(change.path.relative_to(project).as_posix(), [])
        step = _step(change)
        # A copy that could not write the file planned the same before.
        if step not in done[-1:]:
            done.append(step)
    return {"kept": earlier["kept"] if earlier else sorted(kept), "changed": steps}


def _step(change: Change) -> Step:
    after = decode(change.after).content
    if change.before is None:
        return {"digest": digest(after), "created": True, "inserted": [[0, after]]}
    before = decode(change.before).content
    return {"digest": digest(after), "inserted": [list(each) for each in _inserted(before, after)]}


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
        and isinstance(inserted, list)
        and all(_is_insertion(each) for each in cast("list[object]", inserted))
    )


def _is_insertion(each: object) -> bool:
    if not isinstance(each, list):
        return False
    at, *texts = cast("list[object]", each) or [None]
    return isinstance(at, int) and len(texts) in {1, 2} and all(isinstance(t, str) for t in texts)


def digest(text: str) -> str:
    """Tell a text from any other that it may become."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def _inserted(before: str, after: str) -> Iterator[tuple[int, str] | tuple[int, str, str]]:
    old, new = _lines(before), _lines(after)
    offset, line = 0, 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        offset += sum(map(len, new[line:j1]))
        line = j1
        if tag == "equal":
            continue
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        start = _common(gone, come)
        end = _common(gone[start:][::-1], come[start:][::-1])
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


def _common(one: str, other: str) -> int:
    """How many characters two texts start with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def taken_back(text: str, step: Step) -> str | None:
    """The text before a step; None where it has been edited since.

    Line ends that git converted on the way to another machine are no edit.
    """
    for there, back in ((_same, _same), (_to_crlf, _to_lf), (_to_lf, _to_crlf)):
        found = there(text)
        if digest(found) == step["digest"] and back(found) == text:
            return back(_without(found, step["inserted"]))
    return None


def _without(text: str, inserted: Sequence[Sequence[Any]]) -> str:
    for at, come, *gone in reversed(inserted):
        text = f"{text[:at]}{''.join(gone)}{text[at + len(come) :]}"
    return text


def is_unedited(text: str, step: Step) -> bool:
    """Whether a file is what a step made of it, but for converted line ends."""
    return step["digest"] in (digest(text), digest(_to_lf(text)), digest(_to_crlf(text)))


def _same(text: str) -> str:
    return text


def _to_lf(text: str) -> str:
    return text.replace("\r\n", "\n")


def _to_crlf(text: str) -> str:
    return _to_lf(text).replace("\n", "\r\n")


def taken_out(text: str, step: Step) -> tuple[str, list[str]]:
    """Take the insertions of a step out of a text that has been edited since.

    Lines go where they are as they were put there, or indented otherwise. Of a file that the step
    made, they go together or not at all: whoever rewrote it may have written some of them anew.

    Args:
        text: what the file holds now.
        step: what was done to it.

    Returns:
        The text without what is still there as it was inserted, and the lines that are not there
        any more as inserted, or more than once, as far as what they are about is there.
    """
    left: list[str] = []
    for _at, come, *gone in reversed(step.get("inserted", [])):
        # At the end of a file without a line end, one was inserted first.
        piece = come if come.endswith("\n") else re.sub(r"\A\r?\n", "", come)
        new, old = _bare(piece), _bare("".join(gone))
        lines = _lines(text)
        if not any(map(_is_telling, new)):
            continue
        at = _only(lines, new)
        if at is not None:
            end = _line_end(lines[at])
            lines[at : at + len(new)] = [f"{line}{end}" for line in old]
        elif not step.get("created"):
            left = [*_without_each(lines, new, old), *left]
        text = _joined(lines, text)
    # What the user has deleted needs no second look.
    return text, [line for line in left if _subject(line) in text]


def _without_each(lines: list[str], new: Sequence[str], old: Sequence[str]) -> list[str]:
    """Take new lines out one by one, or put the old ones back in their place; say which stay."""
    known, wanted = {_plain(line) for line in old}, {_plain(line) for line in new}
    came = [line for line in new if _plain(line) not in known and _is_telling(line)]
    gone = [line for line in old if _plain(line) not in wanted]
    went = {_subject(line): line for line in gone}
    if len(went) < len(gone) or not went.keys() <= {_subject(line) for line in came}:
        return [line.strip() for line in came]
    left: list[str] = []
    for line in came:
        before = went.get(_subject(line))
        found = [at for at, each in enumerate(lines) if _plain(each) == _plain(line)]
        if len(found) == 1 and before is None:
            del lines[found[0]]
        elif len(found) == 1 and before is not None:
            lines[found[0]] = lines[found[0]].replace(_plain(line), _plain(before))
        elif before is None or not _cut(lines, line, before):
            left.append(line.strip())
    return left


def _cut(lines: list[str], line: str, before: str) -> bool:
    """Take a piece out of the one line that it was put into, where that was edited elsewhere."""
    start = _common(line, before)
    end = _common(line[start:][::-1], before[start:][::-1])
    head, piece = line[:start], line[start : len(line) - end]
    found = [at for at, each in enumerate(lines) if each.startswith(head) and piece in each]
    if len(before) != start + end or not head.strip() or len(found) != 1:
        return False
    at = found[0]
    if lines[at].count(piece) != 1:
        return False
    lines[at] = lines[at].replace(piece, "")
    return True


def _only(lines: Sequence[str], block: Sequence[str]) -> int | None:
    """Where lines stand together in a text; None unless it is at one place."""
    bare = _bare("".join(lines))
    last = len(bare) - len(block)
    found = [at for at in range(last + 1) if bare[at : at + len(block)] == list(block)]
    return found[0] if len(found) == 1 else None


def _joined(lines: Sequence[str], text: str) -> str:
    """The lines as one text, which ends with a line end if the former text did."""
    joined = "".join(lines)
    return joined if text.endswith("\n") else joined[: len(joined) - len(_line_end(joined))]


def _lines(text: str) -> list[str]:
    """The lines as editors and file formats count them, each with its end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _bare(text: str) -> list[str]:
    return [line[: len(line) - len(_line_end(line))] for line in _lines(text)]


def _line_end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else ""


def _plain(line: str) -> str:
    return line.strip().rstrip(",")


def _is_telling(line: str) -> bool:
    """Whether a line says something by itself, and opens or closes nothing around others."""
    plain = _plain(line)
    return bool(plain) and not plain.startswith(("[", "]", "}")) and plain[-1] not in "[{=("


def _subject(line: str) -> str:
    """The package or variable that a line is about."""
    found = re.search(r"\w[\w.-]*", line)
    return found[0] if found else line
