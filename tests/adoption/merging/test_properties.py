"""What holds for every file: nothing is lost, the result parses, a second run changes nothing."""

import configparser
import tomllib
from typing import Any

from hypothesis import given
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extensions.adoption.merging import (
    env_example,
    gitignore,
    pipfile,
    pyproject,
    requirements,
    setup_cfg,
)
from extensions.adoption.merging.model import Needs
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
)

NEEDS = Needs.parse(MAIN, DEV, ())
NEEDED_NAMES = {item.key for item in NEEDS.requirements} | {"greenlet"}
DEPENDENCY_LISTS = {"dependencies", "dev-dependencies", "dependency-groups", "packages"} | {
    "optional-dependencies",
    "dev-packages",
}


def without_additions(before: Any, after: Any) -> Any:  # noqa: ANN401 - any TOML value
    """The later data without requirements of the layer that the earlier does not have."""
    if isinstance(after, list):
        rest = list(before or [])
        return [
            item
            for item in after
            if (item in rest and (rest.remove(item), True)[1]) or not is_needed(item)
        ]
    if isinstance(after, dict):
        old = before or {}
        kept = {
            key: without_additions(old.get(key), value)
            for key, value in after.items()
            if key in old or not (is_needed(key) or (value and not leaves(old.get(key), value)))
        }
        return kept
    return after


def leaves(before: Any, value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether something is left of a new value when the layer's requirements are taken out."""
    left = without_additions(before, value)
    if isinstance(left, dict):
        return any(leaves(None, item) for item in left.values())
    return bool(left)


def is_needed(text: object) -> bool:
    """Whether a string is a requirement of the layer's."""
    if not isinstance(text, str):
        return False
    try:
        return canonicalize_name(Requirement(text).name) in NEEDED_NAMES
    except ValueError:
        return False


@given(pyproject_files())
def test_pyproject(file: tuple[str, str]) -> None:
    content, manager = file
    after = pyproject.merge(content, NEEDS, manager=manager).content
    before_data = tomllib.loads(content.removeprefix("\ufeff"))
    data = tomllib.loads(after.removeprefix("\ufeff"))
    assert is_contained(content, after)
    assert without_additions(before_data, data) == before_data
    assert pyproject.merge(after, NEEDS, manager=manager).content == after
    assert after.startswith("\ufeff") == content.startswith("\ufeff")
    if "\r\n" in content:
        assert after.count("\n") == after.count("\r\n")
    assert all(f"{name}" in after.lower().replace("_", "-") for name in NEEDED_NAMES - {"greenlet"})


@given(pipfiles())
def test_pipfile(content: str) -> None:
    after = pipfile.merge(content, NEEDS).content
    before_data = tomllib.loads(content.removeprefix("\ufeff"))
    data = tomllib.loads(after.removeprefix("\ufeff"))
    assert is_contained(content, after)
    assert without_additions(before_data, data) == before_data
    assert pipfile.merge(after, NEEDS).content == after
    everything = {canonicalize_name(name) for name in [*data["packages"], *data["dev-packages"]]}
    assert everything >= NEEDED_NAMES - {"greenlet"}


@given(requirements_files())
def test_requirements(content: str) -> None:
    after = requirements.merge(content, NEEDS, path="requirements.txt").content
    assert is_contained(content, after)
    kept = iter(after.splitlines())
    assert all(line in kept for line in content.splitlines())
    assert requirements.merge(after, NEEDS, path="requirements.txt").content == after
    names = {item.key for item in requirements.declared(after)}
    assert names >= NEEDED_NAMES - {"greenlet"}
    if content:
        assert after.endswith("\n") == content.endswith("\n")


@given(setup_cfgs())
def test_setup_cfg(content: str) -> None:
    after = setup_cfg.merge(content, NEEDS).content
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(after.removeprefix("\ufeff"))
    listed = parser["options"]["install_requires"] + parser["options.extras_require"]["dev"]
    assert all(item.name in listed.lower().replace("_", "-") for item in NEEDS.requirements)
    assert parser["options"]["packages"] == "find:"
    assert is_contained(content, after)
    assert setup_cfg.merge(after, NEEDS).content == after


@given(gitignores())
def test_gitignore(content: str) -> None:
    after = gitignore.protect_env(content)
    assert after.startswith(content)
    assert gitignore.ignores(after, ".env")
    assert not gitignore.ignores(after, ".env.example")
    assert gitignore.protect_env(after) == after


VARIABLES = [
    env_example.Variable("DATABASE_URL", "postgresql://user:password@localhost/app", "Where."),
    env_example.Variable("DATABASE_POOL_SIZE", "5", "How many.", optional=True),
]


@given(env_examples())
def test_env_example(content: str) -> None:
    after = env_example.add_variables(content, VARIABLES)
    assert after.startswith(content)
    assert env_example.names(after) >= {"DATABASE_URL", "DATABASE_POOL_SIZE"}
    assert env_example.add_variables(after, VARIABLES) == after
    if "\r\n" in content:
        assert after.count("\n") == after.count("\r\n")
