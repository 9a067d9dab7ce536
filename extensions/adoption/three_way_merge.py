"""Take a change out of a text that has been edited since: a merge of three texts.

The base is the text as the change left it, the former text is what stood there before, and the
present one is what the user made of the base. Lines that the user left alone become the former
ones, whatever else was edited. Lines that both have changed are merged by their words, since a
user's new parameter and our `async` meet in one line; where the same words were changed, the
user's lines stay, and are named. There are no conflict markers: whoever undoes a change has not
asked for a merge, and the report is where the former lines are read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from .record import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(r"(\s*)(\w+|[^\w\s]|\Z)")
_TRAILING_COMMA = re.compile(r",(?=\s*[)\]}])")
_IMPORTED = re.compile(r"\bimport\s*\(([^()]*)\)")
_MOVED = 0.6
"""The share of a block's lines that have to stand together elsewhere: it was moved there."""
_FEW = 6
_MAX_WORDS = 1500
"""In lines that are merged by words: aligning them takes quadratic time."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Lines that the change wrote, and that the user has edited: they stay."""

    line: int
    """The first of them in the merged text, counted from 1."""
    present: tuple[str, ...]
    former: tuple[str, ...]
    """What stood there before the change."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A text without the change."""

    text: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(slots=True)
class _Edit:
    """Lines of the present text that give way to others."""

    start: int
    end: int
    lines: list[str]
    former: list[str] | None = None
    """Of a conflict, where the lines stay."""


def take_out(
    base: str,
    former: str,
    present: str,
    *,
    is_valid: Callable[[str], bool] = bool,
    by_words: bool = True,
) -> Merged:
    """Merge the way back from `base` to `former` into `present`.

    Args:
        base: the text as the change left it.
        former: the text before it.
        present: what the text is now, with line ends of any kind.
        is_valid: whether a text that was merged by words may stand: whether Python can parse it.
        by_words: whether lines that both have changed are merged by their words.
    """
    merged = _Merge(base, former, present, by_words=by_words).merged()
    if is_valid(present) and not is_valid(merged.text):
        return _Merge(base, former, present, by_words=False).merged()
    return merged


def similarity(text: str, other: str) -> float:
    """The share of the first text's telling lines that the other one has; 0 to 1.

    Of a few lines, such as imports, another text may have the same by chance: they count for none.
    """
    lines = {line.strip() for line in text.splitlines() if _is_telling(line)}
    found = lines & {line.strip() for line in other.splitlines()}
    return len(found) / len(lines) if len(lines) >= _FEW else 0.0


def _is_alike(lines: Sequence[str], others: Sequence[str]) -> bool:
    """Whether lines differ as a formatter breaks and quotes them; the indentation counts."""
    if _plain(lines) != _plain(others):
        return False
    indents = {line.strip(): _indent(line) for line in lines}
    return all(indents.get(line.strip(), _indent(line)) == _indent(line) for line in others)


def _plain(lines: Sequence[str]) -> str:
    text = _TRAILING_COMMA.sub("", "\n".join(lines)).replace("'", '"')
    return re.sub(r"\s+", "", _IMPORTED.sub(r"import \1", text))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


_Tokens = list[tuple[str, str]]
"""Words, each with the white space before it."""
_Hunk = tuple[int, int, list[str]]
"""Lines of one text, by the first and the one behind the last, and those of the other one."""


