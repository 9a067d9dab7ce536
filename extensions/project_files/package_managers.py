"""What each manager of dependencies locks, and the commands that it has."""

from __future__ import annotations

from typing import NamedTuple


class PackageManager(NamedTuple):
    """A manager's own file and commands; as they are here, those of pip, which has none."""

    lock_file: str = ""
    lock: str = ""
    """Writes the lock file anew."""
    run: str = ""
    """Comes before a command that is run in the project's environment, with a space."""
    add: str = "pip install"
    add_dev: str = "pip install"


PACKAGE_MANAGERS = {
    "uv": PackageManager("uv.lock", "uv lock", "uv run ", "uv add", "uv add --dev"),
    "poetry": PackageManager(
        "poetry.lock", "poetry lock", "poetry run ", "poetry add", "poetry add --group dev"
    ),
    "pdm": PackageManager(
        # What need not move stays.
        *("pdm.lock", "pdm lock --update-reuse", "pdm run ", "pdm add", "pdm add --dev")
    ),
    "pipenv": PackageManager(
        *("Pipfile.lock", "pipenv lock", "pipenv run ", "pipenv install", "pipenv install --dev")
    ),
    "rye": PackageManager("requirements.lock", "rye lock", "rye run ", "rye add", "rye add --dev"),
    "pixi": PackageManager("pixi.lock", "pixi lock", "pixi run "),
    "hatch": PackageManager(run="hatch run "),
}


def package_manager(name: str) -> PackageManager:
    """The one of that name; pip's for any other, such as setuptools or none."""
    return PACKAGE_MANAGERS.get(name, PackageManager())
