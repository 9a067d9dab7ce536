"""Copier as a process, forked from one that has imported it: importing it takes longer than a copy.

Such a process has its own directory, variables and output; nobody is there to answer a prompt.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import chdir
from functools import cache
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from subprocess import DEVNULL, CompletedProcess, run
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.context import ForkServerContext

REPOSITORY = Path(__file__).parents[2]
PRELOADED = [
    *["copier._cli", "copier_template_extensions", "difflib", "jinja2_time", "tomllib"],
    *["jinja2_ansible_filters.core_filters", "packaging.requirements"],
    "tests.support.compile_extensions",
]
"""What each of the processes would import."""


def run_copier_process(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> CompletedProcess[str]:
    """Run `python -m copier …` to its end.

    Args:
        arguments: what follows `copier`.
        cwd: where it runs.
        env: all of its environment variables.
    """
    command = [sys.executable, "-m", "copier", *arguments]
    # What Python itself reads at its start needs a start.
    if "PYTHONPATH" in env or "forkserver" not in get_all_start_methods():
        return run(
            command, cwd=cwd, env=env, stdin=DEVNULL, capture_output=True, text=True, check=False
        )
    with tempfile.TemporaryDirectory() as name:
        stdout, stderr = Path(name, "stdout"), Path(name, "stderr")
        process = _server().Process(
            target=_copier, args=(list(arguments), str(cwd), dict(env), str(stdout), str(stderr))
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        done = CompletedProcess(
            command,
            process.exitcode,
            stdout.read_text(encoding="utf-8"),
            stderr.read_text(encoding="utf-8"),
        )
        process.close()
        return done


@cache
def _server() -> ForkServerContext:
    from multiprocessing import forkserver  # there is none on Windows

    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    # It imports from the directory that it starts in.
    with chdir(REPOSITORY):
        forkserver.ensure_running()
    return context


def _copier(arguments: list[str], cwd: str, env: dict[str, str], stdout: str, stderr: str) -> None:
    for path, stream in ((stdout, sys.stdout), (stderr, sys.stderr)):
        output = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(output, stream.fileno())
        os.close(output)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    from copier._cli import CopierApp

    sys.argv = ["copier", *arguments]
    CopierApp.run()