class _Merge:
    def __init__(self, base: str, former: str, present: str, *, by_words: bool = True) -> None:
        self._base, self._former = _bare(base), _bare(former)
        self._present, self._bare = lines_of(present), _bare(present)
        self._by_words = by_words
        self._end = _end_of(present)
        self._places = self._aligned()

    def merged(self) -> Merged:
        lines = list(self._present)
        conflicts: list[_Edit] = []
        edits = sorted(self._edits(), key=lambda edit: (edit.start, edit.end))
        for edit in reversed(edits):
            if edit.former is not None:
                conflicts.insert(0, edit)
                continue
            lines[edit.start : edit.end] = [f"{line}{self._end}" for line in edit.lines]
        text = "".join(lines)
        if not "".join(self._present[-1:]).endswith("\n"):
            text = text.removesuffix(self._end)
        return Merged(text, tuple(self._located(edits, conflicts)))

    def _located(self, edits: list[_Edit], conflicts: list[_Edit]) -> Iterator[Conflict]:
        for conflict in conflicts:
            above = (
                len(edit.lines) - (edit.end - edit.start)
                for edit in edits
                if edit.former is None and edit.end <= conflict.start
            )
            present = tuple(self._bare[conflict.start : conflict.end])
            line = conflict.start + sum(above) + 1
            yield Conflict(line, present, tuple(conflict.former or ()))

    def _aligned(self) -> dict[int, int]:
        """Which line of the present text each line of the base is, where it is there still."""
        base = [line.rstrip() for line in self._base]
        present = [line.rstrip() for line in self._bare]
        places = _aligned(base, present)
        _add_moved(base, present, places)
        return places

    def _edits(self) -> Iterator[_Edit]:
        hunks = list(_hunks(self._base, self._former))
        while hunks:
            start, end, former = hunks.pop(0)
            if start < end and self._is_whole(start, end):
                yield _Edit(self._places[start], self._places[end - 1] + 1, former)
            elif start == end and (place := self._gap(start)) is not None:
                yield _Edit(place, place, former)
            else:
                first, last = self._around(start, end)
                # Edited lines may have more of our changes among them.
                within = [(start, end, former)]
                while hunks and hunks[0][0] < last:
                    within.append(hunks.pop(0))
                    last = max(last, self._around(*within[-1][:2])[1])
                yield from self._region(first, last, within)

    def _is_whole(self, start: int, end: int) -> bool:
        places = [self._places.get(at) for at in range(start, end)]
        return None not in places and all(b == a + 1 for a, b in pairwise(places) if a is not None)

    def _gap(self, at: int) -> int | None:
        """Where lines go that stood between two of the base."""
        above = self._places.get(at - 1, None if at else -1)
        below = self._places.get(at, None if at < len(self._base) else len(self._bare))
        if above is not None and (below is None or at):
            return above + 1
        return below

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """The edited lines of the base around some: from the first one to behind the last one."""
        while start > 0 and start - 1 not in self._places:
            start -= 1
        while end < len(self._base) and end not in self._places:
            end += 1
        return start, end

    def _region(self, first: int, last: int, hunks: Sequence[_Hunk]) -> Iterator[_Edit]:
        """Merge edited lines, from the first one of the base to the one behind the last."""
        start = self._places[first - 1] + 1 if first else 0
        end = self._places[last] if last < len(self._base) else len(self._bare)
        others = (place for at, place in self._places.items() if not first <= at < last)
        if end < start or any(start <= place < end for place in others):
            # What stood around them was moved.
            yield _Edit(start, max(start, end), [], self._former_of(first, last, hunks))
        else:
            yield from self._merge_lines(range(first, last), range(start, end), hunks)

    def _former_of(self, first: int, last: int, hunks: Sequence[_Hunk]) -> list[str]:
        former: list[str] = []
        for start, end, lines in hunks:
            former += [*self._base[first:start], *lines]
            first = end
        return former + self._base[first:last]

    def _merge_lines(self, lines: range, places: range, hunks: Sequence[_Hunk]) -> Iterator[_Edit]:
        base, present = self._base[lines.start : lines.stop], self._bare[places.start : places.stop]
        former = self._former_of(lines.start, lines.stop, hunks)
        if _is_alike(base, present):
            yield _Edit(places.start, places.stop, former)
            return
        # What the user has deleted needs no second look.
        if not any(map(str.strip, present)) or _is_alike(former, present):
            return
        texts = ("\n".join(text) for text in (base, former, present))
        text = merge_words(*texts) if self._by_words else None
        if text is not None:
            yield _Edit(places.start, places.stop, text.split("\n") if text else [])
            return
        parts = list(_parts(base, present, lines.start, places.start, hunks))
        if len(parts) == 1:
            yield _Edit(places.start, places.stop, [], former)
            return
        for part in parts:
            if part[2]:
                yield from self._merge_lines(*part)


def _parts(
    base: list[str], present: list[str], first: int, start: int, hunks: Sequence[_Hunk]
) -> Iterator[tuple[range, range, Sequence[_Hunk]]]:
    """Break edited lines, and what was changed in them, where their words tell them apart."""
    rest = list(hunks)
    line, place = first, start
    for _, end, _, stop in _split(base, present):
        last, behind = first + end, start + stop
        if end < len(base) and any(begin < last < finish for begin, finish, _ in rest):
            continue
        within = [hunk for hunk in rest if hunk[0] < last or hunk[1] <= last]
        rest = rest[len(within) :]
        yield range(line, last), range(place, behind), within
        line, place = last, behind


