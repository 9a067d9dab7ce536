"""Linters and type checkers as strict as a project may have them."""

import subprocess
import sys
from pathlib import Path

RULES = [
    *["--select", "ALL"],
    # Two rules that exclude others, one for headers that projects have or not, and two that
    # want a variable for each message.
    *["--ignore", "COM812,CPY001,D203,D213,EM,TRY003"],
    *["--config", "lint.pydocstyle.convention='google'"],
    # Whether directories are packages is the project's choice; a test asserts, needs no
    # docstring, and names its fixtures.
    *["--per-file-ignores", "**/alembic/**:INP001"],
    *(
        argument
        for rule in ("ARG001", "D103", "D104", "INP001", "PLR2004", "S101")
        for argument in ("--per-file-ignores", f"**/tests/**:{rule}")
    ),
]


def silent(*command: str, cwd: Path) -> None:
    """Run `python -m …`, which has to find nothing."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
