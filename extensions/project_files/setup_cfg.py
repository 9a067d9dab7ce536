"""Adding requirements to a setup.cfg."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .declared import Declared, Slot, slot_in
from .encoding import line_end_of, line_of
from .notation import Parsed, parse_pep508
from .placement import Item, Placement, arrange
from .requirement import MergeError
from .requirement_tables import is_development
from .toml_insertions import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .declared import Place
    from .requirement import Merge, Needs, Requirement

NAME = "setup.cfg"

_MAIN = "options"
_EXTRAS = "options.extras_require"


@dataclass(slots=True)
class _Option:
    """An option that lists requirements."""

    section: str
    name: str
    start: int
    """After the equals sign."""
    items: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """The requirements with their places."""
    indent: str = ""
    """The indentation of the lines below the option's own; empty if there are none."""

    @property
    def place(self) -> Place:
        if self.section == _MAIN:
            return "main"
        return "dev" if is_development(self.name) else "other"


def merge(content: str, needs: Needs, *, path: str = NAME) -> Merge:
    """Add the requirements that a setup.cfg does not have yet.

    Args:
        content: the file.
        needs: what the layer needs: for `install_requires`, and for the extra that lists pytest,
            else for that which is called `dev`.
        path: the file's name, for messages.

    Raises:
        MergeError: the file cannot be read or added to, or takes its requirements from elsewhere.
    """
    # Inspection reads the file with the standard library alone.
    from .decision import decide  # noqa: PLC0415

    before, options = _read(content), list(_options(content))
    decision = decide(declared(content), needs, path=path)
    edits = [Edit(*item.span, str(requirement)) for item, requirement in decision.renewed]
    edits += [Edit(item.slot.start, item.slot.end, item.new) for item in decision.raised]
    for section, group in ((_MAIN, "main"), (_EXTRAS, "dev")):
        missing = [item for item in decision.missing if item.group == group]
        if missing:
            found = [option for option in options if option.section == section]
            edits += _insertions(content, section, found, missing)
    after = apply(content, edits)
    if _count(_read(after)) != _count(before) + len(decision.missing):
        raise MergeError(f"{NAME} is written in a way that cannot be added to")
    return decision.merge(after)


def declared(content: str) -> list[Declared]:
    """The requirements of a setup.cfg, and the versions of Python."""
    options = list(_options(content))
    return [*(item for option in options for item in _declared(content, option)), *_python(content)]


def _read(content: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(content.removeprefix("\ufeff"))
    except configparser.Error as error:
        raise MergeError(f"{NAME} cannot be read: {str(error).splitlines()[0]}") from error
    return parser


def _count(parser: configparser.ConfigParser) -> int:
    """How many requirements the file lists as setuptools reads it."""
    values = [parser.get(_MAIN, "install_requires", fallback="")]
    values += parser[_EXTRAS].values() if parser.has_section(_EXTRAS) else []
    lists = [value.splitlines() if "\n" in value else value.split(";") for value in values]
    return sum(bool(item.strip()) for items in lists for item in items)


def sections(content: str) -> set[str]:
    """The names of the sections that a setup.cfg has."""
    return {header[1] for header in _HEADER.finditer(content)}


_HEADER = re.compile(r"^\[([^\]\r\n]+)\][^\r\n]*", re.MULTILINE)
_SECTION = re.compile(r"\[([^\]]+)\]")
_OPTION = re.compile(r"([^\s#;=:\[][^=:]*?)\s*[=:]")


def _options(content: str) -> Iterator[_Option]:
    """The options that list requirements, in the file's order."""
    section, option = "", None
    for match in re.finditer(r"[^\r\n]+", content):
        line = match[0].removeprefix("\ufeff")
        if header := _SECTION.match(line):
            section, option = header[1], None
        elif named := _OPTION.match(line):
            name = named[1].lower()
            option = None
            if section == _EXTRAS or (section == _MAIN and name == "install_requires"):
                option = _Option(section, name, match.start() + named.end())
                option.items += _split(line[named.end() :], option.start)
                yield option
        elif option and line[0] in " \t" and line.strip() and line.strip()[0] not in "#;":
            text = line.strip()
            option.indent = line[: line.index(text)]
            option.items.append((match.start() + len(option.indent), text))


def _split(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The requirements on an option's own line, where semicolons part them."""
    for part in re.finditer(r"[^;]+", text):
        if part[0].strip():
            yield start + part.start() + len(part[0]) - len(part[0].lstrip()), part[0].strip()


def _declared(content: str, option: _Option) -> Iterator[Declared]:
    for start, text in option.items:
        if parsed := parse_pep508(text):
            yield Declared(
                parsed,
                written=text,
                place=option.place,
                line=line_of(content, start),
                span=(start, start + len(text)),
                slot=slot_in(text, start, parsed),
            )


def _python(content: str) -> Iterator[Declared]:
    pattern = r"^(python_requires\s*=\s*)(\S[^\r\n]*?)[ \t]*$"
    for found in re.finditer(pattern, content, re.MULTILINE):
        yield Declared(
            Parsed("python", frozenset(), found[2], conditional=False),
            written=found[0],
            place="main",
            line=line_of(content, found.start()),
            span=found.span(),
            slot=Slot(*found.span(2), found[2], found[1], ""),
        )


def _insertions(
    content: str, section: str, options: Sequence[_Option], missing: Sequence[Requirement]
) -> list[Edit]:
    there = [option for option in options if option.place != "other"]
    there.sort(key=lambda option: (not _lists_pytest(option), option.name != "dev"))
    if there:
        return _into(content, there[0], missing)
    line_end = line_end_of(content)
    name = "install_requires" if section == _MAIN else "dev"
    lines = line_end.join([f"{name} =", *(f"    {item}" for item in missing)])
    for header in _HEADER.finditer(content):
        if header[1] == section:
            return [Edit(header.end(), header.end(), f"{line_end}{lines}")]
    end = len(content)
    if content.endswith(("\n", "\r")):
        return [Edit(end, end, f"{line_end}[{section}]{line_end}{lines}{line_end}")]
    return [Edit(end, end, f"{line_end * 2}[{section}]{line_end}{lines}")]


def _lists_pytest(option: _Option) -> bool:
    return any(re.match(r"pytest\b(?!-)", text, re.IGNORECASE) for _, text in option.items)


def _into(content: str, option: _Option, missing: Sequence[Requirement]) -> list[Edit]:
    source = next((text for _, text in option.items if text.startswith("file:")), None)
    if source:
        raise MergeError(f"{NAME} takes its requirements from elsewhere ({source})")
    if option.items and not option.indent:
        start, text = option.items[-1]
        end = start + len(text)
        return [Edit(end, end, "".join(f"; {item}" for item in missing))]
    items = [
        Item(parsed.name, start, start + len(text))
        for start, text in option.items
        if (parsed := parse_pep508(text))
    ]
    line_end, indent = line_end_of(content), option.indent or "    "
    edits: list[Edit] = []
    placements = arrange(content, option.start, items, missing)
    if items and "\n" not in content[option.start : items[0].start]:
        placements = [Placement(len(items) - 1, tuple(missing))]
    for placement in placements:
        start = items[placement.after].end if placement.after >= 0 else option.start
        new = [placement.heading] if placement.heading else []
        new += [str(item) for item in placement.requirements]
        edits.append(Edit(start, start, "".join(f"{line_end}{indent}{line}" for line in new)))
    return edits
