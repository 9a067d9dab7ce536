"""Whatever is copied, edited, updated and undone, in any order: no line of the user's is lost."""

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.adoption import layer_requirements as needs
from extensions.adoption.answers_file import ANSWERS_FILE, read_answers, record_changes
from extensions.adoption.plan import make_plan, plan_update
from extensions.adoption.record import read_record, record
from extensions.adoption.undo import undo
from extensions.answers import Answers
from extensions.project_files.writing import write_changes
from tests.support.template import PROJECTS, add_layer

USERS_FILES = (".gitignore", ".env.example", "pyproject.toml", "requirements.txt")
MARK = "mine-"
"""Each line of the user's has it, with a number."""


class Adopted:
    """A project's files as they were, and what a copy makes of them; Hypothesis prints no such."""

    def __init__(self, project: Path, answers: dict[str, Any], rendered: dict[str, bytes]) -> None:
        self.project, self.answers, self.rendered = project, answers, rendered


@pytest.fixture(scope="module", params=["uv-app", "pip-flat", "root-modules"])
def adopted(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Adopted:
    before = PROJECTS / request.param
    after = tmp_path_factory.mktemp("adopted") / "project"
    add_layer(template, shutil.copytree(before, after))
    answers = yaml.safe_load((after / ANSWERS_FILE).read_text(encoding="utf-8"))
    made = {
        name for name, steps in answers["db_record"]["changed"].items() if "created" in steps[0]
    }
    rendered = {
        name: path.read_bytes()
        for path in after.rglob("*")
        if path.is_file()
        and (name := path.relative_to(after).as_posix()) not in made | {ANSWERS_FILE}
        and not (before / name).exists()
    }
    return Adopted(before, {**answers, "db_record": {}}, rendered)


@dataclass
class Project:
    """A project, with the operations that its owner can do in any order."""

    directory: Path
    adopted: Adopted
    version: int = 1
    written: int = 0
    rendered: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def files(self) -> list[str]:
        layer = [name for name in self.adopted.rendered if name.endswith((".py", ".ini"))]
        names = (*USERS_FILES, "requirements-dev.txt", self.adopted.answers["db_app_file"])
        return [*names, *sorted(layer)[:6], *(n for n in layer if n.endswith("models/__init__.py"))]

    def lines(self) -> set[str]:
        """What the user wrote and has not deleted."""
        return {
            word
            for path in self.directory.rglob("*")
            if path.is_file()
            for word in path.read_text(encoding="utf-8").split()
            if word.startswith(MARK)
        }

    def copy(self) -> None:
        known = read_answers(self.directory)
        answers = {**self.adopted.answers, **known}
        with newer_bounds() if self.version > 1 else nullcontext():
            plan = make_plan(self.directory, Answers.of(answers), self.adopted.rendered)
        kept = [name for name in self.adopted.rendered if (self.directory / name).exists()]
        recorded = record(
            plan.changes,
            project=self.directory,
            kept=kept,
            earlier=read_record(answers) if known else {},
        )
        for name, data in (self.rendered or self.adopted.rendered).items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(data)
        self.rendered = self.rendered or dict(self.adopted.rendered)
        text = yaml.safe_dump({**answers, "db_record": recorded}, sort_keys=False)
        (self.directory / ANSWERS_FILE).write_text(text, encoding="utf-8")
        write_changes(plan.changes, within=self.directory)

    def update(self) -> None:
        answers = read_answers(self.directory)
        if not answers:
            return
        self.version += 1
        for name, before in self.rendered.items():
            path = self.directory / name
            after = self._next(name, before)
            if path.is_file() and path.read_bytes() == before:
                path.write_bytes(after)
            self.rendered[name] = after
        with newer_bounds():
            plan = plan_update(self.directory, Answers.of(answers), self.rendered)
        write_changes(plan.changes, within=self.directory)
        record_changes(self.directory, plan.changes)

    def _next(self, name: str, before: bytes) -> bytes:
        return before + f"VERSION = {self.version}\n".encode() if name.endswith(".py") else before

    def undo(self) -> None:
        answers = read_answers(self.directory)
        if answers:
            undone = undo(self.directory, answers, self.rendered)
            assert not undone.failures
            self.rendered = {}

    def write(self, name: str, at: float, *, many: int, whole: bool) -> None:
        path = self.directory / name
        if not path.parent.is_dir():
            return
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        place = int(at * (len(lines) + 1))
        new = [self._line(name) for _ in range(many)]
        # Within brackets and blocks a comment is fine at any indentation.
        content = new if whole else [*lines[:place], *new, *lines[place:]]
        path.write_text("".join(f"{line}\n" for line in content), encoding="utf-8")

    def _line(self, name: str) -> str:
        self.written += 1
        word = f"{MARK}{self.written}"
        return word if name.endswith((".gitignore", ".txt")) else f"# {word}"

    def delete(self, name: str, at: float | None) -> None:
        path = self.directory / name
        if not path.exists():
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if at is None or not lines:
            path.unlink()
            return
        del lines[int(at * len(lines))]
        path.write_text("".join(lines), encoding="utf-8")

    def convert_line_ends(self, name: str) -> None:
        path = self.directory / name
        if path.exists():
            data = path.read_bytes().replace(b"\r\n", b"\n")
            path.write_bytes(data.replace(b"\n", b"\r\n"))

    def indent_otherwise(self, name: str) -> None:
        path = self.directory / name
        if path.exists() and name == "pyproject.toml":
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("\n    ", "\n  "), encoding="utf-8")


