"""The layer's files that a project has."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..answers import Answers

TEMPLATE = Path(__file__).resolve().parents[2] / "template"
_TAG = re.compile(r"{%.*?%}")


def layer_files(project: Path, answers: Answers) -> Iterator[str]:
    """Yield each file of the layer's that is there, with those that the user added beside them."""
    layer = PurePosixPath(answers.layer_dir)
    source = TEMPLATE / "{{ db_layer_dir }}"
    own = {_TAG.sub("", path.name).removesuffix(".jinja") for path in source.iterdir()}
    if layer == PurePosixPath(answers.package_dir):
        own.discard("__init__.py")
    paths = [
        *(path for path in (project / layer).glob("*.py") if path.name in own),
        *(project / layer / "database_kit").rglob("*.py"),
        *(project / answers.tests_dir).glob("__init__.py"),
        *(project / answers.own_tests_dir).rglob("*"),
        project / answers.guide,
        project / ".agents" / "skills" / answers.skill_name / "SKILL.md",
    ]
    if not answers.is_adopted:
        paths += (project / layer / "models").rglob("*.py")
    if answers.has_own_alembic:
        paths += [*(project / answers.migrations_dir).rglob("*"), project / answers.alembic_ini]
    for path in paths:
        name = path.relative_to(project).as_posix()
        if path.is_file() and path.suffix != ".pyc" and name not in answers.kept:
            yield name
