"""Facts in words and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .facts import Facts

_PLAIN = (
    "project_root", "package_dir", "import_path", "app_file", "app_object", "app_factory",
    "dependency_file", "dependency_manager", "database", "confident", "candidates",
)  # fmt: skip


def as_corpus_json(facts: Facts) -> dict[str, object]:
    """The facts as plain data: the main ones by name, all others under "extra"."""
    plain = asdict(facts)
    shown: dict[str, object] = {name: plain.pop(name) for name in _PLAIN}
    shown["extra"] = plain
    return shown


def explain(facts: Facts) -> str:
    """One line a fact, with what it was read from."""
    shown = as_corpus_json(facts)
    lines: list[str] = []
    for name in _PLAIN:
        value = shown[name]
        why = [
            f"{reason.text}" + (f" ({reason.file}:{reason.line or 1})" if reason.file else "")
            for reason in facts.reasons
            if reason.fact == name
        ]
        lines.append(f"{name}: {value}" + (f"  <- {'; '.join(why)}" if why else ""))
    lines.extend(f"problem: {problem.text}" for problem in facts.problems)
    return "\n".join(lines)
