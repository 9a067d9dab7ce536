"""Where a new requirement goes in a list that somebody keeps in a way of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .notation import canonical_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .requirement import Requirement


@dataclass(frozen=True, slots=True)
class Item:
    """A requirement of a list, by its place in the text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placement:
    """New requirements that go together after one that is there."""

    after: int
    """The number of that one; -1 is before the first."""
    requirements: tuple[Requirement, ...]
    heading: str = ""
    """A comment to put above them, with its number sign."""
    gap: bool = False
    """Whether an empty line goes above the heading."""

    @property
    def above(self) -> list[str]:
        """The lines that go above them."""
        return [""] * self.gap + [self.heading] * bool(self.heading)


def arrange(
    text: str, start: int, items: Sequence[Item], new: Sequence[Requirement]
) -> list[Placement]:
    """Find the places for new requirements.

    A list in alphabetical order stays so. In one that comments divide into sections, the section
    on databases (on tests, for what development needs) is added to, or one is begun. Any other
    list is added to at its end.

    Args:
        text: the document.
        start: where the list begins in it.
        items: what the list has.
        new: what to add.
    """
    last = len(items) - 1
    sections = _sections(text, start, items)
    if sections:
        by_group = [[item for item in new if item.group == group] for group in ("main", "dev")]
        return [_in_section(sections, last, group) for group in by_group if group]
    if not new:
        return []
    if not in_order([item.name for item in items]):
        return [Placement(last, tuple(new))]
    groups: dict[int, list[Requirement]] = {}
    for requirement in sorted(new, key=lambda requirement: requirement.key):
        before = sum(canonical_name(item.name) <= requirement.key for item in items)
        groups.setdefault(before - 1, []).append(requirement)
    return [Placement(after, tuple(group)) for after, group in groups.items()]


def _in_section(sections: Sequence[_Section], last: int, new: Sequence[Requirement]) -> Placement:
    words, title = _TOPICS[new[0].group]
    for section, following in pairwise([*sections, _Section("", last + 1, gap=False)]):
        if words.search(section.heading):
            return Placement(following.first - 1, tuple(new))
    lower = all(section.heading.islower() for section in sections)
    return Placement(last, tuple(new), title.lower() if lower else title, gap=sections[-1].gap)


def in_order(names: Sequence[str]) -> bool:
    """Whether a list is long enough to show an order, and is in it."""
    keys = [canonical_name(name) for name in names]
    return len(keys) > 1 and keys == sorted(keys)


_TOPICS = {
    "main": (
        re.compile(r"\b(?:database|databases|db|sql|orm|postgres|postgresql)\b", re.IGNORECASE),
        "# Database",
    ),
    "dev": (re.compile(r"\btest(?:s|ing)?\b", re.IGNORECASE), "# Tests"),
}


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    first: int
    gap: bool
    """Whether an empty line stands above the heading."""


_COMMENT_LINE = re.compile(r"^[ \t]*(#[^\r\n]*)", re.MULTILINE)


def _sections(text: str, start: int, items: Sequence[Item]) -> list[_Section]:
    """The sections of a list that begins with a heading and has another one."""
    found: list[_Section] = []
    for index, item in enumerate(items):
        between = text[items[index - 1].end if index else start : item.start]
        # The first line is the rest of the one before, with a comment of its own.
        below = between if index == 0 and start == 0 else between.partition("\n")[2]
        comments = _COMMENT_LINE.findall(below)
        if comments:
            gap = bool(re.search(r"^[ \t]*\r?\n", below, re.MULTILINE))
            found.append(_Section(comments[-1], index, gap))
    return found if len(found) > 1 and found[0].first == 0 else []
