"""One command takes the layer out again, and leaves what somebody has edited."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from extensions.adoption.record import digest
from extensions.adoption.undo import Undone, undo
from extensions.conversation.undo_or_update import main
from tests.support.template import (
    ANSWERS_FILE,
    PROJECTS,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    copy_with_layer,
    git,
    release,
    run_copier,
    snapshot_template,
    update_layer,
)

DOCUMENTED = ["recopy", "--trust", "--defaults", "-a", ANSWERS_FILE, "-d", "db_undo=true"]


def run_undo(project: Path, *, succeeds: bool = True) -> str:
    """Run the documented command in a project; returns what it prints."""
    done = run_copier(*DOCUMENTED, cwd=project)
    assert (done.returncode == 0) == succeeds, done.stderr
    return done.stderr


def contents(directory: Path) -> dict[str, bytes | None]:
    """All files with their bytes, and all directories."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() if path.is_file() else None
        for path in directory.rglob("*")
        if ".git" not in path.relative_to(directory).parts
    }


def convert_line_ends(directory: Path) -> None:
    for path in directory.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


class Adopted:
    """A project before and after a copy, and its undo in this process."""

    def __init__(self, template: Path, source: Path, project: Path) -> None:
        self.before = contents(source)
        if source.parent == PROJECTS:
            self.project = copy_with_layer(template, source.name, project)
            shutil.rmtree(project / ".git")
        else:
            self.project = add_layer(template, shutil.copytree(source, project))
        after = contents(project)
        self.rendered = {
            name: data
            for name, data in after.items()
            if data is not None and name not in self.before
        }

    def answers(self) -> dict[str, Any]:
        return dict(yaml.safe_load((self.project / ANSWERS_FILE).read_text(encoding="utf-8")))

    def undo(self) -> Undone:
        answers = self.answers()
        made = {
            name
            for name, steps in answers["db_record"]["changed"].items()
            if steps[0].get("created")
        }
        rendered = {name: data for name, data in self.rendered.items() if name not in made}
        return undo(self.project, answers, rendered)


@pytest.fixture
def adopted(template: Path, tmp_path: Path) -> Adopted:
    return Adopted(template, PROJECTS / "uv-app", tmp_path / "project")


def test_recorded_differences_stay(adopted: Adopted) -> None:
    (adopted.project / "tests/database/known_differences.txt").write_text("op.drop_index()\n")

    undone = adopted.undo()

    assert undone.notes == [
        "tests/database/known_differences.txt stays: it tells how models and migrations differ."
    ]


def test_an_undo_that_is_declined_is_a_copy(template: Path, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "root-modules", tmp_path / "project")

    # As a command line gives it.
    add_layer(template, project, db_undo="false")

    assert (project / "DATABASE.md").exists()


def test_by_the_documented_command(template: Path, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "root-modules", tmp_path / "a project")
    before = contents(project)
    add_layer(template, project)

    said = run_undo(project)

    assert contents(project) == before
    assert "was removed" in said
    assert "Kept" not in said


def test_from_an_example_of_another_name(template: Path, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "uv-app", tmp_path / "project")
    (project / ".env.example").unlink(missing_ok=True)
    (project / ".env.dist").write_bytes(b"DEBUG=1\n")
    (project / ".gitignore").write_bytes(b".env\n.env.*\n")
    before = contents(project)
    add_layer(template, project)

    placeholder = "DATABASE_URL=postgresql://your_user:your_password_here@"
    assert placeholder in (project / ".env.dist").read_text(encoding="utf-8")
    assert not (project / ".env.example").exists()
    assert "!.env.dist\n" in (project / ".gitignore").read_text(encoding="utf-8")
    assert "`.env.dist`" in (project / "DATABASE.md").read_text(encoding="utf-8")
    run_undo(project)
    assert contents(project) == before


def test_in_git_after_the_layer_was_committed(template: Path, tmp_path: Path) -> None:
    project = copy_project("poetry-src", tmp_path / "project")
    add_layer(template, project)
    commit_all(project, "Add the database layer")

    run_undo(project)
    git(project, "add", "--all")

    assert git(project, "diff", "--cached", "--stat", "HEAD^") == ""


