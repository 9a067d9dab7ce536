"""What the audit that was added says of an adopted layer's code."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..answers import Answers

PACKAGE = "audit_of_the_copy"


def audit_project(project: Path, answers: Answers) -> list[tuple[str, str]]:
    """Audit the package of a project by the modules that were just rendered into it.

    Nothing of the project is imported: neither its code, nor the packages above these modules.

    Args:
        project: the project's directory.
        answers: those that say where the layer is.

    Returns:
        The places, as a relative path with a line, each with the rule that is broken there; none
        where the code is nested too deeply to be read.
    """
    kit = project / answers.layer_dir / "database_kit"
    package = ModuleType(PACKAGE)
    package.__path__ = [str(kit)]
    writes_bytecode = sys.dont_write_bytecode
    sys.modules[PACKAGE] = package
    # The project gets files of its answers only.
    sys.dont_write_bytecode = True
    try:
        audit = import_module(f"{PACKAGE}.audit")
        problems = audit.audit([project / answers.package_dir])
        return [
            (f"{problem.file.relative_to(project).as_posix()}:{problem.line}", problem.rule)
            for problem in problems
        ]
    except RecursionError:
        return []
    finally:
        sys.dont_write_bytecode = writes_bytecode
        for name in [*_modules()]:
            del sys.modules[name]


def _modules() -> Iterator[str]:
    for name in sys.modules:
        if name.partition(".")[0] == PACKAGE:
            yield name
