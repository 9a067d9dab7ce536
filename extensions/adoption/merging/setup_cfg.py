"""Adding requirements to a setup.cfg."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .decide import Declared
from .model import MergeError
from .notation import parse_pep508
from .places import is_development
from .requirements import decide_for
from .text import line_end_of, line_number
from .toml_edit import Edit, apply, in_order, sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .decide import Decision, Place
    from .model import Conflict, Requirement

NAME = "setup.cfg"


@dataclass(frozen=True, slots=True)
class Option:
    """An option with the places of the requirements that its value lists."""

    section: str
    name: str
    end: int
    """After the value's last requirement, or after the delimiter."""
    items: list[tuple[int, str]]
    indent: str
    inline: bool
    """Whether the requirements stand on the option's own line."""


def add_dependencies(
    content: str, *, main: Sequence[str], dev: Sequence[str] = (), earlier: Sequence[str] = ()
) -> str:
    """Add the requirements that a setup.cfg does not have yet.

    Args:
        content: the file.
        main: what the running application needs, as PEP 508: for `install_requires`.
        dev: what tests and migrations need, as PEP 508: for the `dev` extra, or that which lists
            pytest.
        earlier: what earlier versions of the template added. Such a text is renewed, and one
            that is gone stays out.

    Raises:
        MergeError: the file cannot be read, or takes its requirements from elsewhere.
    """
    options = _options(content)
    decision = _decide(content, options, main, dev, earlier, NAME)
    edits = [Edit(*item.span, str(requirement)) for item, requirement in decision.renewed]
    for group, section in (("main", "options"), ("dev", "options.extras_require")):
        missing = [item for item in decision.missing if item.group == group]
        if missing:
            edits.append(_insertion(content, options, section, missing))
    return apply(content, edits)


def find_conflicts(
    content: str,
    *,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
    path: str = NAME,
) -> list[Conflict]:
    """The requirements of a setup.cfg that exclude what the layer needs.

    Raises:
        MergeError: the file cannot be read.
    """
    return _decide(content, _options(content), main, dev, earlier, path).conflicts


def _decide(
    content: str,
    options: Sequence[Option],
    main: Sequence[str],
    dev: Sequence[str],
    earlier: Sequence[str],
    path: str,
) -> Decision:
    found: list[Declared] = []
    for option in options:
        place: Place = "main"
        if option.section != "options":
            place = "dev" if is_development(option.name) else "other"
        for start, text in option.items:
            parsed = parse_pep508(text)
            if parsed:
                found.append(
                    Declared(
                        *parsed,
                        written=text,
                        place=place,
                        line=line_number(content, start),
                        span=(start, start + len(text)),
                        path=path,
                    )
                )
    return decide_for(found, main, dev, earlier)


_SECTION = re.compile(r"^\[([^\]\r\n]+)\]", re.MULTILINE)
_OPTION = re.compile(r"^([^\s#;=:\[][^=:\r\n]*?)[ \t]*[=:]", re.MULTILINE)


def _options(content: str) -> list[Option]:
    """The options that list requirements.

    Raises:
        MergeError: the file is no INI file.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(content.removeprefix("\ufeff"))
    except configparser.Error as error:
        raise MergeError(f"{NAME} cannot be read: {str(error).splitlines()[0]}") from error
    found: list[Option] = []
    heads = list(_SECTION.finditer(content))
    for head, follower in zip(heads, [*heads[1:], None], strict=True):
        if head[1] not in ("options", "options.extras_require"):
            continue
        limit = follower.start() if follower else len(content)
        matches = list(_OPTION.finditer(content, head.end(), limit))
        for match, after in zip(matches, [*matches[1:], None], strict=True):
            name = match[1].strip().lower()
            if head[1] == "options" and name != "install_requires":
                continue
            found.append(
                _option(content, head[1], name, match.end(), after.start() if after else limit)
            )
    return found


def _option(content: str, section: str, name: str, start: int, limit: int) -> Option:
    items: list[tuple[int, str]] = []
    end, indent, inline = start, "", True
    for match in re.compile(r"[^\r\n]+").finditer(content, start, limit):
        line = match[0]
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        first = match.start() == start
        inline = inline and first
        if not first:
            indent = line[: len(line) - len(line.lstrip())]
        parts = re.split(r"(?<=\S)\s*;\s*", text) if first else [text]
        at = match.start()
        for part in parts:
            at = content.index(part, at)
            items.append((at, part))
            at += len(part)
        end = match.start() + len(line.rstrip())
    return Option(section, name, end, items, indent or "    ", inline and bool(items))


def _insertion(
    content: str, options: Sequence[Option], section: str, missing: Sequence[Requirement]
) -> Edit:
    line_end = line_end_of(content)
    there = [option for option in options if option.section == section]
    if section != "options":
        there = [option for option in there if is_development(option.name)]
        there.sort(key=lambda option: (not _lists_pytest(option), option.name != "dev"))
    if there:
        return _into(content, there[0], missing, line_end)
    name = "install_requires" if section == "options" else "dev"
    lines = line_end.join([f"{name} =", *(f"    {item}" for item in missing)])
    head = next((h for h in _SECTION.finditer(content) if h[1] == section), None)
    if head:
        end = re.compile(r"[^\r\n]*").match(content, head.end())
        at = end.end() if end else head.end()
        return Edit(at, at, f"{line_end}{lines}")
    body = f"[{section}]{line_end}{lines}"
    if content.endswith("\n"):
        return Edit(len(content), len(content), f"{line_end}{body}{line_end}")
    return Edit(len(content), len(content), f"{line_end * 2}{body}" if content else body + line_end)


def _lists_pytest(option: Option) -> bool:
    return any(text.lower().startswith("pytest") for _, text in option.items)


def _into(content: str, option: Option, missing: Sequence[Requirement], line_end: str) -> Edit:
    if any(text.startswith("file:") for _, text in option.items):
        raise MergeError(
            f"{NAME} takes its requirements from another file ({option.items[0][1]}); add them there"
        )
    if option.inline:
        return Edit(option.end, option.end, "".join(f"; {item}" for item in missing))
    names = [parsed[0] for _, text in option.items if (parsed := parse_pep508(text))]
    items = list(missing)
    if in_order(names):
        items.sort(key=lambda item: sort_key(item.name))
    lines = "".join(f"{line_end}{option.indent}{item}" for item in items)
    return Edit(option.end, option.end, lines)
