"""`python extensions/existing_project.py DIR`, as people and other tools call it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from extensions.inspection.facts_command import main
from tests.inspection.trees import APP, POETRY, PYPROJECT, write_tree

SCRIPT = Path(__file__).parents[2] / "extensions" / "existing_project.py"
FILES = {
    "backend/pyproject.toml": PYPROJECT,
    "backend/app/main.py": f"from app.db import get_db\n{APP}",
    "backend/app/db.py": "from sqlalchemy.orm import Session\n\n\ndef get_db():\n"
    "    yield Session()\n",
}


def test_the_facts_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write_tree(tmp_path, FILES))]) == 0
    shown = json.loads(capsys.readouterr().out)
    extra = shown.pop("extra")
    assert shown == {
        "project_root": "backend",
        "package_dir": "app",
        "import_path": "app",
        "app_file": "app/main.py",
        "app_object": "app.main:app",
        "app_factory": False,
        "dependency_file": "pyproject.toml",
        "dependency_manager": "setuptools",
        "database": {
            "sqlalchemy": "sync",
            "alembic": None,
            "alembic_ini": None,
            "base_class": None,
            "session_dependency": "app.db:get_db",
            "supabase": False,
        },
        "confident": True,
        "candidates": [],
    }
    assert extra["fastapi"]["line"] == 5


def test_the_script_needs_nothing_but_python(tmp_path: Path) -> None:
    others = {
        "backend/Pipfile": '[packages]\nfastapi = "*"\n',
        "backend/environment.yml": "dependencies:\n  - fastapi=0.121\n",
        "backend/pixi.toml": '[dependencies]\nfastapi = "*"\n',
        "backend/requirements.txt": "fastapi\n",
        "backend/setup.cfg": "[options]\ninstall_requires =\n    fastapi\n",
        "backend/setup.py": "from setuptools import setup\nsetup(install_requires=['fastapi'])\n",
    }
    write_tree(tmp_path, {**FILES, **others})
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", str(SCRIPT), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["package_dir"] == "app"
    assert done.stderr == ""


def test_each_line_of_the_explanation_names_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(write_tree(tmp_path, FILES)), "--explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = dict(line.split(": ", 1) for line in lines)
    for fact, where in {
        "project_root": "pyproject.toml:5",
        "package_dir": "app/main.py:4",
        "import_path": "app/main.py:1",
        "app_file": "app/main.py:4",
        "app_object": "app/main.py:4",
        "dependency_file": "pyproject.toml:5",
        "dependency_manager": "pyproject.toml:1",
        "database.sqlalchemy": "app/db.py:1",
        "database.session_dependency": "app/db.py:4",
        "fastapi": "pyproject.toml:5",
    }.items():
        assert f"({where})" in shown[fact]
        file, _, line = where.partition(":")
        text = (tmp_path / "backend" / file).read_text().splitlines()
        assert 1 <= int(line) <= len(text)


def test_what_is_not_sure_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"{name}/{file}": text for name in "ab" for file, text in
             {"requirements.txt": "fastapi\n", "main.py": APP}.items()}  # fmt: skip
    main([str(write_tree(tmp_path, files)), "--explain"])
    shown = capsys.readouterr().out
    assert re.search(r"^package_dir: \.  UNSURE", shown, re.MULTILINE)
    assert "other package directories: ../b" in shown


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_what_is_no_directory_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, {"file.txt": ""})
    assert main([str(tmp_path / name)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert name in shown.err


def test_a_missing_argument_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "DIR" in capsys.readouterr().err


def test_problems_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(tmp_path, {"pyproject.toml": f"{POETRY}]", "app/main.py": APP})
    main([str(tmp_path), "--explain"])
    assert "problem: pyproject.toml is not valid TOML" in capsys.readouterr().out
