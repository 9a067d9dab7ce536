"""How the project tests and formats itself: facts for the files that are added to it."""

from __future__ import annotations

import configparser
import re
import shlex
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Literal

from ..project_files.toml_text import Tables, read_tables, strings, table
from .facts import CodeStyle, PytestFacts, QuoteStyle
from .roles import TEST_NAMES, is_test_file
from .tree import Tree, ancestors, is_within, join, parent, relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .manifests import Manifest

# In the order in which pytest looks for them; the section that makes each one pytest's.
_PYTEST_FILES = (
    ("pytest.toml", "pytest"), (".pytest.toml", "pytest"), ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"), ("pyproject.toml", ""), ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)  # fmt: skip
_ASYNCIO_MODE = re.compile(r"--asyncio-mode[= ](\w+)")
# Options without a value; any other may take the next word for its own.
_FLAG = re.compile(
    r"-[hlqsvx]+|-r\w+|-p\w\S*|-[mknW]\S+|--(?:strict(?:-markers|-config)?|verbose|quiet|exitfirst"
    r"|showlocals|disable-warnings|no-header|no-summary|doctest-modules|last-failed|lf|failed-first|ff"
    r"|new-first|nf|stepwise|sw|cov-branch|no-cov|no-cov-on-fail|full-trace|runxfail|pdb"
    r"|reverse|random-order|benchmark-skip|benchmark-disable|setup-show|forked)"
)
_TESTS = ("tests", "test")
_IMPORTLIB = re.compile(r"--import-mode[= ]importlib")


def find_tests_dir(tree: Tree, root: str, package: str, manifests: list[Manifest]) -> str | None:
    """The directory of the project's tests, relative to its root.

    Of several, one that a plain `pytest` looks into.
    """
    collected = _collected(tree, root, _options(tree, root, manifests))
    conventional = [
        *(join(place, name) for place in dict.fromkeys((root, package)) for name in _TESTS),
        *(join(root, name) for name in sorted(TEST_NAMES)),
    ]
    there = [relative(path, root) for path in conventional if tree.has_directory(path)]
    within = (path for path in there if any(is_within(path, directory) for directory in collected))
    # A directory at the top may hold scripts for load or manual tests only.
    filled = (path for path in there if _has_tests(tree, join(root, path)))
    named = (path for path in collected if "test" in path.rpartition("/")[2].lower())
    chosen = (*within, *filled, *there, *named)
    return next(iter(chosen), None)


def _has_tests(tree: Tree, directory: str) -> bool:
    names = (name for _, listed in tree.directories_below(directory) for name in listed.modules)
    return any(map(is_test_file, names))


def _collected(tree: Tree, root: str, options: Mapping[str, object]) -> list[str]:
    """The directories that a plain `pytest` in the project's root looks into, if it is told."""
    named = _positional(_arguments(options)) or _words(options.get("testpaths"))
    plain = (_plain(path.partition("::")[0]) for path in named)
    return [path for path in plain if path != "." and tree.has_directory(join(root, path))]


def find_pytest(
    tree: Tree,
    root: str,
    base: str,
    tests_dir: str | None,
    manifests: list[Manifest],
    chosen: Manifest | None,
    manager: str,
) -> PytestFacts:
    """How pytest is set up, and whether it finds the modules that are imported from `base`."""
    pyproject = next((m for m in manifests if m.kind == "pyproject"), None)
    config_file, options = _pytest_options(tree, root, pyproject)
    arguments = _arguments(options)
    addopts = " ".join(arguments)
    pythonpath = tuple(" ".join(strings(options.get("pythonpath"))).split())
    if isinstance(options.get("pythonpath"), list):
        pythonpath = tuple(strings(options.get("pythonpath")))
    mode = options.get("asyncio_mode") or next(iter(_ASYNCIO_MODE.findall(addopts)), None)
    tests = join(root, tests_dir) if tests_dir else None
    # pytest puts the first directory without __init__.py above a test or a conftest.py there,
    # unless it imports them by importlib.
    inserts = not _IMPORTLIB.search(addopts)
    starts = [join(tests, "__init__.py")] if tests else []
    if is_within(tests or root, base):
        above = (path for path in ancestors(tests or root) if is_within(path, base))
        starts += [join(path, "conftest.py") for path in above]
    bounds = (manifest.bound("pytest") for manifest in manifests)
    # Where there is a src, build tools take what is in it for the modules, never src itself.
    is_above_src = base == root and tree.has_directory(join(root, "src"))
    installed = not is_above_src and _is_installed(pyproject, manifests, chosen, manager)
    return PytestFacts(
        config_file=config_file,
        asyncio_mode=mode if isinstance(mode, str) else None,
        fixture_loop_scope=_fixture_loop_scope(options),
        specifier=next((bound.specifier for bound in bounds if bound), None),
        pythonpath=pythonpath,
        tests_are_packages=tests is not None and tree.has_file(join(tests, "__init__.py")),
        import_base=relative(base, root),
        installed=installed,
        import_base_reached=installed
        or relative(base, root) in {_plain(path) for path in pythonpath}
        or (
            inserts
            and any(tree.has_file(start) and _inserted(tree, start) == base for start in starts)
        ),
        reached_from_packages=inserts and _inserted(tree, join(root, "tests.py")) == base,
        overridden=tuple(_overridden(tree, root, options, tests_dir or "tests")),
    )


def _overridden(
    tree: Tree, root: str, options: Mapping[str, object], tests_dir: str
) -> Iterator[str]:
    """The settings with which a plain `pytest` in the project's root does not run its tests.

    Those name paths as seen from another directory, or leave the tests out. Each is `name=value`,
    with a value that does.
    """
    arguments = _arguments(options)
    named = _positional(arguments)
    if named and not _collects(tree, root, named, tests_dir):
        kept = shlex.join(argument for argument in arguments if argument not in named)
        yield f"addopts={kept}"
        named = []
    testpaths = _words(options.get("testpaths"))
    if testpaths and not named and not _collects(tree, root, testpaths, tests_dir):
        yield f"testpaths={tests_dir}"


def _collects(tree: Tree, root: str, paths: Sequence[str], tests_dir: str) -> bool:
    """Whether all paths are there, and the directory lies in one of them."""
    plain = [_plain(path.partition("::")[0]) for path in paths]
    patterns = [path for path in plain if any(sign in path for sign in "*?[")]
    there = (tree.has_directory(join(root, p)) or tree.has_file(join(root, p)) for p in plain
             if p not in patterns)  # fmt: skip
    if not all(there):
        return False
    above = [*ancestors(tests_dir)]
    return any(path in (".", *above) or any(fnmatch(pattern, path) for pattern in above if pattern)
               for path in plain)  # fmt: skip


def _positional(arguments: Sequence[str]) -> list[str]:
    """The paths among pytest's arguments: what neither is an option nor the value of one."""
    paths: list[str] = []
    is_value = False
    for argument in arguments:
        if argument.startswith("-"):
            is_value = "=" not in argument and not _FLAG.fullmatch(argument)
        elif is_value:
            is_value = False
        else:
            paths.append(argument)
    return paths


def _arguments(options: Mapping[str, object]) -> list[str]:
    return _words(options.get("addopts"))


def _words(value: object) -> list[str]:
    """The items of a setting that is a list, or text with one after the other."""
    if not isinstance(value, str):
        return strings(value)
    try:
        return shlex.split(value)
    except ValueError:
        return value.split()


def _plain(path: str) -> str:
    return path.removeprefix("./").rstrip("/") or "."


def _inserted(tree: Tree, path: str) -> str | None:
    """What pytest puts on `sys.path` for a file; None where that lies above the tree."""
    directory = parent(path)
    while tree.has_file(join(directory, "__init__.py")):
        if not directory:
            return None
        directory = parent(directory)
    return directory


def _is_installed(
    pyproject: Manifest | None,
    manifests: list[Manifest],
    chosen: Manifest | None,
    manager: str,
) -> bool:
    """Whether installing the project's dependencies installs its own package too."""
    if any(m.installs_itself for m in manifests):
        return True
    if chosen is not None and chosen.kind != "pyproject":
        return chosen.kind == "setup"
    if pyproject is None or not pyproject.lists_runtime:
        return False
    switches = (
        pyproject.table("tool", "uv").get("package"),
        pyproject.table("tool", "poetry").get("package-mode"),
        pyproject.table("tool", "pdm").get("distribution"),
    )
    if False in switches:
        return False
    # PDM builds a project without the table, too, by setuptools.
    builds = manager == "pdm" or bool(pyproject.table("build-system"))
    return True in switches or builds


def _options(tree: Tree, root: str, manifests: list[Manifest]) -> Mapping[str, object]:
    pyproject = next((m for m in manifests if m.kind == "pyproject"), None)
    return _pytest_options(tree, root, pyproject)[1]


def _fixture_loop_scope(options: Mapping[str, object]) -> str:
    fixtures, tests = (
        options.get(f"asyncio_default_{of}_loop_scope") or "function" for of in ("fixture", "test")
    )
    return fixtures if isinstance(fixtures, str) and fixtures != tests else ""


def _pytest_options(
    tree: Tree, root: str, pyproject: Manifest | None
) -> tuple[str | None, Mapping[str, object]]:
    for name, section in _PYTEST_FILES:
        path = join(root, name)
        options: Mapping[str, object] | None = None
        if name == "pyproject.toml" and pyproject:
            native = {
                k: v for k, v in pyproject.table("tool", "pytest").items() if k != "ini_options"
            }
            options = pyproject.table("tool", "pytest", "ini_options") or native or None
        elif name.endswith(".toml"):
            options = table(read_tables(tree.text(path)), section) or None
        elif tree.has_file(path):
            options = _ini_options(tree.text(path), section)
        if options is not None or (name.endswith("pytest.ini") and tree.has_file(path)):
            return name, options or {}
    return None, {}


def _ini_options(text: str, section: str) -> Mapping[str, object] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return None
    return dict(parser.items(section)) if parser.has_section(section) else None


def find_code_style(tree: Tree, root: str, manifests: list[Manifest]) -> CodeStyle:
    """The quotes and the blank lines that the project's formatter is set to."""
    pyproject = next((m for m in manifests if m.kind == "pyproject"), None)
    tools: Tables = pyproject.table("tool") if pyproject else {}
    ruff: Tables = table(tools, "ruff")
    for name in ("ruff.toml", ".ruff.toml"):
        path = join(root, name)
        if tree.has_file(path):
            ruff = read_tables(tree.text(path))
    written = table(ruff, "format").get("quote-style")
    quotes: QuoteStyle | None = None
    if written == "single" or "blue" in tools:
        quotes = "single"
    elif written == "double":
        quotes = "double"
    elif written == "preserve" or table(tools, "black").get("skip-string-normalization"):
        quotes = "preserve"
    isort = table(table(ruff, "lint"), "isort") or table(ruff, "isort")
    lines = isort.get("lines-after-imports") or table(tools, "isort").get("lines_after_imports")
    declared = [name for name in ("ruff", "black") if any(m.bound(name) for m in manifests)]
    return CodeStyle(
        quotes,
        lines if isinstance(lines, int) and lines > 0 else None,
        _formatter(tools, declared),
        _alembic_section(tree, root, manifests, tools, isort),
    )


def _alembic_section(
    tree: Tree,
    root: str,
    manifests: list[Manifest],
    tools: Tables,
    of_ruff: Tables,
) -> Literal["first-party", "third-party", "by-directory"] | None:
    settings = [table(tools, "isort")]
    for name, section in ((".isort.cfg", "settings"), ("setup.cfg", "isort"), ("tox.ini", "isort")):
        if tree.has_file(path := join(root, name)):
            settings.append(_ini_options(tree.text(path), section) or {})
    used = next(filter(None, settings), None)
    if used is None and not any(m.bound("isort") for m in manifests):
        first, third = "known-first-party", "known-third-party"
        used = of_ruff
        otherwise: Literal["by-directory"] | None = None
    else:
        first, third = "known_first_party", "known_third_party"
        used = used or {}
        otherwise = "by-directory"
    if "alembic" in _listed(used.get(third)):
        return "third-party"
    if "alembic" in _listed(used.get(first)):
        return "first-party"
    sources = _listed(used.get("src_paths"))
    return None if sources and "." not in sources else otherwise


def _listed(value: object) -> list[str]:
    """The items of a list, as TOML has it or separated by commas or line ends."""
    return re.split(r"[\s,]+", value.strip()) if isinstance(value, str) else strings(value)


def _formatter(tools: Tables, declared: list[str]) -> Literal["ruff", "black"] | None:
    """Of two that are declared, black where it has settings: ruff may be there to lint."""
    if "black" in declared and ("black" in tools or "ruff" not in declared):
        return "black"
    return "ruff" if "ruff" in declared else None