def test_with_windows_line_ends(template: Path, tmp_path: Path) -> None:
    source = shutil.copytree(PROJECTS / "uv-app", tmp_path / "source")
    convert_line_ends(source)
    adopted = Adopted(template, source, tmp_path / "project")

    adopted.undo()

    assert contents(adopted.project) == adopted.before


def test_after_git_has_converted_line_ends(template: Path, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "uv-app", tmp_path / "project")
    before = contents(project)
    add_layer(template, project)
    for path in project.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    run_undo(project)

    after = {
        name: data and data.replace(b"\r\n", b"\n") for name, data in contents(project).items()
    }
    assert after == before


def test_edits_stay_and_are_named(adopted: Adopted) -> None:
    project = adopted.project
    (project / "app" / "models" / "example.py").write_text("MINE = 1\n")
    (project / "alembic" / "versions" / "1_initial.py").write_text("revision = '1'\n")
    pyproject = project / "pyproject.toml"
    [line] = [each for each in pyproject.read_text().splitlines() if "asyncpg" in each]
    edited = pyproject.read_text().replace(line, '    "asyncpg>=0.31",')
    pyproject.write_text(edited + "\n[tool.mine]\nkey = 1\n")
    main = project / "app" / "main.py"
    main.write_text(f"{main.read_text()}\n# mine\n")
    (project / "app" / "database.py").unlink()

    undone = adopted.undo()

    assert undone.edited == ["app/models/example.py"]
    assert undone.others == ["alembic/versions/1_initial.py"]
    assert undone.left == {"pyproject.toml": [line.strip()]}
    assert undone.cleaned == ["pyproject.toml", "app/main.py"]
    assert (project / "app" / "models" / "example.py").read_text() == "MINE = 1\n"
    original = (PROJECTS / "uv-app" / "pyproject.toml").read_text()
    assert pyproject.read_text() == (
        original.replace('    "fastapi', '    "asyncpg>=0.31",\n    "fastapi', 1)
        + "\n[tool.mine]\nkey = 1\n"
    )
    assert main.read_text() == f"{(PROJECTS / 'uv-app/app/main.py').read_text()}\n# mine\n"
    assert set(contents(project)) - set(adopted.before) == {
        *("alembic", "alembic/versions", "alembic/versions/1_initial.py"),
        *("app/models", "app/models/example.py"),
    }


def test_env_stays_out_of_git_while_there_is_one(template: Path, tmp_path: Path) -> None:
    adopted = Adopted(template, PROJECTS / "pip-flat", tmp_path / "project")
    (adopted.project / ".env").write_text("DATABASE_URL=postgresql://u:secret@h/d\n")

    undone = adopted.undo()

    after = contents(adopted.project)
    assert {name for name in after if after[name] != adopted.before.get(name)} == {
        ".gitignore",
        ".env",
    }
    assert ".env" in undone.notes[0]


def test_a_tracked_env_leaves_nothing_behind(template: Path, tmp_path: Path) -> None:
    source = shutil.copytree(PROJECTS / "pip-flat", tmp_path / "source")
    (source / ".env").write_text("DEBUG=1\n")
    adopted = Adopted(template, source, tmp_path / "project")
    for command in (["init", "-q"], ["add", "-f", ".env"]):
        subprocess.run(["git", *command], cwd=adopted.project, check=True)

    undone = adopted.undo()

    shutil.rmtree(adopted.project / ".git")
    assert contents(adopted.project) == adopted.before
    assert not any(".env" in note for note in undone.notes)


def test_a_file_that_was_there_before_stays(template: Path, tmp_path: Path) -> None:
    source = shutil.copytree(PROJECTS / "uv-app", tmp_path / "source")
    (source / "tests" / "database").mkdir()
    (source / "tests" / "database" / "__init__.py").touch()
    adopted = Adopted(template, source, tmp_path / "project")
    adopted.rendered["tests/__init__.py"] = b""

    adopted.undo()

    assert contents(adopted.project) == adopted.before


