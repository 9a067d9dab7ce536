"""Text of a user's file, which goes back with the encoding and the marks it came with."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

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
    """Read bytes as UTF-8 or UTF-16 by their mark, else as UTF-8, else as Latin-1.

    Latin-1 gives every byte a character, so that an edit of ASCII text keeps the other
    bytes of any encoding that extends ASCII.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Text(data[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError:
                break
    try:
        return Text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return Text(data.decode("latin-1"), "latin-1")


_LINE_END = re.compile(r"\r\n|\n|\r")


def line_end_of(content: str) -> str:
    """The line end that a file uses: that of its last line with one, else a line feed."""
    ends = _LINE_END.findall(content)
    return ends[-1] if ends else "\n"


def line_number(content: str, offset: int) -> int:
    """The number, counted from 1, of the line that an offset lies in."""
    return content.count("\n", 0, offset) + 1
