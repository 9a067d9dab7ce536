"""The data that merging works with: requirements, conflicts and planned changes."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .encoding import decode
from .notation import canonical_name, parse_pep508

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Group = Literal["main", "dev"]


class MergeError(Exception):
    """A file of the user's cannot be merged; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that the layer needs, and for what."""

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    group: Group = "main"

    @classmethod
    def parse(cls, text: str, group: Group = "main") -> Requirement:
        """Read a PEP 508 string such as `sqlalchemy[asyncio]>=2.0.40`.

        Raises:
            MergeError: the text is not a PEP 508 requirement.
        """
        parsed = parse_pep508(text)
        if parsed is None:
            raise MergeError(f"{text!r} is not a requirement")
        extras, marker = tuple(sorted(parsed.extras)), text.partition(";")[2].strip()
        return cls(parsed.name, extras, parsed.constraint, marker, group)

    @property
    def key(self) -> str:
        """The name as package indexes compare it."""
        return canonical_name(self.name)

    @property
    def name_with_extras(self) -> str:
        """`sqlalchemy[asyncio]`."""
        return f"{self.name}[{','.join(self.extras)}]" if self.extras else self.name

    def __str__(self) -> str:
        """Write the requirement as PEP 508 has it."""
        marker = f"; {self.marker}" if self.marker else ""
        return f"{self.name_with_extras}{self.specifier}{marker}"


@dataclass(frozen=True, slots=True)
class Needs:
    """What the layer needs, and what it needed in earlier versions of the template."""

    requirements: tuple[Requirement, ...]
    earlier: tuple[Requirement, ...] = ()
    """Empty on a first copy. What still has such a text is renewed, any other stays; a package that
    is gone since stays out."""
    floors: tuple[Requirement, ...] = ()
    limits: tuple[Requirement, ...] = ()

    @classmethod
    def parse(
        cls,
        main: Sequence[str],
        dev: Sequence[str],
        earlier: Sequence[str],
        *,
        floors: Sequence[str] = (),
        limits: Sequence[str] = (),
    ) -> Needs:
        """Read lists of PEP 508 strings.

        Args:
            main: what the running application needs.
            dev: what tests and migrations need.
            earlier: what earlier versions of the template added.
            floors: what is not added, and is raised where it is declared.
            limits: what the others bring along: nothing that is declared may exclude it.

        Raises:
            MergeError: one is not a PEP 508 requirement.
        """
        groups: tuple[tuple[Sequence[str], Group], ...] = ((main, "main"), (dev, "dev"))
        return cls(
            tuple(Requirement.parse(text, group) for texts, group in groups for text in texts),
            *(
                tuple(Requirement.parse(text) for text in texts)
                for texts in (earlier, floors, limits)
            ),
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A requirement of the user's that does not leave room for what the layer needs."""

    path: str
    line: int
    """Counted from 1."""
    written: str
    """The requirement as the user wrote it."""
    needed: str
    """What the layer needs, as PEP 508."""
    remedy: str
    """What to do about it: the end of the sentence that `message` makes."""
    problem: str = "excludes"
    whose: str = "database layer needs"

    @property
    def message(self) -> str:
        """One sentence for the user: where, what, and what to change."""
        return (
            f"{self.path}, line {self.line}: {self.written} {self.problem} {self.needed}, "
            f"which the {self.whose}; {self.remedy}."
        )


@dataclass(frozen=True, slots=True)
class Merge:
    """The content that a file should have, and what stands against it."""

    content: str
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
    raised: tuple[tuple[str, str], ...] = ()
    """The user's requirements that are written with another bound: as they were and are."""

    def then(self, later: Merge) -> Merge:
        """Both, one after the other."""
        return Merge(
            later.content,
            tuple(dict.fromkeys(self.conflicts + later.conflicts)),
            tuple(dict.fromkeys(self.notices + later.notices)),
            self.raised + later.raised,
        )


class GeneratedError(MergeError):
    """A requirements file is written from another kind of file, which is the one to edit."""

    def __init__(self, path: str, source: str) -> None:
        """Remember both files, relative to the project."""
        super().__init__(f"{path} is generated from {source}; add the requirements there")
        self.source = source


@dataclass(frozen=True, slots=True)
class FilesMerge:
    """The content that each file should have, and what stands against it."""

    contents: dict[str, str]
    """Only files that change, by their path relative to the project."""
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
    raised: dict[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, str], ...]]
    )
    """The user's requirements that are written with another bound, by their file."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file to be written, with what it was and the lines that the plan shows."""

    path: Path
    before: bytes | None
    """None: the file does not exist yet."""
    after: bytes
    added: tuple[str, ...]
    """The lines that are new or other than before, without line ends."""
    raised: tuple[tuple[str, str], ...] = ()
    """The user's requirements that are written with another bound: as they were and will be."""

    @classmethod
    def between(cls, path: Path, before: bytes | None, after: bytes) -> Change:
        """Make the change that turns `before` into `after`."""
        old = decode(before).content.splitlines() if before is not None else []
        new = decode(after).content.splitlines()
        lines = difflib.ndiff(old, new) if len(old) * len(new) < _DIFF_LIMIT else _new(old, new)
        return cls(path, before, after, tuple(line[2:] for line in lines if line[:2] == "+ "))

    @property
    def added_apart(self) -> tuple[str, ...]:
        """The added lines without those that differ by a raised bound or by their place alone."""
        old = decode(self.before).content.splitlines() if self.before is not None else []
        known = {line.rstrip(" ,") for line in old}
        kept = set(decode(self.after).content.splitlines())
        # A list of one line that now has one for each item.
        rewritten = [line for line in old if line not in kept and self.path.suffix == ".toml"]
        moved = {part.strip() for line in rewritten for part in _parts_of_list(line)}
        return tuple(
            line
            for line in self.added
            if line.strip(" \t,") not in moved
            # The last item of a list, which now has a comma.
            and not (line.endswith(",") and line[:-1] in old)
            and not any(
                line.strip(" \t,\"'") == new or line.replace(new, was, 1).rstrip(" ,") in known
                for was, new in self.raised
            )
        )


_DIFF_LIMIT = 250_000
_LIST_OF_ONE_LINE = re.compile(r"(\s*[\w.\"-]+\s*=\s*\[)(.*)(\]),?\s*(?:#.*)?")
_ITEM = re.compile(r"\"[^\"]*\"|'[^']*'")


def _parts_of_list(line: str) -> tuple[str, ...]:
    """What a TOML list of one line consists of: its beginning, its items, and its end."""
    found = _LIST_OF_ONE_LINE.fullmatch(line)
    return (found[1], *_ITEM.findall(found[2]), found[3]) if found else ()


def _new(old: list[str], new: list[str]) -> list[str]:
    known = set(old)
    return [f"+ {line}" for line in new if line not in known]
