"""What any file that declares dependencies comes down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..project_files.notation import pep440
from ..project_files.toml_text import Tables, table
from .facts import Bound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..project_files.declared import Declared
    from .facts import Reason

ManifestKind = Literal["pyproject", "requirements", "pipfile", "setup", "pixi", "conda"]


@dataclass(slots=True)
class Manifest:
    """One file that can declare dependencies, as read.

    `declared` holds what the application itself needs, `optional` what an extra or a group adds.
    `is_project` is False for a file with only tool settings. `tables` is the parsed TOML.
    `lists_runtime` tells whether a pyproject.toml has a place for what the application needs, and
    `installs_itself` tells whether a requirements file has a line like `-e .`.
    """

    file: str
    kind: ManifestKind
    declared: dict[str, Bound] = field(default_factory=dict[str, Bound])
    optional: dict[str, Bound] = field(default_factory=dict[str, Bound])
    requires_python: Bound | None = None
    is_project: bool = True
    is_poetry: bool = False
    lists_runtime: bool = False
    tables: Tables = field(default_factory=dict[str, object])
    problem: Reason | None = None
    installs_itself: bool = False

    def bound(self, name: str) -> Bound | None:
        """The requirement for `name`, from the application's own first."""
        return self.declared.get(name) or self.optional.get(name)

    def table(self, *keys: str) -> Tables:
        """The TOML table at `keys`, empty where there is none."""
        return table(self.tables, *keys)

    def declare(self, into: dict[str, Bound], items: Iterable[Declared]) -> None:
        """Add requirements; what is said of Python counts where the application's own are."""
        for item in items:
            specifier = pep440(item.parsed.constraint)
            bound = Bound(specifier, item.path or self.file, item.line, item.written)
            if item.key != "python":
                into.setdefault(item.key, bound)
            elif into is self.declared:
                self.requires_python = self.requires_python or bound
