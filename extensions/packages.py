"""The packages that have to be beside Copier, and how to run it where one is missing."""

from __future__ import annotations

COMMAND = "uvx --with copier-template-extensions,jinja2-time,pluralizer copier …"


def how_to_get(*packages: str) -> str:
    """One sentence for the user whose Copier lacks packages that the template needs."""
    return (
        f"Copier cannot import {' and '.join(packages)}, which this template needs: "
        f"run it as `{COMMAND}`, with the rest of your command."
    )
