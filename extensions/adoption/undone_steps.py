"""Take back what a record says was done to a file, all of it or what is still there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from .record import common_start, digest, lines_of, text_after
from .same_content import is_same
from .three_way_merge import Merged, take_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .record import Step


def taken_back(text: str, step: Step) -> str | None:
    """The text before a step; None where it has been edited since.

    Line ends that git converted on the way to another machine are no edit.
    """
    for forth, back in ((_same, _same), (_to_crlf, _to_lf), (_to_lf, _to_crlf)):
        converted = forth(text)
        if digest(converted) == step["digest"] and back(converted) == text:
            return back(_without(converted, step["inserted"]))
    return None


def _without(text: str, inserted: Sequence[Sequence[Any]]) -> str:
    for at, come, *gone in reversed(inserted):
        text = f"{text[:at]}{''.join(gone)}{text[at + len(come) :]}"
    return text


def merged_back(text: str, steps: Sequence[Step]) -> tuple[Merged, list[str]]:
    """Take all steps out of a text that has been edited since.

    Args:
        text: what the file holds now.
        steps: what was done to it, in order.

    Returns:
        The text, with the lines that both have changed; and the lines of steps whose text is not
        known that are not there any more as they were inserted.
    """
    merged = Merged(text)
    left: list[str] = []
    base: str | None = None
    for step in reversed(steps):
        exact = taken_back(merged.text, step)
        # An earlier text follows from the later one, unless the user had edited it before that.
        if base is None or digest(base) != step["digest"]:
            base = text_after(step)
        former = taken_back(base, step) if base is not None else None
        if exact is not None:
            merged = Merged(exact, merged.conflicts)
        elif base is None or former is None:
            content, missing = taken_out(merged.text, step)
            merged, left = Merged(content, merged.conflicts), [*missing, *left]
        elif _is_reformatted(merged.text, base):
            merged = Merged(_with_ends_of(merged.text, former), merged.conflicts)
        else:
            back = take_out(base, former, merged.text, is_valid=_is_python)
            merged = Merged(back.text, (*merged.conflicts, *back.conflicts))
        base = former
    return merged, left


def base_of(steps: Sequence[Step]) -> str | None:
    """The text that the steps left; None where it is not recorded."""
    return text_after(steps[-1]) if steps else None


def former_of(base: str, steps: Sequence[Step]) -> str | None:
    """The text before all steps; None where somebody has edited it between them."""
    text: str | None = base
    for step in reversed(steps):
        text = taken_back(text, step) if text is not None else None
    return text


def _is_reformatted(text: str, base: str) -> bool:
    found, known = (_to_lf(part).encode("utf-8", "surrogatepass") for part in (text, base))
    return is_same("module.py", found, known)


def _with_ends_of(text: str, other: str) -> str:
    return _to_crlf(other) if "\r\n" in text else _to_lf(other)


def _is_python(text: str) -> bool:
    try:
        return bool(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return False


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
        lines = lines_of(text)
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
        found = [at for at, text in enumerate(lines) if _plain(text) == _plain(line)]
        if len(found) == 1 and before is None:
            del lines[found[0]]
        elif len(found) == 1 and before is not None:
            lines[found[0]] = lines[found[0]].replace(_plain(line), _plain(before))
        elif before is None or not _cut(lines, line, before):
            left.append(line.strip())
    return left


def _cut(lines: list[str], line: str, before: str) -> bool:
    """Take a piece out of the one line that it was put into, where that was edited elsewhere."""
    start = common_start(line, before)
    end = common_start(line[start:][::-1], before[start:][::-1])
    head, piece = line[:start], line[start : len(line) - end]
    found = [at for at, text in enumerate(lines) if text.startswith(head) and piece in text]
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


def _bare(text: str) -> list[str]:
    return [line[: len(line) - len(_line_end(line))] for line in lines_of(text)]


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
