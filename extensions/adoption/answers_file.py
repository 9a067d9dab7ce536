"""The answers that a project records, which may have been edited, or come from anybody."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..conversion.offer import check_adopted
from ..project_files.encoding import decode, line_end_of
from ..project_files.requirement import Change
from ..project_files.writing import write_changes
from ..project_paths import PathError, inside, read
from .record import check_record, read_record, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ANSWERS_FILE = ".copier-answers.db.yml"
MAX_BYTES = 256_000
"""PyYAML needs seconds for more."""
PATHS = (
    *("db_package_dir", "db_layer_dir", "db_import_base", "db_app_file", "db_dependency_file"),
    *("db_migrations_dir", "db_alembic_ini", "db_tests_dir", "db_tests_subdir", "db_guide"),
    "db_env_example",
)
"""The questions that are answered with a path in the project."""


class AnswersError(Exception):
    """What is recorded cannot be used; the message is one sentence for the user."""


def read_answers(project: Path, name: str = ANSWERS_FILE) -> Mapping[str, Any]:
    """What a project records; empty where it has no such file.

    Raises:
        AnswersError: the file is not as a copy or an update left it.
    """
    try:
        data = read(project, name, limit=MAX_BYTES)
    except PathError as error:
        raise AnswersError(f"{error}; restore it, and run this again.") from error
    return _parsed(data, name) if data is not None else {}


@lru_cache(maxsize=4)
def _parsed(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        answers = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise AnswersError(f"{where}: this is not valid YAML; restore the file.") from error
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise AnswersError(f"{name}: there are no answers in it; restore the file.")
    return cast("Mapping[str, Any]", answers)


def record_changes(project: Path, changes: Sequence[Change], name: str = ANSWERS_FILE) -> None:
    """Add changes of the user's files to what a project records, once they are written.

    Raises:
        AnswersError: what is recorded cannot be read.
        WriteError: it cannot be written.
    """
    if not changes:
        return
    answers = read_answers(project, name)
    new = record(
        changes,
        project=project,
        kept=(),
        earlier=read_record(answers),
        app_file=answers.get("db_app_file") or "",
    )
    replace_answers(project, {"db_record": new}, name)


def replace_answers(project: Path, answers: Mapping[str, Any], name: str = ANSWERS_FILE) -> None:
    """Give some of the recorded answers other values; the rest of the file stays as it is.

    Raises:
        AnswersError: what is recorded cannot be read.
        WriteError: it cannot be written.
    """
    recorded = read_answers(project, name)
    before = read(project, name, limit=MAX_BYTES) or b""
    text = decode(before)
    content = text.content
    for question, value in answers.items():
        if question in recorded:
            content = _with_answer(content, question, value)
    change = Change.between(project / name, before, text.encode(content))
    write_changes([change], within=project)


def _with_answer(content: str, question: str, value: object) -> str:
    # As Copier's filter `to_nice_yaml` writes it.
    block = yaml.dump(
        {question: value}, indent=4, allow_unicode=True, default_flow_style=False, sort_keys=False
    )
    end = line_end_of(content)
    pattern = re.compile(
        rf"^{re.escape(question)}:[^\n]*\n(?:[ \t\-][^\n]*\n|\r?\n)*", re.MULTILINE
    )
    return pattern.sub(lambda _: block.replace("\n", end), content, count=1)


def check_answers(project: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with answers that name files, and with what is recorded of others.

    Args:
        project: the project's directory.
        answers: by their names; not all need be there.

    Yields:
        A sentence each.
    """
    for name in PATHS:
        value = answers.get(name)
        if value:
            try:
                inside(project, value)
            except PathError as error:
                yield f"{name}: {error}."
    for problem in check_record(project, answers.get("db_record")):
        yield f"db_record: {problem}; restore {ANSWERS_FILE}."
    for problem in check_adopted(answers):
        yield f"db_adopted: {problem}; restore {ANSWERS_FILE}."
