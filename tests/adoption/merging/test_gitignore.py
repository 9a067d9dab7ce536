"""`.env` stays out of git, `.env.example` in it."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings

from extensions.project_files.gitignore import gitignores_above, ignores, protect_env
from tests.adoption.merging.documents import gitignores


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".env\n"),
        ("", ".env\n"),
        ("*.pyc\n", "*.pyc\n.env\n"),
        ("*.pyc", "*.pyc\n.env"),
        ("*.pyc\r\n", "*.pyc\r\n.env\r\n"),
        (".env\n", ".env\n"),
        ("*.env\n", "*.env\n"),
        ("/.env\r\n", "/.env\r\n"),
        (".env*\n", ".env*\n!.env.example\n"),
        (".env.*\n", ".env.*\n.env\n!.env.example\n"),
        (".env*\n!.env.example\n", ".env*\n!.env.example\n"),
        (".env\n!.env\n", ".env\n!.env\n.env\n"),
        ("# .env\n", "# .env\n.env\n"),
        ("odd\\\n", "odd\\\n.env\n"),
        (".env.local\n", ".env.local\n.env\n"),
        ("*.example\n.env\n", "*.example\n.env\n!.env.example\n"),
        ("\ufeff.env\n", "\ufeff.env\n"),
    ],
)
def test_lines_added(before: str | None, after: str) -> None:
    assert protect_env(before) == after


def test_repository_above_protects_a_project_in_it(tmp_path: Path) -> None:
    project = tmp_path / "services" / "shop"
    project.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text(".env\n")
    assert gitignores_above(project) == [("services/shop/", ".env\n")]
    assert protect_env(None, above=gitignores_above(project)) is None
    (tmp_path / ".gitignore").write_text("/.env\n")
    assert protect_env(None, above=gitignores_above(project)) == ".env\n"
    (tmp_path / ".gitignore").write_text("services/*/.env*\n")
    assert protect_env(None, above=gitignores_above(project)) == "!.env.example\n"
    assert protect_env("!.env\n", above=gitignores_above(project)) == "!.env\n.env\n!.env.example\n"


def test_directories_above_do_not_matter_outside_git(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (tmp_path / ".gitignore").write_text(".env\n")
    assert gitignores_above(project) == []


@settings(max_examples=40)
@given(gitignores())
def test_agrees_with_git(repository: Path, content: str) -> None:
    (repository / ".gitignore").write_bytes(content.encode())
    names = [".env", ".env.example"]
    checked = subprocess.run(
        ["git", "check-ignore", *names], cwd=repository, capture_output=True, text=True, check=False
    )
    assert checked.stdout.split() == [name for name in names if ignores(content, name)]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", path], check=True)
    return path
