"""A project that has the layer, and what runs a load on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.adopted import CASES
from tests.support.template import add_layer, copy_project, snapshot_template

if TYPE_CHECKING:
    from collections.abc import Generator

INSIDE = Path(__file__).parent / "inside"


@dataclass(frozen=True, slots=True)
class Load:
    """A process that uses the layer, and says in the end what it has seen."""

    process: subprocess.Popen[str]

    def await_line(self) -> None:
        """Wait until it says that it is ready."""
        assert self.process.stdout
        self.process.stdout.readline()

    def result(self) -> Any:  # noqa: ANN401
        """End its input and wait for its end; its last line is JSON."""
        output, _ = self.process.communicate()
        if self.process.returncode:
            sys.exit(f"the load failed with {self.process.returncode}")
        return json.loads(output.splitlines()[-1])


@dataclass(frozen=True, slots=True)
class Project:
    """The first of the test projects, adopted with answers to database errors and reads."""

    path: Path
    python: Path

    def start(self, module: str, *arguments: float, url: str, **settings: object) -> Load:
        """Start one of the modules in `inside`."""
        variables = {f"DATABASE_{name.upper()}": str(value) for name, value in settings.items()}
        process = subprocess.Popen(
            [str(self.python), "-m", f"faults.{module}", *map(str, arguments)],
            cwd=self.path,
            env={**os.environ, **variables, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return Load(process)


@contextmanager
def adopted_project() -> Generator[Project]:
    """Add the layer to a project, and install what that declares."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        template = snapshot_template(scratch / "template")
        path = copy_project(CASES[0].name, scratch / "project")
        add_layer(template, path, db_extras=["errors", "reads"])
        shutil.copytree(INSIDE, path / "faults")
        environment = CASES[0].environment(scratch / "environments", path)
        yield Project(path, environment.python)


def report(promises: dict[str, bool]) -> None:
    """Print which promises were kept; exit with an error where one was not."""
    for promise, is_kept in promises.items():
        print(f"{'kept' if is_kept else 'BROKEN'}: {promise}")
    if not all(promises.values()):
        sys.exit(1)
