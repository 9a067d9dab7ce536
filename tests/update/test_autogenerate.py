"""Layers from before autogenerate was an extra keep it, until its answer says otherwise."""

from pathlib import Path

import pytest
import yaml

from tests.support.template import (
    ANSWERS_FILE,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    release,
    run_copier,
    update_layer,
)

CHOICE = "changed CHECKs"
MARK = "db_autogenerate_is_extra"


def extras_of(project: Path) -> list[str]:
    """Return the extras that are recorded."""
    answers = yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    assert answers[MARK]
    return list(answers["db_extras"])


@pytest.fixture
def project(own_template: Path, tmp_path: Path) -> Path:
    """A project whose layer is of a version that had autogenerate without the extra."""
    questions = own_template / "copier.yml"
    code = own_template / "extensions" / "conversation" / "autogenerate_extra.py"
    present = questions.read_text(encoding="utf-8"), code.read_text(encoding="utf-8")
    before, _, rest = present[0].partition(f"{MARK}:\n")
    lines = (before + rest.partition("\n\n")[2]).splitlines(keepends=True)
    questions.write_text("".join(line for line in lines if CHOICE not in line), encoding="utf-8")
    is_there = "return EXTRA in answers.extras or"
    code.write_text(present[1].replace(is_there, "return not answers.is_adopted or"))
    commit_all(own_template, "Know of no extra autogenerate")
    git(own_template, "tag", "--force", "v1.0.0")
    added = add_layer(own_template, copy_project("uv-app", tmp_path / "project"))
    commit_all(added, "Add a database")
    assert MARK not in (added / ANSWERS_FILE).read_text(encoding="utf-8")
    for path, content in zip((questions, code), present, strict=True):
        path.write_text(content, encoding="utf-8")
    release(own_template, "v1.1.0")
    return added


@pytest.mark.parametrize("options", [["--defaults"], ["--skip-answered"]], ids=str)
def test_an_update_keeps_it(project: Path, options: list[str]) -> None:
    # A prompt would fail: nobody is there to answer.
    done = run_copier("update", "--trust", *options, "-a", ANSWERS_FILE, cwd=project)

    assert done.returncode == 0, done.stderr
    assert changed_files(project) == [f" M {ANSWERS_FILE}"]
    assert extras_of(project) == ["doctor", "autogenerate"]
    commit_all(project, "Update")
    update_layer(project)
    assert changed_files(project) == []


def test_an_answer_removes_it_and_brings_it_back(project: Path) -> None:
    kit = project / "app" / "database_kit"
    former = {path.name: path.read_bytes() for path in kit.glob("autogenerate/*.py")}

    update_layer(project, {"db_extras": "[doctor]"})

    assert extras_of(project) == ["doctor"]
    assert not (kit / "autogenerate").exists()
    assert (kit / "updated_at.py").exists()
    assert "updated_at" in (project / "alembic" / "env.py").read_text(encoding="utf-8")
    commit_all(project, "Update")
    update_layer(project)
    assert changed_files(project) == []

    update_layer(project, {"db_extras": "[doctor, autogenerate]"})

    assert {path.name: path.read_bytes() for path in kit.glob("autogenerate/*.py")} == former
    assert not (kit / "updated_at.py").exists()
