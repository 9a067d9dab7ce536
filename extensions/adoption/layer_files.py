"""The files that a copy finds in its place and leaves as they are."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..conversion.added_files import is_adopted
from .record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATE = Path(__file__).resolve().parents[2] / "template"


def kept_files(project: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield each file that exists where the template would put one.

    After the first copy the files are the user's: a further copy adds what is missing, and only
    an update merges changes.
    """
    layer, tests = answers["db_layer_dir"], answers["db_tests_dir"]
    places = [
        *(project / layer).glob("*.py"),
        *(project / layer / "database_kit").rglob("*.py"),
        *(project / tests).glob("__init__.py"),
        *(project / tests / answers["db_tests_subdir"]).rglob("*"),
        project / answers["db_guide"],
    ]
    if not is_adopted(answers):
        places += [
            *(project / layer / "models").rglob("*.py"),
            *(project / answers["db_migrations_dir"]).rglob("*"),
            project / answers["db_alembic_ini"],
        ]
    for place in places:
        if place.is_file():
            yield place.relative_to(project).as_posix()


def layer_files(project: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield each file of the layer's that is there, with those that the user added beside them."""
    layer, package = (
        PurePosixPath(answers["db_layer_dir"]),
        PurePosixPath(answers["db_package_dir"]),
    )
    source = TEMPLATE / "{{ db_layer_dir }}"
    own = {_TAG.sub("", each.name).removesuffix(".jinja") for each in source.iterdir()}
    if layer == package:
        own.discard("__init__.py")
    kept = read_record(answers)["kept"]
    for name in kept_files(project, answers):
        path = PurePosixPath(name)
        if (
            name not in kept
            and path.suffix != ".pyc"
            and (path.parent != layer or path.name in own)
        ):
            yield name


_TAG = re.compile(r"{%.*?%}")


def escaped(path: str) -> str:
    """A path as a pattern in a .gitignore's syntax."""
    return "".join(f"\\{char}" if char in "\\*?[]!# " else char for char in path)
