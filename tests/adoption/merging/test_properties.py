"""What holds for every file: nothing is lost, the result parses, a second run changes nothing."""

import configparser
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import cast

from hypothesis import given
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extensions.adoption.record import record
from extensions.adoption.undone_steps import taken_back
from extensions.project_files import (
    env_example,
    gitignore,
    requirements_txt,
    setup_cfg,
)
from extensions.project_files.requirement import Change, Needs
from extensions.project_files.toml_requirements import merge_pipfile, merge_pyproject
from tests.adoption.merging import one_file
from tests.adoption.merging.documents import (
    DEV,
    MAIN,
    env_examples,
    gitignores,
    is_contained,
    pipfiles,
    pyproject_files,
    requirements_files,
    setup_cfgs,
    without_numbers,
)

NEEDS = Needs.parse(MAIN, DEV, (), floors=["fastapi>=0.121", "python>=3.10"])
ADDED_NAMES = {item.key for item in NEEDS.requirements}
NEEDED_NAMES = ADDED_NAMES | {"greenlet", "fastapi", "python"}


def leaves(value: object, path: tuple[str, ...] = ()) -> Counter[tuple[tuple[str, ...], str]]:
    """What TOML data holds, each value with its path."""
    found: Counter[tuple[tuple[str, ...], str]] = Counter()
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            found += leaves(item, (*path, key))
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            found += leaves(item, path)
    else:
        found[path, str(value)] += 1
    return found


def assert_only_requirements_were_added(before: str, after: str) -> None:
    """Whether TOML documents differ in nothing but requirements of the layer's."""
    assert is_contained(without_numbers(before), after)
    old, new = (leaves(tomllib.loads(text.removeprefix("\ufeff"))) for text in (before, after))
    assert all(any(map(is_needed, (text, *path))) for path, text in (old - new) + (new - old))


def is_needed(text: str) -> bool:
    """Whether a string is a requirement of the layer's, or of FastAPI or Python."""
    try:
        return canonicalize_name(Requirement(text).name) in NEEDED_NAMES
    except ValueError:
        return False


def assert_it_is_undone(before: str, after: str) -> None:
    """Whether the undo gives each byte back, with what the answers file records."""
    project = Path("/project")
    # Decoding takes the mark off, and encoding puts it back.
    before, after = before.removeprefix("\ufeff"), after.removeprefix("\ufeff")
    change = Change.between(project / "file", before.encode(), after.encode())
    steps = record([change], project=project, kept=[], earlier={})["changed"]["file"]
    assert taken_back(after, steps[0]) == before


@given(pyproject_files())
def test_pyproject(file: tuple[str, str]) -> None:
    content, manager = file
    after = merge_pyproject(content, NEEDS, manager=manager).content
    assert_it_is_undone(content, after)
    assert_only_requirements_were_added(content, after)
    assert merge_pyproject(after, NEEDS, manager=manager).content == after
    assert after.startswith("\ufeff") == content.startswith("\ufeff")
    if "\r\n" in content:
        assert after.count("\n") == after.count("\r\n")
    assert all(name in after.lower().replace("_", "-") for name in ADDED_NAMES)


@given(pipfiles())
def test_pipfile(content: str) -> None:
    after = merge_pipfile(content, NEEDS).content
    assert_it_is_undone(content, after)
    assert_only_requirements_were_added(content, after)
    assert merge_pipfile(after, NEEDS).content == after
    data = tomllib.loads(after.removeprefix("\ufeff"))
    everything = {*map(canonicalize_name, [*data["packages"], *data.get("dev-packages", {})])}
    assert everything >= ADDED_NAMES


@given(requirements_files())
def test_requirements(content: str) -> None:
    after = one_file.merge(content, NEEDS).content
    assert_it_is_undone(content, after)
    assert is_contained(without_numbers(content), after)
    kept = iter(after.splitlines())
    assert all(
        line in kept
        for line in content.splitlines()
        if not any(canonicalize_name(name) in NEEDED_NAMES for name in re.findall(r"[\w.-]+", line))
    )
    assert one_file.merge(after, NEEDS).content == after
    names = {item.key for item in requirements_txt.declared(after)}
    assert names >= ADDED_NAMES
    if content:
        assert after.endswith("\n") == content.endswith("\n")


@given(setup_cfgs())
def test_setup_cfg(content: str) -> None:
    after = setup_cfg.merge(content, NEEDS).content
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(after.removeprefix("\ufeff"))
    listed = parser["options"]["install_requires"]
    listed += parser.get("options.extras_require", "dev", fallback="")
    assert all(item.name in listed.lower().replace("_", "-") for item in NEEDS.requirements)
    assert parser["options"]["packages"] == "find:"
    assert_it_is_undone(content, after)
    assert is_contained(without_numbers(content), after)
    assert setup_cfg.merge(after, NEEDS).content == after


@given(gitignores())
def test_gitignore(content: str) -> None:
    after = gitignore.protect_env(content)
    assert after is not None
    assert after.startswith(content)
    assert gitignore.ignores(after, ".env")
    assert not gitignore.ignores(after, ".env.example")
    assert gitignore.protect_env(after) == after


VARIABLES = [
    env_example.Variable("DATABASE_URL", "postgresql://user:password@localhost/app", "Where."),
    env_example.Variable("DATABASE_POOL_SIZE", "5", "How many."),
]


@given(env_examples())
def test_env_example(content: str) -> None:
    after = env_example.add_variables(content, VARIABLES)
    assert after.startswith(content)
    assert env_example.names(after) >= {"DATABASE_URL", "DATABASE_POOL_SIZE"}
    assert env_example.add_variables(after, VARIABLES) == after
    if "\r\n" in content:
        assert after.count("\n") == after.count("\r\n")
