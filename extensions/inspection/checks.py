"""How the project tests and formats itself: facts for the files that are added to it."""

from __future__ import annotations

import configparser
import re
import tomllib
from typing import TYPE_CHECKING

from .facts import CodeStyle, PytestFacts, QuoteStyle
from .manifests import Manifest, Table, strings, table
from .tree import Tree, join, relative

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEST_DIRECTORIES = ("tests", "test")


def find_tests_dir(tree: Tree, root: str, package: str) -> str | None:
    """The directory of the project's tests, relative to its root."""
    for place in (root, package):
        for name in _TEST_DIRECTORIES:
            path = join(place, name)
            if tree.has_directory(path):
                return relative(path, root)
    return None


def find_pytest(
    tree: Tree,
    root: str,
    base: str,
    tests_dir: str | None,
    pyproject: Manifest | None,
    declared: set[str],
    *,
    installed: bool,
) -> PytestFacts:
    """How pytest is set up, and whether it finds the project's own modules."""
    config_file, options = _pytest_options(tree, root, pyproject)
    pythonpath = tuple(
        path
        for value in strings(options.get("pythonpath"))
        for path in (value.split() if isinstance(options.get("pythonpath"), str) else [value])
    )
    mode = options.get("asyncio_mode")
    root_conftest = tree.has_file(join(root, "conftest.py"))
    tests = join(root, tests_dir) if tests_dir else None
    packages = tests is not None and tree.has_file(join(tests, "__init__.py"))
    import_base = relative(base, root)
    on_path = {path.strip("./") or "." for path in pythonpath}
    reached = (
        import_base in on_path
        or installed
        or (import_base == "." and (root_conftest or packages))
        or tree.has_file(join(base, "conftest.py"))
    )
    return PytestFacts(
        config_file=config_file,
        asyncio_mode=mode if isinstance(mode, str) else None,
        pythonpath=pythonpath,
        pytest_asyncio_declared="pytest-asyncio" in declared,
        anyio_declared="anyio" in declared,
        tests_are_packages=packages,
        root_conftest=root_conftest,
        import_base=import_base,
        import_base_reached=reached,
    )


def _pytest_options(
    tree: Tree, root: str, pyproject: Manifest | None
) -> tuple[str | None, Mapping[str, object]]:
    for name, section in (
        ("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("pyproject.toml", ""),
        ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"),
    ):  # fmt: skip
        if name == "pyproject.toml":
            options = pyproject.table("tool", "pytest", "ini_options") if pyproject else {}
            if options:
                return name, options
            continue
        path = join(root, name)
        if tree.has_file(path):
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(tree.text(path))
            except (configparser.Error, ValueError):
                continue
            if parser.has_section(section):
                return name, dict(parser.items(section))
            if name == "pytest.ini":
                return name, {}
    return None, {}


def find_code_style(tree: Tree, root: str, pyproject: Manifest | None) -> CodeStyle:
    """The line length and the quotes that the project's formatter is set to."""
    tools: Table = pyproject.table("tool") if pyproject else {}
    ruff: Table = table(tools, "ruff")
    uses_ruff = "ruff" in tools
    for name in ("ruff.toml", ".ruff.toml"):
        path = join(root, name)
        if tree.has_file(path):
            uses_ruff = True
            try:
                ruff = tomllib.loads(tree.text(path))
            except tomllib.TOMLDecodeError:
                ruff = {}
    length = ruff.get("line-length") or table(tools, "black").get("line-length")
    quotes: QuoteStyle | None = None
    style = table(ruff, "format").get("quote-style")
    if style == "single":
        quotes = "single"
    elif style == "double":
        quotes = "double"
    elif style == "preserve" or table(tools, "black").get("skip-string-normalization"):
        quotes = "preserve"
    elif re.search(r"single", str(table(tools, "blue"))):
        quotes = "single"
    return CodeStyle(uses_ruff, length if isinstance(length, int) else None, quotes)
