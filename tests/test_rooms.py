"""The rooms of `extensions/`: imports lead downwards only, and no two modules share a name."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[1] / "extensions"
ROOMS = (
    ("existing_project",),
    ("conversation",),
    ("verification",),
    ("adoption",),
    ("conversion",),
    ("inspection", "app_file", "models_on_request"),
    ("project_files",),
    ("python_text",),
    ("answers", "packages", "project_paths"),
)
"""The rooms and the modules beside them, the topmost first; each imports those below it."""
FLOORS = {name: floor for floor, names in enumerate(ROOMS) for name in names}
MODULES = sorted(path for path in EXTENSIONS.rglob("*.py") if path.parent.name != "__pycache__")
FOR_CONVERSATION = {"copier", "jinja2"}


def room(path: Path) -> str:
    """The room of a module, or the module itself where it lies beside the rooms."""
    return path.relative_to(EXTENSIONS).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line of each import, with the room or the package that it leads to."""
    package = path.relative_to(EXTENSIONS).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            names = parts if node.level else (node.module or "").split(".")
            yield node.lineno, next(iter([*filter(None, names)]), node.names[0].name)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module":
            name = ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else ""
            if name.startswith(".."):
                yield node.lineno, name.strip(".").partition(".")[0]


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.parent != EXTENSIONS or path.stem in FLOORS],
    ids=lambda path: path.relative_to(EXTENSIONS).as_posix(),
)
def test_imports_lead_downwards(path: Path) -> None:
    own = room(path)
    upwards = [
        f"line {line}: {own} imports {name}"
        for line, name in imports(path)
        if name != own and name in FLOORS and FLOORS[name] <= FLOORS[own]
    ]
    if own not in ("conversation", "existing_project"):
        upwards += [
            f"line {line}: {name} is for conversation alone"
            for line, name in imports(path)
            if name in FOR_CONVERSATION and path.stem != "rerender"
        ]

    assert upwards == []


def test_each_module_has_a_room_and_a_name_of_its_own() -> None:
    names = Counter(path.stem for path in MODULES if path.stem != "__init__")

    assert [name for name, count in names.items() if count > 1] == []
    assert {room(path) for path in MODULES} - {"__init__"} == FLOORS.keys()
