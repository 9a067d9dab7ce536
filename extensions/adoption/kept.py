"""The files that a copy finds in its place and leaves as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OWN_FILES = ("DATABASE.md",)


def kept_files(project: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield a pattern for each file that exists where the template would put one.

    After the first copy the files are the user's: a further copy adds what is missing, and only
    an update merges changes.
    """
    layer, tests = answers["db_layer_dir"], answers["db_tests_dir"]
    places = [
        *(project / layer).glob("*.py"),
        *(project / layer / "models").rglob("*.py"),
        *(project / answers["db_migrations_dir"]).rglob("*"),
        *(project / tests).glob("__init__.py"),
        *(project / tests / "database").rglob("*"),
        project / answers["db_alembic_ini"],
        *(project / name for name in OWN_FILES),
    ]
    for place in places:
        if place.is_file():
            yield "/" + _escaped(place.relative_to(project).as_posix())


def _escaped(path: str) -> str:
    """A path as a pattern in a .gitignore's syntax."""
    return "".join(f"\\{char}" if char in "\\*?[]!# " else char for char in path)