def _add_moved(base: list[str], present: list[str], places: dict[int, int]) -> None:
    """Find blocks that stand elsewhere now."""
    taken = set(places.values())
    for run in _runs([at for at in range(len(base)) if at not in places]):
        telling = sum(_is_telling(base[at]) for at in run)
        for other in _runs([at for at in range(len(present)) if at not in taken]):
            lines = [base[at] for at in run], [present[at] for at in other]
            # Aligning is slow, and most pairs have nothing in common.
            common = set(lines[1])
            if sum(_is_telling(line) and line in common for line in lines[0]) < _MOVED * telling:
                continue
            found = {
                run[start + offset]: other[place + offset]
                for start, place, size in _blocks(*lines)
                for offset in range(size)
            }
            share = sum(_is_telling(base[at]) for at in found)
            if telling and share >= _MOVED * telling:
                places.update(found)
                taken.update(found.values())
                break


def merge_words(base_text: str, former: str, present: str) -> str | None:
    """Merge the changes of two texts to a third, by words; None where they meet.

    White space belongs to the word after it, and differs without a conflict.
    """
    texts = [_tokens_of(text) for text in (base_text, former, present)]
    old, ours, theirs = texts
    words = [[word for _, word in tokens] for tokens in texts]
    if max(map(len, words)) > _MAX_WORDS:
        return None
    to_ours = _places(words[0], words[1])
    to_theirs = _places(words[0], words[2])
    merged: _Tokens = []
    at = first = second = 0
    kept = [place for place in range(len(old)) if place in to_ours and place in to_theirs]
    for place in (*kept, None):
        ends = (
            (len(old), len(ours), len(theirs))
            if place is None
            else (place, to_ours[place], to_theirs[place])
        )
        base, other = old[at : ends[0]], theirs[second : ends[2]]
        chunk = _chosen(base, ours[first : ends[1]], other)
        if chunk is None:
            return None
        if place is not None:
            spaces = [tokens[end][0] for tokens, end in zip(texts, ends, strict=True)]
            chunk = [*chunk, (spaces[1] if spaces[0] == spaces[2] else spaces[2], old[place][1])]
            at, first, second = (end + 1 for end in ends)
        more = len(other) - len(base) if _ends_with(other, base) else 0
        if base and other and chunk[more:] and chunk[more][0] == base[0][0]:
            # What follows a word that goes stands where it stood: the user may have indented it.
            chunk[more] = other[more][0], chunk[more][1]
        merged += chunk
    return "".join(f"{space}{word}" for space, word in merged)


def _chosen(base: _Tokens, ours: _Tokens, theirs: _Tokens) -> _Tokens | None:
    """The tokens of one place: of whichever text has changed them; None if both have."""
    old, mine, other = ([word for _, word in tokens] for tokens in (base, ours, theirs))
    if other == old:
        return ours
    if mine in (old, other):
        return theirs
    # An addition beside what the other one has changed.
    for added, changed in ((theirs, ours), (ours, theirs)):
        if base and _ends_with(added, base):
            return [*added[: len(added) - len(base)], *changed]
        if base and _ends_with(added[::-1], base[::-1]):
            return [*changed, *added[len(base) :]]
    return None


def _ends_with(tokens: _Tokens, others: _Tokens) -> bool:
    words, end = [word for _, word in tokens], [word for _, word in others]
    return words[len(words) - len(end) :] == end if len(words) >= len(end) else False


def _tokens_of(text: str) -> _Tokens:
    return [(match[1], match[2]) for match in _TOKEN.finditer(text)]


def _places(words: Sequence[str], others: Sequence[str]) -> dict[int, int]:
    return {
        start + offset: other + offset
        for start, other, size in _blocks(words, others)
        for offset in range(size)
    }


def _blocks(lines: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, lines, others, autojunk=False)
    found = matcher.get_matching_blocks()
    return ((block.a, block.b, block.size) for block in found if block.size)