Operation = tuple[str, int, float, int]
OPERATIONS: dict[str, Callable[[Project, str, float, int], None]] = {
    "copy": lambda project, _name, _at, _many: project.copy(),
    "update": lambda project, _name, _at, _many: project.update(),
    "undo": lambda project, _name, _at, _many: project.undo(),
    "insert": lambda project, name, at, many: project.write(name, at, many=many, whole=False),
    "rewrite": lambda project, name, at, many: project.write(name, at, many=many, whole=True),
    "delete a line": lambda project, name, at, _many: project.delete(name, at),
    "delete": lambda project, name, _at, _many: project.delete(name, None),
    "line ends": lambda project, name, _at, _many: project.convert_line_ends(name),
    "indentation": lambda project, name, _at, _many: project.indent_otherwise(name),
}
BY_TOOL = {"copy", "update", "undo", "line ends", "indentation"}
ORDERS = st.lists(
    st.tuples(
        st.sampled_from([*OPERATIONS, "copy", "undo", "insert"]),
        st.integers(0, 30),
        st.floats(0, 0.999),
        st.integers(1, 3),
    ),
    max_size=9,
).map(lambda order: [("copy", 0, 0.0, 1), *order, ("undo", 0, 0.0, 1)])


@contextmanager
def newer_bounds() -> Generator[None]:
    """A version that renews a bound, and needs a package more."""
    former = needs.main_requirements

    def main_requirements(answers: Answers) -> list[str]:
        kept = [each for each in former(answers) if not each.startswith("asyncpg")]
        return [*kept, "asyncpg>=0.99", "new-package>=1"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(needs, "main_requirements", main_requirements)
        yield


def run(adopted: Adopted, directory: Path, order: list[Operation]) -> Project:
    """Do all of it, and look after each step that is not the user's."""
    project = Project(shutil.copytree(adopted.project, directory), adopted)
    for name, number, at, many in order:
        before = project.lines()
        OPERATIONS[name](project, project.files[number % len(project.files)], at, many)
        if name in BY_TOOL:
            lost = before - project.lines()
            assert not lost, name
    return project


@settings(max_examples=20)
@given(order=ORDERS)
def test_in_any_order(
    adopted: Adopted, tmp_path_factory: pytest.TempPathFactory, order: list[Operation]
) -> None:
    run(adopted, tmp_path_factory.mktemp("orders") / "project", order)


@given(order=st.lists(st.sampled_from(["copy", "update"]), max_size=4))
@settings(max_examples=10)
def test_without_edits_all_is_as_before(
    adopted: Adopted, tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    directory = tmp_path_factory.mktemp("orders") / "project"

    run(adopted, directory, [(name, 0, 0.0, 1) for name in ("copy", *order, "undo")])

    for path in adopted.project.rglob("*"):
        if path.is_file():
            assert (directory / path.relative_to(adopted.project)).read_bytes() == path.read_bytes()
    assert {path.relative_to(directory) for path in directory.rglob("*")} == {
        path.relative_to(adopted.project) for path in adopted.project.rglob("*")
    }


def test_a_file_that_the_copy_made_and_the_user_rewrote(adopted: Adopted, tmp_path: Path) -> None:
    source = shutil.copytree(adopted.project, tmp_path / "source")
    (source / ".gitignore").unlink(missing_ok=True)
    project = Project(tmp_path / "source", adopted)
    project.copy()
    assert (source / ".gitignore").read_text() == ".env\n"
    (source / ".gitignore").write_text("mine-1\n")
    project.copy()
    (source / ".gitignore").write_text((source / ".gitignore").read_text() + "mine-2\n")

    project.undo()

    assert (source / ".gitignore").read_text().split() == ["mine-1", ".env", "mine-2"]
