"""Writes the reference pages that are read off the code: questions, settings, generated files.

`uv run python -m scripts.reference` brings them up to date; a test fails where they are not.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.template import REPOSITORY, add_layer, copy_project, snapshot_template

from .question_notes import DEFAULTS, NOTES

REFERENCE = REPOSITORY / "docs" / "reference"
WRITTEN_BY = (
    "<!-- Written by `uv run python -m scripts.reference`; change what it is read off instead. -->"
)
PROJECT = "uv-app"


def pages() -> dict[str, str]:
    """The pages, by the names of their files."""
    questions: dict[str, dict[str, Any]] = {
        name: value
        for name, value in yaml.safe_load(
            (REPOSITORY / "copier.yml").read_text(encoding="utf-8")
        ).items()
        if name.startswith("db_")
    }
    extras: list[str] = list(questions["db_extras"]["choices"].values())
    with tempfile.TemporaryDirectory() as name:
        template = snapshot_template(Path(name, "template"))

        def generate(kind: str, **answers: object) -> Path:
            project = copy_project(PROJECT, Path(name, kind))
            return add_layer(template, project, **answers)

        plain = generate("plain", db_extras=[], db_example_model=False)
        example = generate("example", db_extras=[])
        every = generate("every", db_extras=extras)
        supabase = generate("supabase", db_type="supabase", db_auth_tables=True, db_extras=extras)
        return {
            "questions.md": _questions(questions),
            "settings.md": _settings(plain, every, supabase),
            "files.md": _files(plain, example, every, supabase),
        }


def _questions(questions: Mapping[str, Mapping[str, Any]]) -> str:
    asked, unsure, settled = list[str](), list[str](), list[str]()
    for name, question in questions.items():
        if name not in NOTES:
            if "default" in question and question.get("when") is not False:
                raise KeyError(f"scripts/question_notes.py says nothing of {name}")
            continue
        when = str(question.get("ask", True))
        group = (
            settled
            if "False" in (when, str(question.get("when")))
            else unsure
            if "unsure(" in when or "can_adopt(" in when
            else asked
        )
        group.append(_question(name, question))
    return "\n".join(
        [
            "# Questions",
            "",
            WRITTEN_BY,
            "",
            "Each can be answered on the command line with `-d NAME=VALUE`; `--defaults` takes the",
            "default for all others. The answers are recorded in `.copier-answers.db.yml`, and an",
            "update reads them there.",
            "",
            "## Always asked",
            "",
            *asked,
            "## Asked when the project leaves it open",
            "",
            "The [detection rules](../detection.md) decide; `--defaults` stops with the",
            "candidates.",
            "",
            *unsure,
            "## Not asked",
            "",
            "Looked up or derived, and recorded, because an update renders without the project.",
            "Each can be given with `-d` all the same.",
            "",
            *settled,
        ]
    )


def _question(name: str, question: Mapping[str, Any]) -> str:
    lines = [f"### `{name}`", ""]
    if asked := question.get("help"):
        words = re.sub(r"{{ (db_\w+) }}", r"`\1`", " ".join(asked.split()))
        lines += [f"> {words}", ""]
    lines += [NOTES[name], ""]
    found = question.get("choices", {})
    # A text is a template, for choices that depend on the project.
    choices: Mapping[str, str] = {} if isinstance(found, str) else found
    lines += [f"- `{value}`: {_shown(label, value)}" for label, value in choices.items()]
    if choices:
        lines.append("")
    lines += [f"Default: {_default(name, question['default'])}", ""]
    return "\n".join(lines)


def _shown(label: str, value: str) -> str:
    return label.removeprefix(f"{value}: ")


def _default(name: str, default: object) -> str:
    if name in DEFAULTS:
        return DEFAULTS[name]
    # The answer of a copy before this one, else a constant.
    if constant := re.fullmatch(r"{{ proposed\('\w+', (false|true|'')\) }}", str(default)):
        default = yaml.safe_load(constant[1])
    if isinstance(default, str) and "{" in default:
        return "what was found"
    return f"`{json.dumps(default)}`".replace('"', "") if default != "" else "empty"


def _settings(plain_project: Path, full_project: Path, supabase_project: Path) -> str:
    plain, full, supabase = map(_settings_of, (plain_project, full_project, supabase_project))
    rows = [
        [
            f"`{name}`",
            default
            if supabase[name][0] == default
            else f"{default}; {supabase[name][0]} on Supabase",
            meaning if name in plain else f"{meaning} (with an extra)",
        ]
        for name, (default, meaning) in full.items()
    ]
    rows += [
        [f"`{name}`", default, f"{meaning} (on Supabase)"]
        for name, (default, meaning) in supabase.items()
        if name not in full
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            WRITTEN_BY,
            "",
            "The layer reads them from the environment and from `.env`, the first time that it is",
            "used. Importing it needs none. Only `DATABASE_URL` has to be there; whatever is wrong",
            "is said with the variable's name and without its value.",
            "",
            *_table(["variable", "default", "what it is"], rows),
            "",
            "`DATABASE.md` in your project has the same table for what you have chosen.",
            "",
        ]
    )


def _settings_of(project: Path) -> dict[str, tuple[str, str]]:
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `((?:DATABASE|SUPABASE)_\w+)` \| (.*?) ?\| (.*?) ?\|$", guide, re.MULTILINE
    )
    return {
        name: ("the project's name" if name.endswith("APPLICATION_NAME") else default, meaning)
        for name, default, meaning in rows
    }


def _files(*projects: Path) -> str:
    plain, example, every, supabase = map(_files_of, projects)
    return "\n".join(
        [
            "# Generated files",
            "",
            WRITTEN_BY,
            "",
            "For a project whose package is `app`, with its tests in `tests`; yours are named",
            "after your own. All of them are yours to change.",
            "",
            "## Always",
            "",
            *_table(["file", "what it is"], _rows(plain)),
            "",
            "## With `db_example_model`",
            "",
            *_table(["file", "what it is"], _rows(example, plain)),
            "",
            "## With `db_extras`",
            "",
            "One or two files each, and what tests them.",
            "",
            *_table(["file", "what it is"], _rows(every, example)),
            "",
            "## On Supabase",
            "",
            *_table(["file", "what it is"], _rows(supabase, every)),
            "",
            "## One file a model",
            "",
            "Each of [the models you ask for](../models.md) has its file in `app/models/`, and",
            "they share `tests/database/test_database_models.py`. Models with vectors bring",
            "`app/database_kit/vectors.py` and `extensions.py`, text to search `search.py`.",
            "",
        ]
    )


SAID = {
    ".agents/skills/database/SKILL.md": "rules and commands for coding agents",
    ".copier-answers.db.yml": "your answers, for updates",
    "DATABASE.md": "how to set it up and use it, in your project's own words",
    "alembic.ini": "Alembic's configuration, without a URL",
    "alembic/script.py.mako": "what a new revision looks like",
    "alembic/versions/.gitkeep": "keeps the directory of your revisions",
    "alembic/login_role.sql": "the role that the application logs in as, to run once",
    "tests/database/supabase_stand_in.sql": "Supabase's roles and schemas, for tests",
}


def _files_of(project: Path) -> dict[str, str]:
    own = {
        path.relative_to(REPOSITORY / "tests" / "projects" / PROJECT).as_posix()
        for path in (REPOSITORY / "tests" / "projects" / PROJECT).rglob("*")
    }
    return {
        name: _said(path, name)
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(project).parts
        for name in [path.relative_to(project).as_posix()]
        if name not in own
    }


def _said(path: Path, name: str) -> str:
    if path.suffix != ".py":
        return SAID[name]
    found = re.match(r'"""(.*?)(?:\.?"""|\.?\n)', path.read_text(encoding="utf-8"))
    return found[1].replace("``", "`") if found else "makes a package of the directory"


def _rows(files: Mapping[str, str], without: Mapping[str, str] | None = None) -> list[list[str]]:
    return [[f"`{name}`", said] for name, said in files.items() if name not in (without or {})]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for file, text in pages().items():
        (REFERENCE / file).write_text(text, encoding="utf-8")
