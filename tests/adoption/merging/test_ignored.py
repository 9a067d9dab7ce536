"""Git sees all that the layer is made of, as git itself tells."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from extensions.project_files.gitignore_exceptions import HEADING, let_in
from tests.inspection.trees import write_tree
from tests.support.template import git

FILES = (
    *(".copier-answers.db.yml", ".env.example", "DATABASE.md", "alembic.ini", "alembic/env.py"),
    *("alembic/script.py.mako", "alembic/versions/.gitkeep", "alembic/login_role.sql"),
    *("app/database.py", "app/models/__init__.py", "app/models/base.py"),
    *("tests/__init__.py", "tests/database/conftest.py", "tests/database/stand_in.sql"),
)
LATER = "alembic/versions/2026_01_01_000000_initial.py"
WEIGHTS = {"models/weights.bin": "", "app/data/models/weights.bin": ""}

RULES: dict[str, tuple[Mapping[str, str], dict[str, list[str]]]] = {
    "nothing": ({".gitignore": "*.pyc\n__pycache__/\n"}, {}),
    "weights": ({".gitignore": "models/\n", **WEIGHTS}, {".gitignore": ["!/app/models/"]}),
    "a line that is no pattern": (
        {".gitignore": "\\\nmodels/\nodd\\\n"}, {".gitignore": ["!/app/models/"]},
    ),
    "weights, any": ({".gitignore": "models"}, {".gitignore": ["!/app/models/"]}),
    "dumps": (
        {".gitignore": "*.sql\n"},
        {".gitignore": ["!/alembic/login_role.sql", "!/tests/database/stand_in.sql"]},
    ),
    "dot files": (
        {".gitignore": ".*\n"},
        {".gitignore": [
            "!/.copier-answers.db.yml", "!/.env.example", "!/alembic/versions/.gitkeep",
        ]},
    ),
    "revisions": (
        {".gitignore": "alembic/versions/*\n"},
        {".gitignore": ["!/alembic/versions/.gitkeep", "!/alembic/versions/*.py"]},
    ),
    "a directory of revisions": (
        {".gitignore": "versions/\n"}, {".gitignore": ["!/alembic/versions/"]},
    ),
    "tests that stay private": (
        {".gitignore": "tests/\n", "tests/secrets.py": "", "tests/database.py": ""},
        {".gitignore": [
            "!/tests/", "/tests/*", "!/tests/__init__.py", "!/tests/database/",
        ]},
    ),
    "a directory with directories": (
        {".gitignore": "app/\n", "app/main.py": "", "app/models/of_theirs.py": ""},
        {".gitignore": [
            "!/app/", "/app/*", "!/app/database.py",
            "!/app/models/", "/app/models/*", "!/app/models/__init__.py", "!/app/models/base.py",
        ]},
    ),
    "rules in a directory": (
        {"app/.gitignore": "models/\n", "app/main.py": ""},
        {"app/.gitignore": ["!/models/"]},
    ),
    "rules above that a directory takes back": (
        {".gitignore": "models/\n", "app/.gitignore": "!models/\n"}, {},
    ),
    "rules of this clone": (
        {".git/info/exclude": "DATABASE.md\n"}, {".gitignore": ["!/DATABASE.md"]},
    ),
    "all but": (
        {".gitignore": "*\n!*/\n!*.py\n!.gitignore\n"},
        {".gitignore": [
            "!/.copier-answers.db.yml", "!/.env.example", "!/DATABASE.md", "!/alembic.ini",
            "!/alembic/login_role.sql", "!/alembic/script.py.mako", "!/alembic/versions/.gitkeep",
            "!/tests/database/stand_in.sql",
        ]},
    ),
}  # fmt: skip


def seen(project: Path, *files: str) -> list[str]:
    """Those that git would add."""
    write_tree(project, {name: "" for name in files if not (project / name).exists()})
    listed = git(project, "ls-files", "--others", "--cached", "--exclude-standard")
    return sorted(set(listed.splitlines()) & set(files))


@pytest.mark.parametrize(("tree", "expected"), RULES.values(), ids=RULES.keys())
def test_lines(tmp_path: Path, tree: Mapping[str, str], expected: Mapping[str, list[str]]) -> None:
    git(tmp_path, "init", "--quiet")
    project = write_tree(tmp_path, tree)
    private = [name for name in tree if not name.endswith((".gitignore", "exclude"))]
    before = seen(project, *private)

    changed = let_in(project, FILES, {}, revisions="alembic/versions")

    assert changed == {
        name: "".join(f"{line}\n" for line in [tree.get(name, "").rstrip("\n"), HEADING, *lines])
        if tree.get(name)
        else "".join(f"{line}\n" for line in [HEADING, *lines])
        for name, lines in expected.items()
    }
    write_tree(project, changed)
    assert seen(project, *FILES, LATER) == sorted([*FILES, LATER])
    assert seen(project, *private) == before
    assert let_in(project, FILES, {}, revisions="alembic/versions") == {}


def test_rules_above_the_project(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_tree(tmp_path, {".gitignore": "models/\n/services/*/alembic.ini\n"})
    project = tmp_path / "services" / "shop"
    project.mkdir(parents=True)

    changed = let_in(project, FILES, {}, revisions="alembic/versions")

    assert changed == {".gitignore": f"{HEADING}\n!/alembic.ini\n!/app/models/\n"}
    write_tree(project, changed)
    assert seen(project, *FILES) == sorted(FILES)


def test_a_project_that_git_ignores(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_tree(tmp_path, {".gitignore": "scratch/\n"})
    project = tmp_path / "scratch" / "shop"
    project.mkdir(parents=True)

    assert let_in(project, FILES, {}, revisions="alembic/versions") == {}


def test_rules_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    write_tree(home, {".gitconfig": "[core]\n\texcludesFile = ~/ignored\n", "ignored": "*.sql\n"})
    project.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    git(project, "init", "--quiet")

    changed = let_in(project, FILES, {}, revisions="alembic/versions")

    assert "!/alembic/login_role.sql" in changed[".gitignore"]
    write_tree(project, changed)
    assert seen(project, *FILES) == sorted(FILES)


def test_an_unusual_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write_tree(tmp_path, {".gitignore": "*.md\n"})
    files = ("[odd] #1!.md",)

    changed = let_in(tmp_path, files, {}, revisions="alembic/versions")

    write_tree(tmp_path, changed)
    subprocess.run(["git", "status"], cwd=tmp_path, check=True, capture_output=True, env=os.environ)
    assert seen(tmp_path, *files) == [*files]
