"""Import the layer in the project's own environment, if it has the required packages.

An import runs the user's `__init__.py` of each package above the layer. If one of them does more
than define names, such as creating the application, nothing is imported.
"""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..project_files.gitignore import is_tracked
from ..project_paths import PathError, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TIMEOUT_SECONDS = 10
NEEDED = ("fastapi", "sqlalchemy", "asyncpg", "alembic", "pydantic_settings")
IMPORT = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


def import_in_environment(
    project: Path, base: PurePosixPath, modules: Sequence[str], *, environ: Mapping[str, str]
) -> str | None:
    """Import modules in the project's environment; returns the error, if any.

    Args:
        project: the project's directory.
        base: the directory that is on `sys.path`, relative to it.
        modules: what to import.
        environ: the variables of this process.
    """
    python = find_python(project, environ)
    if python is None or not _is_safe(project / base, modules):
        return None
    # The user's variables could change what is imported.
    clean = {name: environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in environ}
    command = [str(python), "-I", "-B", "-c", IMPORT, str(project / base), *modules]
    try:
        done = subprocess.run(
            command,
            cwd=project,
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode == 0:
        return None
    output = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return f"importing with {python} fails: {output[-1]}"


def find_python(project: Path, environ: Mapping[str, str]) -> Path | None:
    """The interpreter of the project's environment; None if it lacks a required package.

    An environment that git tracks is not trusted, and not used.
    """
    environments = [project / name for name in (".venv", "venv", "env")]
    if active := environ.get("VIRTUAL_ENV"):
        environments.append(Path(active))
    for environment in environments:
        is_ready = (environment / "pyvenv.cfg").is_file() and _has_packages(environment)
        if is_ready and not is_tracked(project, str(environment.absolute())):
            python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
            if python.exists():
                return python
    return None


def _has_packages(environment: Path) -> bool:
    unix, windows = environment.glob("lib/python*/site-packages"), environment / "Lib/site-packages"
    return any(all((path / name).is_dir() for name in NEEDED) for path in (*unix, windows))


def _is_safe(base: Path, modules: Sequence[str]) -> bool:
    """Whether importing the packages above the modules runs no code."""
    return not any(_runs_something(base, name) for name in _packages_above(base, modules))


def _packages_above(base: Path, modules: Sequence[str]) -> Iterator[str]:
    packages = {".".join(name.split(".")[:depth]) for name in modules for depth in range(1, 9)}
    for package in packages - set(modules):
        name = "/".join([*package.split("."), "__init__.py"])
        if (base / name).exists():
            yield name


def _runs_something(base: Path, name: str) -> bool:
    try:
        tree = ast.parse(read(base, name) or b"")
    except (PathError, SyntaxError, ValueError):
        return True
    return any(
        not isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign)
        or any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement))
        for statement in tree.body
    )
