"""A requirement that a file of the user's declares, with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .notation import canonical_name

if TYPE_CHECKING:
    from .notation import Parsed

Place = Literal["main", "dev", "other", "constraint"]
"""Where a requirement is declared: an `other` group is one that is not installed by default, a
`constraint` only limits versions."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a constraint in a file, or a place for one."""

    start: int
    end: int
    constraint: str
    """As the user wrote it."""
    head: str
    """The requirement as it is shown, up to the constraint."""
    tail: str
    before: str = ""
    """What has to be written around a constraint where there is none yet."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A requirement that a file of the user's declares."""

    parsed: Parsed
    written: str
    """The text as the user wrote it, for messages and for comparing with earlier texts."""
    place: Place
    line: int
    span: tuple[int, int]
    """Where `written` stands in the file."""
    path: str = ""
    """The file, where several are read."""
    slot: Slot | None = None
    """Where its constraint is to be changed; None where that cannot be done."""

    @property
    def key(self) -> str:
        """The name as package indexes compare it."""
        return canonical_name(self.parsed.name)


def slot_in(text: str, start: int, parsed: Parsed) -> Slot | None:
    """The place of the constraint in a PEP 508 text that stands at `start` in its file."""
    if parsed.at is None:
        return None
    at, end = parsed.at
    return Slot(start + at, start + end, text[at:end], text[:at], text[end:])
