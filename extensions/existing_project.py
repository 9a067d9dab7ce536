"""The door between Copier and the inspection of an existing project.

As a script, `python extensions/existing_project.py DIR [--explain]` prints the facts about DIR.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def _run_as_script() -> int:
    """Load the package around this file, wherever it lies, and hand over to its command line."""
    here = Path(__file__).resolve().parent
    spec = spec_from_file_location(
        "extensions", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{here} is not a package")
    package = module_from_spec(spec)
    sys.modules["extensions"] = package
    spec.loader.exec_module(package)
    from extensions.inspection.command_line import main  # noqa: PLC0415

    return main()


if __name__ == "__main__":
    sys.exit(_run_as_script())
