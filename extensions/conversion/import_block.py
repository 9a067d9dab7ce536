"""Import statements of several origins, in the sections that isort and ruff make."""

from __future__ import annotations

import sys

PACKAGES = ("pydantic", "sqlalchemy")
"""Packages that the layer has anyway, and an expression of the project's may use."""


def import_block(*statements: str) -> str:
    """Sort statements into sections: standard library, packages, and the project's modules.

    Args:
        statements: each imports a module, or one name from one.
    """
    names: dict[str, set[str]] = {}
    plain: set[str] = set()
    for statement in statements:
        if statement.startswith("from "):
            module, _, name = statement.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).add(name)
        else:
            plain.add(statement)
    merged = [f"from {module} import {_sorted(found)}" for module, found in names.items()]
    sections: dict[int, list[str]] = {}
    for statement in (*plain, *merged):
        sections.setdefault(_section(statement), []).append(statement)
    return "\n\n".join(
        "\n".join(sorted(found, key=lambda each: (each.startswith("from "), each.split()[1])))
        for _, found in sorted(sections.items())
    )


def _section(statement: str) -> int:
    top = statement.split()[1].partition(".")[0]
    return 0 if top in sys.stdlib_module_names else 1 if top in PACKAGES else 2


def _sorted(names: set[str]) -> str:
    """Names as isort orders them: constants, classes, and the others."""

    def rank(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)

    return ", ".join(sorted(names, key=rank))
