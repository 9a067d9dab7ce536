"""How a project's own manager runs a command."""

from __future__ import annotations

_PREFIXES = {
    "uv": "uv run ",
    "poetry": "poetry run ",
    "pdm": "pdm run ",
    "pipenv": "pipenv run ",
    "hatch": "hatch run ",
    "rye": "rye run ",
    "pixi": "pixi run ",
}


def run(manager: str, command: str) -> str:
    """The command line for a command in the project's environment."""
    return _PREFIXES.get(manager, "") + command
