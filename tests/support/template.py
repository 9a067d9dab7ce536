"""The template as Copier sees a released one: a git repository with a tag."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import copier
from filelock import FileLock

from .copier_process import run_copier_process
from .run import run_directory

REPOSITORY = Path(__file__).parents[2]
PROJECTS = REPOSITORY / "tests" / "projects"
FIRST_VERSION = "v1.0.0"
ANSWERS_FILE = ".copier-answers.db.yml"

_IDENTITY = ("-c", "user.name=Tests", "-c", "user.email=tests@example.com", "-c", "commit.gpgsign=")


def git(directory: Path, *arguments: str) -> str:
    """Run git in a directory and return what it prints."""
    return subprocess.run(
        ["git", *_IDENTITY, *arguments],
        cwd=directory,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def commit_all(directory: Path, message: str) -> None:
    """Commit the whole work tree."""
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", message)


def snapshot_template(destination: Path) -> Path:
    """Copy this work tree's template to a repository of its own, tagged as the first version."""
    destination.mkdir()
    for name in ("copier.yml", "extensions", "includes", "template"):
        source = REPOSITORY / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, destination / name, ignore=ignored)
        else:
            shutil.copy(source, destination / name)
    git(destination, "init", "--quiet", "--initial-branch=main")
    commit_all(destination, "Template")
    git(destination, "tag", FIRST_VERSION)
    return destination


def copy_project(name: str, destination: Path) -> Path:
    """Copy one of the projects in `tests/projects`, committed to a repository of its own."""
    shutil.copytree(PROJECTS / name, destination)
    git(destination, "init", "--quiet", "--initial-branch=main")
    git(destination, "config", "core.autocrlf", "false")
    commit_all(destination, "Project")
    return destination


def copy_with_layer(template: Path, name: str, destination: Path, **answers: object) -> Path:
    """Copy one of the projects in `tests/projects` with the layer, which is not committed yet.

    Copier adds it at the first call of a run with an equal template and the same answers. A test
    of adding it does that itself.
    """
    version = git(template, "rev-parse", "HEAD^{tree}", f"{FIRST_VERSION}^{{tree}}")
    wanted = repr((version, name, destination.name, sorted(answers.items())))
    place = run_directory() / "with-layer" / sha256(wanted.encode()).hexdigest()[:16]
    made, source = place / destination.name, place / "template"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "lock"):
        if not source.exists():
            add_layer(template, copy_project(name, made), **answers)
            source.write_text(str(template), encoding="utf-8")
    shutil.copytree(made, destination, symlinks=True)
    recorded = destination / ANSWERS_FILE
    text = recorded.read_text(encoding="utf-8")
    known = source.read_text(encoding="utf-8")
    recorded.write_text(text.replace(known, str(template)), encoding="utf-8")
    return destination


def release(template: Path, tag: str, **replaced: tuple[str, str]) -> None:
    """Release what has changed; files of the layer, named by their stem, get other text."""
    for stem, (old, new) in replaced.items():
        [file] = template.glob(f"template/**/{stem}.py.jinja")
        content = file.read_text(encoding="utf-8")
        assert old in content
        file.write_text(content.replace(old, new), encoding="utf-8")
    commit_all(template, tag)
    git(template, "tag", tag)


def add_layer(template: Path, project: Path, **answers: object) -> Path:
    """Run `copier copy --trust --defaults -d … template project` in this process."""
    copier.run_copy(
        str(template), project, data=dict(answers), defaults=True, unsafe=True, quiet=True
    )
    return project


def add_layer_and_read(template: Path, project: Path, **answers: object) -> list[str]:
    """Add the layer, and return the commands that the summary has for what is next."""
    said = StringIO()
    with redirect_stderr(said):
        copier.run_copy(str(template), project, data=dict(answers), defaults=True, unsafe=True)
    return next_commands(said.getvalue())


def next_commands(said: str) -> list[str]:
    """The commands under "Next", without what is said of them; the first enters the project."""
    _, _, steps = said.partition("\nNext      ")
    first, *lines = steps.partition("\nMore")[0].splitlines()
    lines = [first, *(line[10:] for line in lines)]
    return [line.partition("   #")[0] for line in lines if not line.startswith(("Set ", "To use "))]


def update_layer(project: Path, data: Mapping[str, Any] | None = None) -> Path:
    """Run `copier update --trust --defaults -a .copier-answers.db.yml` in this process."""
    copier.run_update(
        project,
        data=dict(data or {}),
        answers_file=ANSWERS_FILE,
        defaults=True,
        overwrite=True,
        unsafe=True,
        quiet=True,
    )
    return project


def run_copier(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, but with nobody there to answer a prompt."""
    return run_copier_process(
        [str(argument) for argument in arguments],
        cwd=cwd or Path.cwd(),
        env=os.environ if env is None else env,
    )


def changed_files(project: Path) -> list[str]:
    """What `git status` shows, a line each."""
    return git(project, "status", "--short", "--untracked-files=all").splitlines()
