"""A page of the site as what it is to its reader: files to write and commands to run."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import REPOSITORY

DOCS = REPOSITORY / "docs"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]*)(?: title=\"(?P<title>[^\"]+)\")?\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    language: str
    title: str
    """The file that the block is, or is a change of; empty for commands and what they print."""
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """Read the blocks of a page.

    Args:
        page: its path below `docs/`.
    """
    text = Path(DOCS, page).read_text(encoding="utf-8")
    return [
        Block(
            language=match["language"],
            title=match["title"] or "",
            text=re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            line=text.count("\n", 0, match.start()) + 1,
        )
        for match in FENCE.finditer(text)
    ]
