"""pyproject.toml, whichever tool reads it."""

from collections.abc import Sequence

import pytest

from extensions.project_files.requirement import MergeError, Needs
from extensions.project_files.requirement_tables import requirement_files
from extensions.project_files.toml_insertions import Edit, apply
from extensions.project_files.toml_requirements import merge_pyproject
from extensions.project_files.toml_text import read_tables
from tests.adoption.merging.pyproject_examples import DEV, EXAMPLES, MAIN, Example

NEEDS = Needs.parse(MAIN, DEV, ())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_examples(example: Example) -> None:
    merged = merge_pyproject(example.before, NEEDS, manager=example.manager)
    assert merged.content == example.after
    assert not merged.conflicts
    again = merge_pyproject(example.after, NEEDS, manager=example.manager)
    assert again.content == example.after


def project(*dependencies: str) -> str:
    return (
        f"[project]\ndependencies = {list(dependencies)}\n[dependency-groups]\ndev = ['pytest']\n"
    )


@pytest.mark.parametrize(
    ("content", "manager", "line", "written"),
    [
        (project("fastapi", "sqlalchemy==2.0.36"), "uv", 2, "sqlalchemy==2.0.36"),
        (project("fastapi") + "lint = ['SQLAlchemy<2']", "uv", 5, "SQLAlchemy<2"),
        (
            project("fastapi") + "[tool.uv]\nconstraint-dependencies = ['asyncpg<0.29']",
            "uv",
            6,
            "asyncpg<0.29",
        ),
        (
            '[tool.poetry.dependencies]\nfastapi = "*"\nsqlalchemy   = "^1.4"  # old\n',
            "poetry",
            3,
            'sqlalchemy = "^1.4"',
        ),
        (
            '[tool.poetry.dependencies]\n\n[tool.poetry.dependencies.asyncpg]\nversion = "~0.20"\n',
            "poetry",
            3,
            "asyncpg = {'version': '~0.20'}",
        ),
    ],
)
def test_conflict_names_the_line(content: str, manager: str, line: int, written: str) -> None:
    (conflict,) = merge_pyproject(content, NEEDS, manager=manager).conflicts
    assert (conflict.path, conflict.line, conflict.written) == ("pyproject.toml", line, written)


def test_conflict_is_one_sentence_for_the_user() -> None:
    content = project("fastapi", "sqlalchemy==2.0.36", "asyncpg")
    (conflict,) = merge_pyproject(content, NEEDS, manager="uv").conflicts
    assert conflict.message == (
        "pyproject.toml, line 2: sqlalchemy==2.0.36 excludes sqlalchemy[asyncio]>=2.0.40, which "
        "the database layer needs; change it so that it admits sqlalchemy>=2.0.40."
    )


@pytest.mark.parametrize(
    ("lines", "conflicts"),
    [
        ("""'SQLAlchemy<2; os_name == "nt"', 'SQLAlchemy>=2; os_name != "nt"'""", 0),
        ("""'SQLAlchemy<2; os_name == "nt"', 'SQLAlchemy<2.0.30; os_name != "nt"'""", 2),
        ("""'SQLAlchemy<2', 'SQLAlchemy>=2; os_name != "nt"'""", 1),
    ],
)
def test_lines_with_markers_stand_in_for_one_another(lines: str, conflicts: int) -> None:
    content = f"[project]\ndependencies = ['fastapi', 'asyncpg', {lines}]\n"
    merged = merge_pyproject(content, NEEDS, manager="uv")
    assert len(merged.conflicts) == conflicts


def test_constraints_with_markers_of_poetry_stand_in_for_one_another() -> None:
    content = (
        '[tool.poetry.dependencies]\nfastapi = "*"\nsqlalchemy = [{}]\n'
        '[tool.poetry.group.dev.dependencies]\npytest = "*"\n'
    )
    old = '{version = "^1.4", python = "<3.8"}'
    new = '{version = "^2.0", python = ">=3.8"}'
    both = merge_pyproject(content.replace("{}", f"{old}, {new}"), NEEDS, manager="poetry")
    assert not both.conflicts
    one = merge_pyproject(content.replace("{}", old), NEEDS, manager="poetry")
    assert len(one.conflicts) == 1


