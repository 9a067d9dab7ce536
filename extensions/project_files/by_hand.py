"""What the user adds by hand where a file cannot be edited for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .notation import table_value
from .package_managers import package_manager
from .requirement import Requirement

if TYPE_CHECKING:
    from collections.abc import Sequence


def instructions(
    dependency_file: str | None, *, manager: str, main: Sequence[str], dev: Sequence[str] = ()
) -> str:
    """The lines to add, and where, for a file that the template does not edit.

    Args:
        dependency_file: the file that lists the dependencies, relative to the project.
        manager: uv, poetry, pdm, pipenv, pip, setuptools, hatch, rye, pixi or none.
        main: what the running application needs, as PEP 508.
        dev: what tests and migrations need, as PEP 508.
    """
    name = (dependency_file or "").rsplit("/", 1)[-1]
    if name == "setup.py":
        return _blocks(
            (f"Add to install_requires in {dependency_file}:", [f'    "{text}",' for text in main]),
            ('Add to extras_require, under "dev":', [f'    "{text}",' for text in dev]),
        )
    if name in ("environment.yml", "environment.yaml"):
        lines = ["  - pip:", *(f"    - {text}" for text in [*main, *dev])]
        return _blocks((f"Add to dependencies in {dependency_file}:", lines))
    if manager == "pixi" or name == "pixi.toml":
        prefix = "" if name == "pixi.toml" else "tool.pixi."
        feature = f"[{prefix}feature.dev.pypi-dependencies]"
        return _blocks(
            (f"Add to {dependency_file}:", [f"[{prefix}pypi-dependencies]", *_table(main)]),
            ("and for development:", [feature, *_table(dev)] if dev else []),
        )
    commands = package_manager(manager)
    lines = [f"    {commands.add} {_words(main)}"]
    lines += [f"    {commands.add_dev} {_words(dev)}"] if dev else []
    return _blocks(("Add what the layer needs:", lines))


def _words(texts: Sequence[str]) -> str:
    return " ".join(f'"{text}"' for text in texts)


def _table(texts: Sequence[str]) -> list[str]:
    requirements = [Requirement.parse(text) for text in texts]
    return [f"{item.name} = {table_value(item, markers=False)}" for item in requirements]


def _blocks(*blocks: tuple[str, Sequence[str]]) -> str:
    return "\n".join("\n".join([title, *lines]) for title, lines in blocks if lines)
