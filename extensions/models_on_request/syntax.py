"""What a person asks for, piece by piece, and errors that say where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NAME = 28
"""In characters. Twice as much, with what is around it, fits into a line of the models."""

_BLANKS = re.compile(r"[ \t\r]*")
_LINE_BREAKS = re.compile(r"\s*")
_SEPARATORS = re.compile(r"[\s,;]*")
_SHARED = re.compile(r"shared[ \t]+(?=[A-Z])")
_WORD = re.compile(r"\w+")
_PUNCTUATION = re.compile(r"<->|->|[^\w\s]")
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_ARGUMENT = re.compile(r"[\w-]+")
_BARE_VALUE = re.compile(r"[^\s,;'\"]+")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the text; both numbers count from one."""

    line: int
    column: int


class ModelsError(ValueError):
    """The models cannot be made as they are asked for; the message is one sentence for a person."""

    def __init__(self, message: str, position: Position) -> None:
        """Remember the place.

        Args:
            message: what is wrong and what was expected, without the place.
            position: where it is wrong.
        """
        self.position = position
        self._message = message
        super().__init__(f"line {position.line}, column {position.column}: {message}")

    def brief(self, width: int) -> str:
        """What fits on one line of a terminal: the place, and the suggestion rather than the rest.

        Args:
            width: of the line, in characters.
        """
        place = f"{self.position.line}:{self.position.column}: "
        problem, *hints = re.split(r"(?<=[.?]) (?=[A-Z])", self._message)
        # What was expected is on the page about the models; what was found is not.
        found = re.sub(r"^expected .*?( after '\w+')?, found (.*)\.$", r"unexpected \2\1.", problem)
        hint = " ".join(hints)
        texts = [str(self), place + self._message, place + problem]
        if hint:
            suggested = hint.removeprefix("Did you mean ")
            texts[2:2] = [f"{place}{found} {hint}", place + hint, place + suggested]
        texts.append(place + found)
        cut = f"{(place + problem)[: width - 1]}…"
        return next((text for text in texts if len(text) <= width), cut)


@dataclass(frozen=True, slots=True)
class Word:
    """A name as it is written."""

    text: str
    position: Position


class Scanner:
    """Reads the text from left to right."""

    def __init__(self, text: str) -> None:
        """Start at the beginning."""
        self._text = text
        self._offset = 0

    @property
    def position(self) -> Position:
        """Where the next piece begins."""
        self._skip(_BLANKS)
        before = self._text[: self._offset]
        return Position(before.count("\n") + 1, self._offset - before.rfind("\n"))

    def skip_separators(self) -> bool:
        """Go on behind commas, semicolons and line breaks; whether anything follows."""
        self._skip(_SEPARATORS)
        return self._offset < len(self._text)

    def skip_line_breaks(self) -> None:
        """Go on behind blanks and line breaks, as between parentheses."""
        self._skip(_LINE_BREAKS)

    def at_end_of_item(self) -> bool:
        """Whether a separator or the end is next."""
        self._skip(_BLANKS)
        return self._text[self._offset : self._offset + 1] in ("", "\n", ",", ";")

    def take(self, punctuation: str) -> bool:
        """Go on behind a piece of punctuation, if it is next."""
        self._skip(_BLANKS)
        match = _PUNCTUATION.match(self._text, self._offset)
        if match is None or match.group() != punctuation:
            return False
        self._offset = match.end()
        return True

    def word(self) -> Word | None:
        """The word that is next, if one is."""
        position = self.position
        found = self._match(_WORD)
        return Word(found.group(), position) if found else None

    def argument(self) -> Word | None:
        """What is next between parentheses, where hyphens are part of words."""
        position = self.position
        found = self._match(_ARGUMENT)
        return Word(found.group(), position) if found else None

    def quoted(self) -> Word | None:
        """The text between the quotation marks that are next, if they are."""
        position = self.position
        found = self._match(_QUOTED)
        return Word(found.group(found.lastindex or 0), position) if found else None

    def bare_value(self) -> Word | None:
        """What is next, up to a blank or a separator."""
        position = self.position
        found = self._match(_BARE_VALUE)
        return Word(found.group(), position) if found else None

    def next_piece(self) -> str:
        """What is next, as an error message shows it."""
        self._skip(_BLANKS)
        for pattern in (_WORD, _PUNCTUATION):
            if found := pattern.match(self._text, self._offset):
                return f"'{found.group()}'"
        return "the end of the line" if self._offset < len(self._text) else "the end"

    def at_model(self) -> bool:
        """Whether the name of a model is next, or what may stand before it."""
        return self.next_piece()[1].isupper() or bool(_SHARED.match(self._text, self._offset))

    def take_shared(self) -> bool:
        """Go on behind `shared`, if it stands before the name of a model."""
        return self._match(_SHARED) is not None

    def expected(self, what: str, hint: str = "") -> ModelsError:
        """The error that something else is next."""
        return ModelsError(f"expected {what}, found {self.next_piece()}.{hint}", self.position)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._offset)
        self._offset = found.end() if found else self._offset

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip(_BLANKS)
        found = pattern.match(self._text, self._offset)
        self._offset = found.end() if found else self._offset
        return found


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the known name that is most like this one; empty if none is."""
    by_lower = {known_name.lower(): known_name for known_name in known}
    found = get_close_matches(name.lower(), by_lower, n=1)
    return f" Did you mean '{by_lower[found[0]]}'?" if found else ""
