"""What the project's own Alembic would do to the layer's tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..inspection.tree import Tree, basename, parent
from ..project_files.encoding import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY_SCHEMA = re.compile(r"^[^#\n]*\binclude_schemas[ \t]*=[ \t]*True", re.MULTILINE)
FILTER = re.compile(r"^[^#\n]*\b(?:include_name|include_object)[ \t]*=", re.MULTILINE)


def notes_on_autogenerate(project: Path, migrations_dir: str, schema: str) -> Iterator[str]:
    """Say where the project's own Alembic would drop the layer's tables, and what keeps it off.

    Args:
        project: the project's directory.
        migrations_dir: the layer's own environment.
        schema: where the layer's tables are.
    """
    for file, text in _environments(project):
        match = EVERY_SCHEMA.search(text)
        if match and not FILTER.search(text) and parent(file) != migrations_dir:
            line = line_of(text, match.end())
            yield (
                f"{file}, line {line}: with include_schemas its "
                "autogenerate proposes to drop this layer's tables; add there:\n"
                f'    include_name=lambda name, kind, _: kind != "schema" or name != "{schema}",'
            )


def _environments(project: Path) -> Iterator[tuple[str, str]]:
    """Each `env.py`, with its text; none where nothing is there yet."""
    if project.is_dir():
        tree = Tree(project)
        for file in tree.files():
            if basename(file) == "env.py":
                yield file, tree.text(file)
