"""How long inspection takes, beside a plain walk over the same files.

`python tests/benchmarks/inspection.py [DIR ...]` measures synthetic projects, or the directories
that are named. Times are the best of several runs in one process, in milliseconds: the files are
in the system's cache and Python has started.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path(__file__).parents[2]))

from extensions.inspection import inspect_project

RUNS = 7
PYPROJECT = '[project]\nname = "shop"\nversion = "0"\ndependencies = ["fastapi", "sqlalchemy"]\n'
MAIN = """\
from fastapi import FastAPI

{imports}

app = FastAPI()
{routers}
"""
MODULE = '''\
"""One feature: its routes and what they need."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.db import Base, get_db

router = APIRouter()


class Item{number}(Base):
    """A row."""

    __tablename__ = "item_{number}"


'''
ROUTE = '''\
@router.get("/{number}/{route}")
def read_{route}(session: Annotated[Session, Depends(get_db)]) -> dict[str, int]:
    """Answer with what is asked for, which takes some lines to explain."""
    found = session.get(Item{number}, {route})
    return {{"number": {number}, "route": {route}, "found": int(found is not None)}}


'''
DB = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    pass


engine = create_engine("postgresql://")


def get_db():
    with Session(engine) as session:
        yield session
"""


def write_project(directory: Path, modules: int, others: int) -> None:
    """An application of `modules` features, twenty a directory, among `others` other files."""
    package = directory / "app"
    package.mkdir(parents=True)
    (directory / "pyproject.toml").write_text(PYPROJECT)
    (package / "__init__.py").write_text("")
    (package / "db.py").write_text(DB)
    names = [f"app.part{number // 20}.feature{number}" for number in range(modules)]
    for number, name in enumerate(names):
        path = directory / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        routes = "".join(ROUTE.format(number=number, route=route) for route in range(12))
        path.write_text(MODULE.format(number=number) + routes)
    used = names[:20]
    imports = "\n".join(f"import {name}" for name in used)
    routers = "\n".join(f"app.include_router({name}.router)" for name in used)
    (package / "main.py").write_text(MAIN.format(imports=imports, routers=routers))
    for number in range(others):
        place = directory / "frontend" / f"part{number // 20}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"view{number}.tsx").write_text("export {}\n")


def write_environment(directory: Path, files: int) -> None:
    """A committed virtual environment, which inspection should not go into."""
    for number in range(files):
        place = directory / "env39" / "lib" / "python3.9" / "site-packages" / f"lib{number // 30}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"module{number}.py").write_text("from fastapi import FastAPI\n")
    (directory / "env39" / "pyvenv.cfg").write_text("")


def milliseconds(function: Callable[[], object]) -> float:
    """The least time that one call takes."""
    times: list[float] = []
    for _ in range(RUNS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def measure(name: str, directory: Path) -> None:
    """Print one line: files, a plain walk, inspection, and the ratio of the two."""
    count = sum(len(files) for _, _, files in os.walk(directory))
    walk = milliseconds(lambda: sum(len(files) for _, _, files in os.walk(directory)))
    inspection = milliseconds(lambda: inspect_project(directory))
    ratio = inspection / walk
    sys.stdout.write(f"{name:34}{count:8}{walk:9.1f}{inspection:12.1f}{ratio:9.1f}\n")


def main(arguments: list[str]) -> None:
    """Measure the directories named in `arguments`, or synthetic projects."""
    sys.stdout.write(f"{'':34}{'files':>8}{'walk ms':>9}{'inspect ms':>12}{'ratio':>9}\n")
    for argument in arguments:
        measure(Path(argument).name[-33:], Path(argument))
    if arguments:
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name, modules, others, installed in (
            ("one module", 0, 0, 0),
            ("median project", 60, 70, 0),
            ("16,000 files, most of a frontend", 400, 15_600, 0),
            ("16,000 files, most installed", 60, 140, 15_800),
            ("16,000 modules of its own", 16_000, 0, 0),
        ):
            directory = Path(scratch) / name
            write_project(directory, modules, others)
            if installed:
                write_environment(directory, installed)
            measure(name, directory)


if __name__ == "__main__":
    main(sys.argv[1:])
