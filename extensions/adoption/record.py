r"""What a copy does to the user's files, as data that an undo can take back.

It is one of the answers, so it travels with the project and nothing else has to. For each file
that is merged into it has a list of steps, one a copy that changed it:

    pyproject.toml:
      - digest: 5be1f0c2…            # of the text after the step
        inserted: [[412, "    \"alembic>=1.16\",\n"], …]

with the offset of each insertion in that text. A third item is what stood there before, which is
rarely anything. A file that a step made has `created: true` instead.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .merging.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from .merging.model import Change

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
        return {"digest": digest(after), "created": True}
    before = decode(change.before).content
    return {"digest": digest(after), "inserted": [list(each) for each in _inserted(before, after)]}


def read_record(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a project records; empty where it says nothing."""
    found: Mapping[str, Any] | None = answers.get("db_record")
    return found or {"kept": [], "changed": {}}


def digest(text: str) -> str:
    """Tell a text from any other that it may become."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def _inserted(before: str, after: str) -> Iterator[tuple[int, str] | tuple[int, str, str]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    offset, line = 0, 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        offset += sum(map(len, new[line:j1]))
        line = j1
        if tag == "equal":
            continue
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        start = _common(gone, come)
        gone, come = gone[start:], come[start:]
        end = _common(gone[::-1], come[::-1])
        gone, come = gone[: len(gone) - end], come[: len(come) - end]
        yield (offset + start, come, gone) if gone else (offset + start, come)


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


def taken_out(
    text: str, step: Step, renewed: Sequence[tuple[str, str, str]] = ()
) -> tuple[str, list[str]]:
    """Take the insertions of a step out of a text that has been edited since.

    Args:
        text: what the file holds now.
        step: what was done to it.
        renewed: packages with a bound that an update replaced, and by which.

    Returns:
        The text without what is still there as it was inserted, and the lines that are not there
        any more as inserted, or more than once, as far as what they are about is there.
    """
    left: list[str] = []
    for _at, come, *gone in reversed(step["inserted"]):
        if gone or not come.strip(" \t\r\n,"):
            left.extend(_telling(come))
        elif text.count(come) == 1:
            text = text.replace(come, "")
        else:
            for line in reversed(come.splitlines()):
                forms = [line, *_renewed(line, renewed)]
                text, done = _without_line(text, forms)
                left.extend([] if done else _telling(line))
    # What the user has deleted needs no second look.
    return text, [line for line in left[::-1] if _subject(line) in text]


def _renewed(line: str, renewed: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    for name, old, new in renewed:
        if name in line and old in line:
            yield line.replace(old, new)


def _without_line(text: str, forms: Sequence[str]) -> tuple[str, bool]:
    if not forms[0].strip():
        return text, True
    lines = text.splitlines(keepends=True)
    found = [index for index, each in enumerate(lines) if each.rstrip("\r\n") in forms]
    if len(found) != 1:
        return text, False
    del lines[found[0]]
    return "".join(lines), True


def _subject(line: str) -> str:
    """The package or variable that a line is about."""
    found = re.search(r"\w[\w.-]*", line)
    return found[0] if found else line


def _telling(text: str) -> list[str]:
    """The lines that a person would recognize."""
    return [line.strip() for line in text.splitlines()[::-1] if line.strip(" \t,")]
