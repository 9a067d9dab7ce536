"""How a project's own manager runs a command, and where Python finds the project's modules."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..project_files.package_managers import package_manager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answers


def run(manager: str, command: str) -> str:
    """The command line for a command in the project's environment."""
    return package_manager(manager).run + command


def run_module(answers: Answers, module: str) -> str:
    """The command line for a module of the layer, from the project's directory.

    Args:
        answers: those that say where the layer is and where Python looks for it.
        module: its name within the layer.
    """
    manager, path = answers.dependency_manager, answers.python_path
    if path and not answers.layer and "." not in module:
        # Python looks for modules beside the one that it runs.
        file = PurePosixPath(answers.layer_dir, f"{module}.py")
        return run(manager, f"python {quoted(str(file))}")
    prefix = f"PYTHONPATH={quoted(path)} " if path else ""
    return prefix + run(manager, f"python -m {answers.module(module)}")


def pytest_command(
    *,
    base: str,
    pythonpath: Sequence[str],
    reached: bool,
    overridden: Sequence[str] = (),
    file: str = "",
) -> str:
    """How pytest is started so that tests can import the project, from its directory.

    Args:
        base: the directory that the project's modules are imported from.
        pythonpath: what pytest's own setting of that name holds.
        reached: whether pytest finds the modules there by itself.
        overridden: settings in place of the project's, each `name=value`.
        file: one to name as pytest's settings, where there are none: a pytest below 8.1 takes
            paths from a command line only beside a file.
    """
    command = "pytest" if reached or base != "." else "python -m pytest"
    settings = [*overridden]
    if not reached and base != ".":
        settings.append(f"pythonpath={' '.join([*pythonpath, base])}")
        command += f" -c {quoted(file)}" if file else ""
    return " ".join([command, *(f"-o {quoted(setting)}" for setting in settings)])


def quoted(path: str) -> str:
    """A word of a command line, in quotation marks where it needs them."""
    return f'"{path}"' if " " in path else path
