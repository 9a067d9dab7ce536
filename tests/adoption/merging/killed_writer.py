"""Writes files again and again, killed at one call to the system later each time.

Usage: killed_writer.py OLD NEW, two directories. OLD is copied for each run and written to what NEW
holds. Prints, for each run, the contents that the kill left and those after one more run.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from extensions.project_files.requirement import Change
from extensions.project_files.writing import write_changes

CHANGING_CALLS = {
    *("open", "fdopen", "write", "flush", "fsync", "close", "__exit__"),
    *("mkdir", "unlink", "replace", "rename", "chmod", "chown"),
}


def main(old: Path, new: Path) -> None:
    """Kill a writer at its first call to the system, at its second, and so on."""
    runs: list[list[dict[str, str | None]]] = []
    for step in count(1):
        with tempfile.TemporaryDirectory() as directory:
            project = Path(directory) / "project"
            shutil.copytree(old, project, symlinks=True)
            child = os.fork()
            if not child:
                kill_at_call(step)
                write(project, new)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            left = contents(project)
            write(project, new)
            runs.append([left, contents(project)])
            if not os.WIFSIGNALED(status):
                break
    sys.stdout.write(json.dumps(runs))


def write(project: Path, new: Path) -> None:
    """Write what is planned."""
    changes: list[Change] = []
    for planned in sorted(new.iterdir()):
        path = project / planned.name
        before = path.read_bytes() if path.exists() else None
        changes.append(Change(path, before, planned.read_bytes(), ()))
    write_changes(changes, within=project)


def kill_at_call(step: int) -> None:
    """Have this process killed right before one of its calls to the system."""
    remaining = step

    def profile(_frame: FrameType, event: str, function: Any) -> None:  # noqa: ANN401 - C functions
        nonlocal remaining
        if event == "c_call" and function.__name__ in CHANGING_CALLS:
            remaining -= 1
            if not remaining:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)


def contents(project: Path) -> dict[str, str | None]:
    """All files by their path, links included; None for a dangling link."""
    return {
        str(path.relative_to(project)): path.read_text() if path.exists() else None
        for path in sorted(project.rglob("*"))
        if not path.is_dir()
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
