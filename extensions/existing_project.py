"""The door between Copier and what this template knows about an existing project.

Copier loads `ExistingProject` from here as a Jinja extension. As a script,
`python extensions/existing_project.py DIR [--explain]` prints the facts about DIR, and with
`--undo` or `--update` it is what Copier runs in the project.
"""

from __future__ import annotations

import gc
import sys
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# An update has two versions of this template in one process: each needs modules of its own.
PACKAGE = f"fastapi_database_layer_{sha256(bytes(HERE)).hexdigest()[:12]}"
REQUIRED = {"jinja2-time": "jinja2_time"}
"""What every copy needs, by the names to install and to import."""


def load(module: str) -> Any:  # noqa: ANN401 - a module
    """Import a module of the package around this file, under a name of this checkout's own."""
    if PACKAGE not in sys.modules:
        spec = spec_from_file_location(
            PACKAGE, HERE / "__init__.py", submodule_search_locations=[str(HERE)]
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"{HERE} is not a package")
        sys.modules[PACKAGE] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[PACKAGE])
    return import_module(f"{PACKAGE}.{module}")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class
    """Load the extension when Copier asks for it: a script has no need of Jinja."""
    if name != "ExistingProject":
        raise AttributeError(name)
    if problem := load("packages").too_old_a_python(sys.version_info[:2]):
        from copier.errors import UserMessageError  # noqa: PLC0415 - only Copier gets here

        raise UserMessageError(problem)
    missing = [package for package, module in REQUIRED.items() if find_spec(module) is None]
    if missing:
        from copier.errors import UserMessageError  # noqa: PLC0415 - only Copier gets here

        raise UserMessageError(load("packages").how_to_get(*missing))
    was_on = gc.isenabled()
    # Compiling the modules makes much that goes by itself.
    gc.disable()
    try:
        extension = load("conversation.extension").ExistingProject
    finally:
        # All that is loaded by now stays: the collector need not go through it at every turn.
        gc.freeze()
        if was_on:
            gc.enable()
    return extension


if __name__ == "__main__":
    if problem := load("packages").too_old_a_python(sys.version_info[:2]):
        sys.exit(problem)
    is_copier = {"--undo", "--update"} & {*sys.argv[1:]}
    part = "conversation.undo_or_update" if is_copier else "inspection.facts_command"
    sys.exit(load(part).main())
