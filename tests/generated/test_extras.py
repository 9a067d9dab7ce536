"""Extras come alone, together or not at all, and leave with the lines that wire them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from extensions.adoption.plan import make_plan
from extensions.answers import Answers
from extensions.verification.checks import verify
from tests.support.adopted import EXTRAS
from tests.support.template import ANSWERS_FILE, add_layer, copy_project, copy_with_layer

WIRED_BY = {
    "errors": r".*install_error_answers.*\n",
    "health": r".*install_health.*\n",
    "metrics": r".*\bmeasure\b.*\n",
    "retries": r".*\bretries\b.*\n",
    "telemetry": r".*(install_telemetry|observe).*\n",
}
"""The lines of database.py, database_kit/engine.py and the tests' conftest.py."""
WIRED_FILES = ("app/database.py", "app/database_kit/engine.py", "tests/database/conftest.py")
MORE_FILES = {"reads": ["hot_statements.py", "hot_writes.py"]}
"""Besides those that are named after the extra."""
PARTS = {"agents", "autogenerate", "citus", "diagnostics", "enums", "views"}
"""Parts of the doctor and of autogenerate: an update takes them back, no deletion; and no code."""


def failures(project: Path) -> list[str]:
    """What the layer's modules import and do not find, and names that nothing has."""
    answers = Answers.of(yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8")))
    plan = make_plan(project, answers)
    checks = verify(project, answers, plan, imports=False, environ={})
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=F,E9", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [check.advice for check in checks if check.level == "failure"]
    return found + [done.stdout] * done.returncode


@pytest.fixture(scope="module")
def with_all(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all extras; tests take a copy."""
    directory = tmp_path_factory.mktemp("extras") / "project"
    return copy_with_layer(template, "uv-app", directory, db_extras=EXTRAS)


@pytest.mark.parametrize("extra", [extra for extra in EXTRAS if extra not in PARTS])
def test_deleted(extra: str, with_all: Path, tmp_path: Path) -> None:
    project = shutil.copytree(with_all, tmp_path / "project")
    files = [
        file
        for name in (f"*{extra}.py", *MORE_FILES.get(extra, []))
        for file in project.glob(f"*/**/{name}")
    ]
    assert any(file.name == f"{extra}.py" for file in files)

    for file in files:
        file.unlink()
    lines = re.compile(WIRED_BY.get(extra, r"\Z "))
    for file in map(project.joinpath, WIRED_FILES):
        file.write_text(lines.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")

    assert failures(project) == []


@pytest.mark.parametrize("extra", [None, *EXTRAS])
def test_alone(extra: str | None, template: Path, tmp_path: Path) -> None:
    answers: dict[str, object] = {
        "db_existing": "beside",
        "db_extras": [extra] if extra else [],
    }
    if extra == "views":
        answers |= {"db_type": "supabase"}
    if extra == "citus":
        answers |= {"db_tenants": True}
    project = add_layer(template, copy_project("root-modules", tmp_path / "p"), **answers)

    made = {path.stem.removeprefix("database_") for path in project.glob("**/*.py")}
    made |= {path.parts[-4].lstrip(".") for path in project.glob(".agents/skills/*/SKILL.md")}
    made |= {path.parent.name for path in project.glob("**/autogenerate/plugin.py")}
    # Tables beside others are in a schema of their own, which brings it along.
    assert "autogenerate" in made

    assert failures(project) == []
    everywhere = {"autogenerate", "doctor"}
    assert made & {*EXTRAS} - everywhere == {extra} - {None, *everywhere}
    assert ("doctor" in made) == (extra in {"doctor", "diagnostics"})
