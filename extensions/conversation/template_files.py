"""The files that the template makes with given answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment

SUFFIX = ".jinja"
_YIELD = re.compile(
    r"{%-?\s*yield (?P<variable>\w+) from (?P<values>.+?)\s*-?%}"
    r"(?P<body>.*){%-?\s*endyield\s*-?%}(?P<after>.*)"
)
"""Copier's tag for one file a value; what it does is a loop over the whole name."""


def rendered_files(
    template: Path, environment: Environment, variables: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the path of each file, relative to the project.

    Args:
        template: the directory whose tree mirrors the result.
        environment: Copier's.
        variables: what file names may refer to.
    """
    names: dict[str, list[str]] = {"": [""]}
    for source in sorted(template.rglob("*")):
        relative = source.relative_to(template)
        parents = names.get("" if str(relative.parent) == "." else str(relative.parent), [])
        name = source.name.removesuffix(SUFFIX) if source.is_file() else source.name
        results = [
            str(PurePosixPath(parent) / rendered)
            for rendered in _render(name, environment, variables)
            for parent in parents
            if rendered
        ]
        if source.is_dir():
            names[str(relative)] = results
        else:
            yield from results


def _render(name: str, environment: Environment, variables: Mapping[str, Any]) -> list[str]:
    """The names that one name of the template stands for: one, none, or with `yield` several."""
    loop = _YIELD.sub(
        r"{% for \g<variable> in \g<values> %}\g<body>\g<after>{{ '\\n' }}{% endfor %}", name
    )
    return environment.from_string(loop).render(**variables).splitlines() if "{" in name else [name]
