"""Application files as people write them: what goes in, and what should come out.

A line that the wiring has to add starts with `+`; without those lines it is the file before.
"""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Example:
    name: str
    marked: str
    app_object: str | None = "app"
    layer_module: str = "shop.database"
    package: str = ""

    @property
    def before(self) -> str:
        return self._text(with_added=False)

    @property
    def after(self) -> str:
        return self._text(with_added=True)

    def _text(self, *, with_added: bool) -> str:
        lines = dedent(self.marked).strip("\n").split("\n")
        kept = [line for line in lines if with_added or not line.startswith("+")]
        return "\n".join(line.removeprefix("+") for line in kept) + "\n"