def test_extra_s_package_is_added_unless_it_is_there() -> None:
    needs = Needs.parse(["pyjwt[crypto]>=2.10.1"], [], ())
    without = merge_pyproject(project("uvicorn", "fastapi", "PyJWT"), needs, manager="uv")
    assert "'PyJWT>=2.10.1', 'cryptography>=3.4.0'" in without.content
    for present in (["PyJWT[crypto]>=2.11"], ["PyJWT~=2.11", "cryptography"]):
        content = project("fastapi", *present)
        assert merge_pyproject(content, needs, manager="uv").content == content


def test_extra_that_no_package_stands_for_is_a_conflict() -> None:
    content = project("fastapi", "psycopg>=3.3")
    needs = Needs.parse(["psycopg[binary]>=3.2"], [], ())
    merged = merge_pyproject(content, needs, manager="uv")
    assert merged.content == content
    assert merged.conflicts[0].message == (
        "pyproject.toml, line 2: psycopg>=3.3 lacks an extra of psycopg[binary]>=3.2, which the "
        "database layer needs; write it as psycopg[binary]."
    )


def test_leftover_of_another_tool_is_no_conflict() -> None:
    content = project("fastapi") + '[tool.poetry.dependencies]\nsqlalchemy = "^1.4"\n'
    assert not merge_pyproject(content, NEEDS, manager="uv").conflicts


@pytest.mark.parametrize(
    ("content", "manager", "message"),
    [
        ("[project\n", "uv", r"pyproject\.toml is not valid TOML: .*line 1"),
        ("[tool.black]\n", "uv", r"has no \[project\] table"),
        ("[project]\ndynamic = ['dependencies']\n", "setuptools", "as dynamic"),
        ("project = {name = 'x'}\n", "uv", "line 1, is written in a way"),
        (
            "[project]\ndependencies = ['fastapi']\noptional-dependencies = {docs = []}\n",
            "pip",
            "line 3, is written in a way",
        ),
        ("[tool.pixi.dependencies]\nfastapi = '*'\n", "pixi", "conda packages"),
    ],
)
def test_file_that_cannot_be_added_to_is_told(content: str, manager: str, message: str) -> None:
    with pytest.raises(MergeError, match=message):
        merge_pyproject(content, NEEDS, manager=manager)


EARLIER = ["asyncpg>=0.29", "sqlalchemy[asyncio]>=2.0.30", "alembic>=1.13"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '["fastapi", "sqlalchemy[asyncio]>=2.0.30", \'asyncpg>=0.29\']',
            '["fastapi", "sqlalchemy[asyncio]>=2.0.40", \'asyncpg>=0.30\']',
        ),
        (
            '["fastapi", "sqlalchemy[asyncio] (>=2.0.30)", "asyncpg<1"]',
            '["fastapi", "sqlalchemy[asyncio] (>=2.0.40)", "asyncpg<1"]',
        ),
        (
            '["fastapi", "sqlalchemy[asyncio] >= 2.0.30", "asyncpg>=0.28"]',
            '["fastapi", "sqlalchemy[asyncio] >= 2.0.30", "asyncpg>=0.28"]',
        ),
        ('["fastapi", "sqlalchemy"]', '["fastapi", "greenlet>=1", "sqlalchemy"]'),
        ('["fastapi"]', '["fastapi"]'),
    ],
)
def test_update_renews_only_what_the_template_wrote(before: str, after: str) -> None:
    content = "[project]\ndependencies = {}\n[dependency-groups]\ndev = ['pytest']\n"
    needs = Needs.parse([*MAIN, "alembic>=1.16"], DEV, EARLIER)
    merged = merge_pyproject(content.format(before), needs, manager="uv")
    assert merged.content == content.format(after)


def test_update_never_lowers_a_floor() -> None:
    # The template wrote this once, but it may be the user's own just as well.
    content = project("fastapi", "asyncpg>=0.31", "sqlalchemy[asyncio]>=2.0.40")
    needs = Needs.parse(MAIN, DEV, [*EARLIER, "asyncpg>=0.31"])
    assert merge_pyproject(content, needs, manager="uv").content == content


def test_update_leaves_other_groups() -> None:
    content = project("fastapi", *MAIN) + "docs = ['asyncpg>=0.29']\n"
    needs = Needs.parse(MAIN, DEV, EARLIER)
    assert merge_pyproject(content, needs, manager="uv").content == content