def _aligned(lines: Sequence[str], others: Sequence[str]) -> dict[int, int]:
    """Which line is which: by those that each text has once, and what stands together between."""
    places: dict[int, int] = {}
    at = other = 0
    for line, place in (*_anchors(lines, others), (len(lines), len(others))):
        between, others_between = lines[at:line], others[other:place]
        if at or line < len(lines):
            found = _aligned(between, others_between)
        else:
            found = _by_blocks(between, others_between)
        places |= {at + inner: other + outer for inner, outer in found.items()}
        if line < len(lines):
            places[line] = place
        at, other = line + 1, place + 1
    return _with_neighbours(lines, others, places)


def _with_neighbours(
    lines: Sequence[str], others: Sequence[str], places: dict[int, int]
) -> dict[int, int]:
    """Add equal lines that stand beside those that are aligned, such as blank ones."""
    taken = set(places.values())
    for step, order in ((1, sorted(places)), (-1, sorted(places, reverse=True))):
        for number in order:
            line, place = number + step, places[number] + step
            while (
                0 <= line < len(lines)
                and 0 <= place < len(others)
                and line not in places
                and place not in taken
                and lines[line] == others[place]
            ):
                places[line] = place
                taken.add(place)
                line, place = line + step, place + step
    return dict(sorted(places.items()))


def _anchors(lines: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """The longest series of lines that each text has once, in the same order in both."""
    counts, other_counts = Counter(lines), Counter(others)
    once = {line: place for place, line in enumerate(others) if other_counts[line] == 1}
    pairs = [
        (number, once[line])
        for number, line in enumerate(lines)
        if counts[line] == 1 and line in once and _is_telling(line)
    ]
    # Longest increasing subsequence: the ends of the best series of each length, and their past.
    ends: list[int] = []
    series: list[tuple[tuple[int, int], int]] = []
    last: list[int] = []
    for pair in pairs:
        length = bisect_left(ends, pair[1])
        series.append((pair, last[length - 1] if length else -1))
        ends[length:] = [pair[1], *ends[length + 1 :]]
        last[length:] = [len(series) - 1, *last[length + 1 :]]
    found: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        pair, index = series[index]
        found.insert(0, pair)
    return found


def _by_blocks(lines: Sequence[str], others: Sequence[str]) -> dict[int, int]:
    places: dict[int, int] = {}
    for start, other, size in _blocks(lines, others):
        # Blank lines and brackets alone may be any.
        if any(map(_is_telling, lines[start : start + size])):
            places |= {start + offset: other + offset for offset in range(size)}
    return places


def _hunks(lines: list[str], others: list[str]) -> Iterator[_Hunk]:
    """How two texts differ, in as small groups of lines as their words tell apart."""
    at = other = 0
    for start, place in (*_aligned(lines, others).items(), (len(lines), len(others))):
        for first, end, begin, stop in _split(lines[at:start], others[other:place]):
            new = others[other + begin : other + stop]
            if lines[at + first : at + end] != new:
                yield at + first, at + end, new
        at, other = start + 1, place + 1


def _split(lines: list[str], others: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Break lines where a line end, and what is beside it, is in both texts."""
    words, ends = _words_of(lines)
    new, new_ends = _words_of(others)
    places = _places(words, new) if max(len(words), len(new)) <= _MAX_WORDS else {}
    line = other = 0
    for end, number in ends.items():
        place = places.get(end)
        if place is None or place not in new_ends:
            continue
        if places.get(end - 1) == place - 1 or places.get(end + 1) == place + 1:
            yield line, number + 1, other, new_ends[place] + 1
            line, other = number + 1, new_ends[place] + 1
    if line < len(lines) or other < len(others):
        yield line, len(lines), other, len(others)


def _words_of(lines: Sequence[str]) -> tuple[list[str], dict[int, int]]:
    """The words of lines, each line with an end, and where the ends are."""
    words: list[str] = []
    ends: dict[int, int] = {}
    for number, line in enumerate(lines):
        words += [match[2] for match in _TOKEN.finditer(line) if match[2]]
        ends[len(words)] = number
        words.append("\n")
    return words, ends


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers that follow each other, together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _is_telling(line: str) -> bool:
    return any(character.isalnum() for character in line)


def _bare(text: str) -> list[str]:
    return [line.rstrip("\r\n") for line in lines_of(text)]


def _end_of(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
