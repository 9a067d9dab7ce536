"""Pipfiles."""

import pytest

from extensions.project_files.requirement import MergeError, Needs
from extensions.project_files.toml_requirements import merge_pipfile

NEEDS = Needs.parse(["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"], ["pytest>=8"], ())

BEFORE = """\
[[source]]
url = "https://pypi.org/simple"
name = "pypi"

[packages]
uvicorn = "*"
fastapi = {extras = ["all"], version = "==0.121.0"}

[dev-packages]

[requires]
python_version = "3.12"
"""
AFTER = """\
[[source]]
url = "https://pypi.org/simple"
name = "pypi"

[packages]
uvicorn = "*"
fastapi = {extras = ["all"], version = "==0.121.0"}
asyncpg = ">=0.30"
sqlalchemy = {extras = ["asyncio"], version = ">=2.0.40"}

[dev-packages]
pytest = ">=8"

[requires]
python_version = "3.12"
"""


def test_both_tables_are_added_to() -> None:
    assert merge_pipfile(BEFORE, NEEDS).content == AFTER
    assert merge_pipfile(AFTER, NEEDS).content == AFTER


def test_missing_table_is_made() -> None:
    content = '[packages]\nfastapi = "*"\nasyncpg = ">=1"\nsqlalchemy = {}\n'
    content = content.format('{extras = ["asyncio"], version = ">=3"}')
    assert merge_pipfile(content, NEEDS).content == f'{content}\n[dev-packages]\npytest = ">=8"\n'


def test_floors_are_raised() -> None:
    before = BEFORE.replace("uvicorn", "asyncpg").replace(
        '"==0.121.0"}', '">=0.1"}\nsqlalchemy = {extras = ["asyncio"]}  # db'
    )
    needs = Needs(
        NEEDS.requirements[:2], floors=Needs.parse(["fastapi>=0.121"], [], ()).requirements
    )
    merged = merge_pipfile(before, needs)
    assert merged.content == (
        before.replace('asyncpg = "*"', 'asyncpg = ">=0.30"')
        .replace('">=0.1"', '">=0.121"')
        .replace('{extras = ["asyncio"]}', '{version = ">=2.0.40", extras = ["asyncio"]}')
    )
    assert ('asyncpg = "*"', 'asyncpg = ">=0.30"') in merged.raised


def test_conflict_names_the_line() -> None:
    content = BEFORE.replace("[dev-packages]", '[dev-packages]\nasyncpg = "<0.29"')
    (conflict,) = merge_pipfile(content, NEEDS).conflicts
    assert (conflict.path, conflict.line) == ("Pipfile", 10)


def test_broken_file_is_told() -> None:
    with pytest.raises(MergeError, match="Pipfile is not valid TOML"):
        merge_pipfile("[packages]\nfastapi\n", NEEDS)
