"""The packages that have to be beside Copier, and how to run it where one is missing."""

from __future__ import annotations

COMMAND = "uvx --with copier-template-extensions,jinja2-time,pluralizer copier …"
OLDEST_PYTHON = (3, 11)


def too_old_a_python(running: tuple[int, int]) -> str | None:
    """One sentence for the user whose Copier runs on a Python that the template does not know."""
    if running >= OLDEST_PYTHON:
        return None
    oldest = ".".join(map(str, OLDEST_PYTHON))
    command = COMMAND.replace("uvx", "uvx --python 3.13", 1)
    return (
        f"Copier runs on Python {running[0]}.{running[1]}, and this template needs {oldest} for "
        f"its own part (your project may stay at 3.10): run it as `{command}`, with the rest of "
        "your command."
    )


def how_to_get(*packages: str) -> str:
    """One sentence for the user whose Copier lacks packages that the template needs."""
    return (
        f"Copier cannot import {' and '.join(packages)}, which this template needs: "
        f"run it as `{COMMAND}`, with the rest of your command."
    )
