"""What any file that declares dependencies comes down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from ..project_files.notation import canonical_name, parse_pep508, pep440
from .facts import Bound
from .toml_tables import Lines, Table, strings, table

if TYPE_CHECKING:
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
    tables: Table = field(default_factory=dict[str, object])
    problem: Reason | None = None
    installs_itself: bool = False

    def bound(self, name: str) -> Bound | None:
        """The requirement for `name`, from the application's own first."""
        return self.declared.get(name) or self.optional.get(name)

    def table(self, *keys: str) -> Table:
        """The TOML table at `keys`, empty where there is none."""
        return table(self.tables, *keys)

    def declare(self, into: dict[str, Bound], text: str, line: int) -> None:
        """Add one PEP 508 requirement that stands on `line`."""
        if parsed := parse_pep508(text):
            bound = Bound(pep440(parsed.constraint), self.file, line, text)
            into.setdefault(canonical_name(parsed.name), bound)

    def declare_list(self, into: dict[str, Bound], items: object, lines: Lines, key: str) -> None:
        """Add the PEP 508 requirements of a TOML list in the table `key`."""
        for item in strings(items):
            self.declare(into, item, lines.literal(item, key))

    def declare_table(self, into: dict[str, Bound], lines: Lines, key: str) -> None:
        """Add the entries of the TOML table `key`, name to constraint as Poetry writes them."""
        for name, value in table(self.tables, *key.split(".")).items():
            if name.lower() == "python":
                continue
            written = _constraint(value)
            text = f'{name} = "{written}"' if written else name
            bound = Bound(pep440(written), self.file, lines.key(name, key), text)
            into.setdefault(canonical_name(name), bound)


def _constraint(value: object) -> str:
    if isinstance(value, list):
        value = next(iter(cast("list[object]", value)), "")
    if isinstance(value, dict):
        value = cast("Table", value).get("version", "")
    return value if isinstance(value, str) else ""
