"""`python extensions/existing_project.py DIR`: print what inspection finds."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from . import inspect_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .facts import Bound, Facts, Reason

USAGE_ERROR = 2
_MAIN = (
    "project_root", "package_dir", "import_path", "app_file", "app_object", "app_factory",
    "dependency_file", "dependency_manager", "database", "confident", "candidates",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Inspect the directory named in `argv` and print the facts; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="existing_project.py",
        description="Print what is known about an existing FastAPI project, as JSON.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument(
        "--explain", action="store_true", help="say for each fact what it was read from"
    )
    arguments = parser.parse_args(argv)
    directory: Path = arguments.directory
    try:
        facts = inspect_project(directory)
    except OSError as error:
        reason = f"{directory}: {error.strerror}" if error.strerror else str(error)
        sys.stderr.write(f"{reason}. Give the directory of a FastAPI project.\n")
        return USAGE_ERROR
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        # Names of files may hold what the terminal's encoding cannot show.
        reconfigure(errors="backslashreplace")
    text = explain(facts) if arguments.explain else json.dumps(as_corpus_json(facts), indent=2)
    sys.stdout.write(f"{text}\n")
    return 0


def as_corpus_json(facts: Facts) -> dict[str, object]:
    """The facts as plain data: the main ones by name, all others under "extra"."""
    plain = asdict(facts)
    shown: dict[str, object] = {name: plain.pop(name) for name in _MAIN}
    shown["extra"] = plain
    return shown


def explain(facts: Facts) -> str:
    """One line a fact, with what it was read from."""
    return "\n".join(_lines(facts))


def _lines(facts: Facts) -> Iterator[str]:
    database = facts.database
    shown: tuple[tuple[str, object], ...] = (
        ("project_root", facts.project_root),
        ("package_dir", facts.package_dir),
        ("import_path", facts.import_path or "(top-level modules)"),
        ("app_file", facts.app_file),
        ("app_object", _called(facts)),
        ("dependency_file", facts.dependency_file),
        ("dependency_manager", facts.dependency_manager),
        ("database.sqlalchemy", database.sqlalchemy),
        ("database.alembic", database.alembic),
        ("database.base_class", database.base_class),
        ("database.session_dependency", database.session_dependency),
        ("database.supabase", "yes" if database.supabase else "no"),
    )
    for name, value in shown:
        reasons = "; ".join(_reason(r) for r in facts.reasons if r.fact == name)
        unsure = "  UNSURE" if name in facts.unsure else ""
        yield f"{name}: {value if value is not None else 'none'}{unsure}" + (
            f"  <- {reasons}" if reasons else ""
        )
    if facts.candidates:
        yield f"other package directories: {', '.join(facts.candidates)}"
    if facts.app_files:
        yield f"other applications: {', '.join(facts.app_files)}"
    for name, bound in (
        ("requires-python", facts.requires_python),
        ("fastapi", facts.fastapi),
    ):
        yield f"{name}: {_bound(bound)}"
    yield f"tests: {facts.tests_dir or 'none'}" + (
        f"  <- {facts.pytest.config_file}" if facts.pytest.config_file else ""
    )
    for finding in facts.existing_layer:
        yield f"existing {finding.kind}: {finding.text}  <- {finding.file}:{finding.line}"
    for problem in facts.problems:
        yield f"problem: {_reason(problem)}"


def _called(facts: Facts) -> str | None:
    return f"{facts.app_object}()" if facts.app_factory else facts.app_object


def _reason(reason: Reason) -> str:
    if reason.file is None:
        return reason.text
    return f"{reason.text} ({reason.file}:{reason.line or 1})"


def _bound(bound: Bound | None) -> str:
    if bound is None:
        return "not declared"
    return f"{bound.specifier or 'any version'}  <- {bound.text} ({bound.file}:{bound.line})"
