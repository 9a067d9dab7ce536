"""A template file can be read from top to bottom: it has few conditions, and so have its parts."""

import re
from pathlib import Path

import pytest

from .support.template import REPOSITORY

FILES = [
    path
    for directory in ("template", "includes")
    for path in sorted((REPOSITORY / directory).rglob("*.jinja"))
]
TAG = re.compile(r"{%-?\s*(?:if|elif)\b|{{.*?}}|{%-?\s*(?:set|for|include)\b.*?%}", re.DOTALL)
MOST = {"template": 13, "includes": 8}
"""A table of imports or parts counts once, whatever its rows depend on."""


def conditions(text: str) -> int:
    """Count what a reader has to decide."""
    return sum(bool(re.search(r"\b(?:if|elif)\b", tag)) for tag in TAG.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_file_has_few_conditions(path: Path) -> None:
    most = MOST[path.relative_to(REPOSITORY).parts[0]]

    assert conditions(path.read_text(encoding="utf-8")) <= most