def test_update_renews_poetry_s_tables() -> None:
    content = (
        '[tool.poetry.dependencies]\nfastapi = "*"\nasyncpg    =  {}  # why\n'
        "sqlalchemy = {}\n[tool.poetry.group.dev.dependencies]\npytest = '*'\n"
    )
    before = content.format('">=0.29"', '{extras = ["asyncio"], version = ">=2.0.30"}')
    after = content.format('">=0.30"', '{extras = ["asyncio"], version = ">=2.0.40"}')
    needs = Needs.parse(MAIN, DEV, EARLIER)
    assert merge_pyproject(before, needs, manager="poetry").content == after
    edited = content.format('">=0.29,<1"', '{version = ">=2.0.30", extras = ["asyncio"]}')
    assert merge_pyproject(edited, needs, manager="poetry").content == edited


def test_update_to_the_same_needs_changes_nothing() -> None:
    content = project("fastapi", *MAIN)
    merged = merge_pyproject(content, Needs.parse(MAIN, DEV, MAIN), manager="uv")
    assert merged.content == content


def test_development_needs_go_beside_pytest() -> None:
    needs = Needs.parse([], ["httpx>=0.27"], ())
    content = "[project]\nname = 'shop'\n[dependency-groups]\ndev = ['ruff']\ntest = ['pytest']\n"
    merged = merge_pyproject(content, needs, manager="uv")
    assert merged.content == content.replace("['pytest']", "['pytest', 'httpx>=0.27']")


def test_new_need_of_an_update_is_added() -> None:
    before = project("fastapi", "asyncpg>=0.29")
    needs = Needs.parse(["asyncpg>=0.29", "uuid-utils>=0.10"], [], ["asyncpg>=0.29"])
    assert "'uuid-utils>=0.10'" in merge_pyproject(before, needs, manager="uv").content


def test_formatting_by_hand_changes_nothing() -> None:
    once = merge_pyproject(project("fastapi"), NEEDS, manager="uv").content
    lines = once.replace("', '", "',\n  '").replace("'", '"').replace(">=", " >= ")
    assert lines != once
    assert merge_pyproject(lines, NEEDS, manager="uv").content == lines


def test_result_that_lost_something_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for damage in ("fastapi", "dependencies", "pytest"):

        def damaged(text: str, edits: Sequence[Edit], damage: str = damage) -> str:
            return apply(text, edits).replace(damage, "") if edits else text

        monkeypatch.setattr("extensions.project_files.toml_requirements.apply", damaged)
        with pytest.raises(MergeError, match="cannot be added to; nothing was changed"):
            merge_pyproject(project("fastapi"), NEEDS, manager="uv")


def test_marker_is_kept_for_a_need_that_has_one() -> None:
    needs = Needs.parse(["tzdata>=2024; sys_platform == 'win32'"], [], ())
    array = merge_pyproject(project("fastapi"), needs, manager="uv").content
    assert """['fastapi', "tzdata>=2024; sys_platform == 'win32'"]""" in array
    assert merge_pyproject(array, needs, manager="uv").content == array
    table = '[tool.poetry.dependencies]\nfastapi = "*"\n'
    merged = merge_pyproject(table, needs, manager="poetry").content
    assert """tzdata = {version = ">=2024", markers = "sys_platform == 'win32'"}\n""" in merged
    assert merge_pyproject(merged, needs, manager="poetry").content == merged


def test_file_of_setuptools_names_its_requirements_file() -> None:
    content = "[project]\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\n{}\n"
    listed = content.format("dependencies = {file = ['requirements/base.txt']}")
    single = content.format("dependencies.file = 'requirements.txt'")
    assert requirement_files(read_tables(listed)) == ["requirements/base.txt"]
    assert requirement_files(read_tables(single)) == ["requirements.txt"]
    assert requirement_files(read_tables(content.format(""))) == []
    assert requirement_files(read_tables("[project]\n")) == []


def test_hook_of_hatch_names_its_requirements_files() -> None:
    hook = "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['base.txt', 'web.txt']\n"
    content = f"[project]\ndynamic = ['dependencies']\n{hook}"
    assert requirement_files(read_tables(content)) == ["base.txt", "web.txt"]