def test_the_second_copy_is_undone_with_the_first(template: Path, adopted: Adopted) -> None:
    manifest = adopted.project / "pyproject.toml"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if '"alembic' not in line))

    add_layer(template, adopted.project)
    assert "alembic" in manifest.read_text()
    _, step = adopted.answers()["db_record"]["changed"]["pyproject.toml"]
    assert "alembic" in step["inserted"][0][1]
    undone = adopted.undo()

    assert undone.left == {}
    assert contents(adopted.project) == adopted.before


def test_after_an_update(tmp_path: Path) -> None:
    template = snapshot_template(tmp_path / "template")
    project = copy_project("uv-app", tmp_path / "project")
    before = contents(project)
    add_layer(template, project)
    commit_all(project, "Add the database layer")
    [module] = template.glob("template/*/database.py.jinja")
    module.write_text(f"{module.read_text()}# new\n")
    release(template, "v1.1.0")
    update_layer(project)
    assert (project / "app" / "database.py").read_text().endswith("# new\n")
    module.write_text(f"{module.read_text()}# newer\n")
    release(template, "v1.2.0")

    run_undo(project)

    assert contents(project) == before


@pytest.mark.parametrize("name", ["../outside/x", "/{outside}/x", "link/x", ".git/x"])
@pytest.mark.parametrize("made", [True, False])
def test_a_tampered_record(adopted: Adopted, name: str, *, made: bool) -> None:
    outside = adopted.project.parent / "outside"
    outside.mkdir()
    (outside / "x").write_text("theirs\n")
    (adopted.project / "link").symlink_to(outside)
    (adopted.project / ".git").mkdir()
    (adopted.project / ".git" / "x").write_text("theirs\n")
    name = name.format(outside=outside)
    step = {"digest": digest("theirs\n"), "inserted": [[0, "theirs\n"]]}
    answers = adopted.answers()
    answers["db_record"]["changed"][name] = [{**step, "created": True} if made else step]
    before = contents(adopted.project.parent)

    undone = undo(adopted.project, answers, adopted.rendered)

    assert len(undone.failures) == 1
    assert name in undone.failures[0]
    assert contents(adopted.project.parent) == before


@pytest.mark.parametrize("name", ["../outside/x", "link/x"])
def test_files_that_the_template_would_have_made_elsewhere(adopted: Adopted, name: str) -> None:
    outside = adopted.project.parent / "outside"
    outside.mkdir()
    (outside / "x").write_text("theirs\n")
    (adopted.project / "link").symlink_to(outside)

    undone = undo(adopted.project, adopted.answers(), {name: b"theirs\n"})

    assert undone.edited == [name]
    assert (outside / "x").read_text() == "theirs\n"


def test_compiled_files_behind_a_link_stay(adopted: Adopted) -> None:
    outside = adopted.project.parent / "outside"
    outside.mkdir()
    (outside / "database.cpython-311.pyc").touch()
    (adopted.project / "app" / "__pycache__").symlink_to(outside)

    adopted.undo()

    assert list(outside.iterdir())


@pytest.mark.parametrize(
    "record",
    [
        *(3, ["x"], {"kept": []}, {"kept": 3, "changed": {}}, {"kept": [], "changed": []}),
        *({"kept": [], "changed": {"x": step}} for step in (None, 3, [3], [{"digest": 3}])),
        {"kept": [], "changed": {"x": [{"digest": "x", "inserted": [["0", "x"]]}]}},
        {"kept": [["x"]], "changed": {}},
    ],
)
def test_a_record_that_is_none(adopted: Adopted, record: object) -> None:
    before = contents(adopted.project)

    undone = undo(adopted.project, {**adopted.answers(), "db_record": record}, adopted.rendered)

    assert "db_record: " in undone.failures[0]
    assert contents(adopted.project) == before


