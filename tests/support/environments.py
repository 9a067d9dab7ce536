"""Virtual environments that all tests and workers of a run share."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode, PyCompileError
from py_compile import compile as compile_file
from typing import TYPE_CHECKING

from filelock import FileLock

from .postgres import server_of_inner_tests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANAGERS = ["pdm", "poetry"]
"""Those that projects here are managed with, besides uv and pip."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment; commands run in it without the variables of this process's own."""

    path: Path
    sources: Path | None = None
    """Where the project's packages are, if it has been installed in place."""

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def shell(
        self,
        command: str,
        *,
        cwd: Path,
        variables: Mapping[str, str] | None = None,
        tools: Environment | None = None,
    ) -> str:
        """Run a line as a person types it, where this environment is active.

        Args:
            command: the line.
            cwd: where it runs.
            variables: environment variables that it has besides.
            tools: an environment with the manager that the line calls.

        Returns:
            What it prints.

        Raises:
            AssertionError: it failed; the message holds what it printed.
        """
        places = [self.python.parent, *([tools.python.parent] if tools else [])]
        active = {
            "PATH": os.pathsep.join([*map(str, places), os.environ["PATH"]]),
            "VIRTUAL_ENV": str(self.path),
            # uv takes no environment for active.
            "UV_PROJECT_ENVIRONMENT": str(self.path),
            "UV_NO_SYNC": "1",
        }
        done = subprocess.run(  # noqa: S602 - as a person types it
            command,
            shell=True,
            cwd=cwd,
            env={**self._clean(), **active, **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        if done.returncode:
            raise AssertionError(f"{command} failed:\n{done.stdout}")
        return done.stdout

    def run(
        self, *command: str, cwd: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python command …` and return its outcome; what it prints is text.

        Generated tests use a server that all of them share, unless `TEST_DATABASE_URL` is among the
        variables; an empty one has them start their own.

        Raises:
            AssertionError: it failed; the message holds what it printed.
            subprocess.TimeoutExpired: it did not end within ten minutes.
        """
        done = subprocess.run(
            [str(self.python), *command],
            cwd=cwd,
            env={**self._clean(), **shared_server(command, variables or {})},
            capture_output=True,
            text=True,
            check=False,
            # Rather than wait for ever; nothing takes a quarter of that.
            timeout=600,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def _clean(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not is_of_this_process(name)}
        if self.sources:
            # What is installed in place may be another test's copy of the project.
            clean["PYTHONPATH"] = str(self.sources)
        return clean


def is_of_this_process(name: str) -> bool:
    """Whether an environment variable means this run of pytest, and not one that it starts."""
    if name == "PYTEST_DEBUG_TEMPROOT":
        # Or they would close this run's temporary directories to its servers.
        return False
    prefixes = ("DATABASE_", "TEST_DATABASE_", "PYTEST_", "COV_")
    return name.startswith(prefixes) or name in ("VIRTUAL_ENV", "PYTHONPATH")


def shared_server(command: Sequence[str], variables: Mapping[str, str]) -> dict[str, str]:
    """The variables, and the server of inner tests for a run of pytest that has none."""
    is_led = "pytest" not in command or "TEST_DATABASE_URL" in variables
    return {**variables} if is_led else {**variables, "TEST_DATABASE_URL": server_of_inner_tests()}


def make_environment(
    root: Path,
    name: str,
    install: Sequence[str],
    *,
    cwd: Path | None = None,
    compiled: bool = True,
) -> Environment:
    """Make a virtual environment at the first call of a run; later calls return the same one.

    Args:
        root: a directory that all workers share.
        name: what the environment is for.
        install: arguments of `uv pip install`.
        cwd: where relative paths among them start.
        compiled: whether its packages are compiled, as is worth it where something runs.
    """
    environment = Environment(root / name)
    complete = environment.path / "complete"
    root.mkdir(exist_ok=True)
    with FileLock(root / f"{name}.lock"):
        if not complete.exists():
            _uv("venv", "--clear", "--python", sys.executable, str(environment.path))
            _uv("pip", "install", "--python", str(environment.python), *install, cwd=cwd)
            if compiled:
                _compile_packages(environment.path, root / "bytecode")
            complete.touch()
    return environment


def _compile_packages(environment: Path, store: Path) -> None:
    """Give all modules their bytecode; a file that several environments have is compiled once."""
    store.mkdir(exist_ok=True)
    for source in environment.rglob("*.py"):
        compiled = store / f"{sha256(source.read_bytes()).hexdigest()}.pyc"
        # Packages bring files of other versions of Python, too.
        with suppress(PyCompileError):
            if not compiled.exists():
                mode = PycInvalidationMode.UNCHECKED_HASH
                compile_file(str(source), str(compiled), doraise=True, invalidation_mode=mode)
            target = Path(cache_from_source(source))
            target.parent.mkdir(exist_ok=True)
            target.hardlink_to(compiled)


def _uv(*arguments: str, cwd: Path | None = None) -> None:
    done = subprocess.run(
        ["uv", *arguments, "--quiet"], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"uv {' '.join(arguments)} failed:\n{done.stderr}")
