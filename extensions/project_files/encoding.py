"""Bytes of a user's file as text, which goes back with the encoding and the marks it came with."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..project_paths import MAX_BYTES, PathError, read

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """The content of a file and how it is written as bytes; line ends stay in the content."""

    content: str
    encoding: str = "utf-8"
    mark: bytes = b""
    """The byte order mark."""

    def encode(self, content: str) -> bytes:
        """Write other content the way this file is written."""
        return self.mark + content.encode(self.encoding)


def decode(data: bytes) -> Text:
    """Read bytes as UTF-8 or UTF-16 by their mark, else by what they look like, else as Latin-1.

    Latin-1 gives every byte a character, so that an edit of ASCII text keeps the other
    bytes of any encoding that extends ASCII.
    """
    for mark, encoding in (*_MARKS, (b"", _unmarked(data))):
        if data.startswith(mark):
            try:
                return Text(data[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError:
                continue
    return Text(data.decode("latin-1"), "latin-1")


def _unmarked(data: bytes) -> str:
    """The likely encoding of bytes without a mark: in UTF-16, every other byte of ASCII is 0."""
    head = data[:200]
    if head.count(b"\0") * 3 <= len(head):
        return "utf-8"
    return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"


def text_of(project: Path, name: str, *, limit: int = MAX_BYTES) -> str:
    """The text of a file of the project; empty where there is none that can be read."""
    try:
        return decode(read(project, name, limit=limit) or b"").content
    except PathError:
        return ""


_LINE_END = re.compile(r"\r\n|\n|\r")


def line_end_of(content: str) -> str:
    """The line end that a file uses: that of its last line with one, else a line feed."""
    ends = _LINE_END.findall(content)
    return ends[-1] if ends else "\n"


def line_of(text: str, offset: int) -> int:
    """The line, counted from 1, that an offset in a text falls on."""
    return text.count("\n", 0, offset) + 1