def test_the_template_that_the_answers_name_is_not_run(
    template: Path, adopted: Adopted, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    (other / "template").mkdir(parents=True)
    mark = tmp_path / "it was run"
    (other / "copier.yml").write_text(
        "_jinja_extensions: [copier_template_extensions.TemplateExtensionLoader, x.py:X]\n"
    )
    (other / "x.py").write_text(
        f"from jinja2.ext import Extension\nopen({str(mark)!r}, 'w')\nclass X(Extension): pass\n"
    )
    git(other, "init", "--quiet")
    commit_all(other, "Other")
    git(other, "tag", "v0.9.0")
    answers = adopted.project / ANSWERS_FILE
    answers.write_text(
        answers.read_text().replace("v1.0.0", "v0.9.0").replace(str(template), str(other))
    )
    assert str(other) in answers.read_text()
    before = contents(adopted.project)

    done = run_copier(
        *("copy", "--trust", "--defaults", "-d", "db_undo=true", template, adopted.project)
    )

    assert not mark.exists()
    assert done.returncode != 0
    assert "v0.9.0" in done.stderr
    assert "Traceback" not in done.stderr.partition("version v0.9.0")[0]
    assert contents(adopted.project) == before


def test_after_other_formatters(adopted: Adopted) -> None:
    style = ["--config", "format.quote-style='single'", "--line-length", "60"]
    for command in (
        ["format", "--isolated", "--no-cache", *style, "."],
        [*("check", "--isolated", "--no-cache", "--fix", "--select", "I"), "."],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command],
            cwd=adopted.project,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    for name in ("alembic.ini", "DATABASE.md"):
        text = (adopted.project / name).read_text()
        (adopted.project / name).write_text(text.replace("\n\n", "\n  \n") + "\n\n")

    undone = adopted.undo()

    assert not undone.edited
    assert set(contents(adopted.project)) == {*adopted.before}


def test_a_comment_is_an_edit(adopted: Adopted) -> None:
    settings = adopted.project / "app" / "database_kit" / "settings.py"
    settings.write_text(f"{settings.read_text()}# mine\n")

    assert adopted.undo().edited == ["app/database_kit/settings.py"]
    assert settings.read_text().endswith("# mine\n")


def test_a_model_that_was_added(adopted: Adopted) -> None:
    models = adopted.project / "app" / "models"
    (models / "customer.py").write_text("from app.models.base import Base\n")
    exports = models / "__init__.py"
    exports.write_text(
        exports.read_text()
        .replace(
            "from app.models.example",
            "from app.models.customer import Customer\nfrom app.models.example",
        )
        .replace('"Book",', '"Book", "Customer",')
    )

    undone = adopted.undo()

    assert undone.cleaned == ["app/models/__init__.py"]
    assert undone.edited == []
    assert undone.importers == ["app/models/customer.py, line 1"]
    assert exports.read_text() == (
        '"""The models. Alembic sees those that are imported here."""\n\n'
        'from app.models.customer import Customer\n\n__all__ = ["Customer"]\n'
    )


def test_exports_that_say_nothing_any_more(adopted: Adopted) -> None:
    exports = adopted.project / "app" / "models" / "__init__.py"
    exports.write_text(exports.read_text().replace('"Author", ', ""))

    adopted.undo()

    assert not exports.exists()


def test_a_file_that_cannot_be_written(adopted: Adopted) -> None:
    manifest = adopted.project / "pyproject.toml"
    manifest.chmod(0o444)
    before = contents(adopted.project)

    [failure] = adopted.undo().failures

    assert "pyproject.toml" in failure
    assert "read-only" in failure
    assert contents(adopted.project) == before

    manifest.chmod(0o644)
    adopted.undo()

    assert contents(adopted.project) == adopted.before


def test_without_a_layer(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    done = run_copier("copy", "--trust", "--defaults", "-d", "db_undo=true", template, project)

    assert done.returncode == 1
    assert "nothing to undo" in done.stderr
    assert "Traceback" not in done.stderr
    assert changed_files(project) == []


def test_answers_that_lack_one(
    adopted: Adopted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = adopted.project / ANSWERS_FILE
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("db_app_file")))
    before = contents(adopted.project)
    monkeypatch.chdir(adopted.project)

    assert main(["--undo"]) == 1

    assert "lacks db_app_file" in capsys.readouterr().err
    assert contents(adopted.project) == before
