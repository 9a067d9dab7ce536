"""setup.cfg files."""

import pytest

from extensions.project_files import setup_cfg
from extensions.project_files.requirement import MergeError, Needs

NEEDS = Needs.parse(["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"], ["pytest>=8"], ())


NO_EXTRAS = """
[options.extras_require]
dev =
    pytest>=8
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
[options]
install_requires =
    uvicorn
    fastapi>=0.121
packages = find:

[options.extras_require]
dev =
    ruff
""",
            """
[options]
install_requires =
    uvicorn
    fastapi>=0.121
    asyncpg>=0.30
    sqlalchemy[asyncio]>=2.0.40
packages = find:

[options.extras_require]
dev =
    ruff
    pytest>=8
""",
            id="lists of lines",
        ),
        pytest.param(
            """
[options]
install_requires =
\tfastapi
\t# server
\tuvicorn
[options.extras_require]
test = pytest; httpx""",
            """
[options]
install_requires =
\tasyncpg>=0.30
\tfastapi
\tsqlalchemy[asyncio]>=2.0.40
\t# server
\tuvicorn
[options.extras_require]
test = pytest; httpx""",
            id="order, tabs, comment",
        ),
        pytest.param(
            "[options]\ninstall_requires = rich; fastapi\n",
            "[options]\ninstall_requires = rich; fastapi; "
            "asyncpg>=0.30; sqlalchemy[asyncio]>=2.0.40\n" + NO_EXTRAS,
            id="list on one line",
        ),
        pytest.param(
            """
[options]
packages = find:
[options.extras_require]
docs = mkdocs
""",
            """
[options]
install_requires =
    asyncpg>=0.30
    sqlalchemy[asyncio]>=2.0.40
packages = find:
[options.extras_require]
dev =
    pytest>=8
docs = mkdocs
""",
            id="options that are missing",
        ),
        pytest.param(
            "[options]\r\ninstall_requires = fastapi\r\n  uvicorn\r\n",
            "[options]\r\ninstall_requires = fastapi\r\n  uvicorn\r\n  asyncpg>=0.30\r\n"
            "  sqlalchemy[asyncio]>=2.0.40\r\n" + NO_EXTRAS.replace("\n", "\r\n"),
            id="line ends of Windows, first requirement beside the option",
        ),
    ],
)
def test_examples(before: str, after: str) -> None:
    assert setup_cfg.merge(before, NEEDS).content == after
    assert setup_cfg.merge(after, NEEDS).content == after


def test_floors_are_raised() -> None:
    floors = Needs.parse(["fastapi>=0.121", "python>=3.10"], [], ()).requirements
    before = (
        "[options]\npython_requires = >=3.8\ninstall_requires =\n    asyncpg\n"
        "    fastapi[all] >= 0.100  # x\n    sqlalchemy[asyncio]>=2; os_name == 'nt'\n"
    )
    after = (
        before.replace(">=3.8", ">=3.10")
        .replace("asyncpg", "asyncpg>=0.30")
        .replace("0.100", "0.121")
        .replace(">=2;", ">=2.0.40;")
    )
    needs = Needs(NEEDS.requirements[:2], floors=floors)
    assert setup_cfg.merge(before, needs).content == after
    assert setup_cfg.merge(after, needs).content == after


def test_conflict_names_the_line() -> None:
    content = "[options]\ninstall_requires =\n    fastapi\n    sqlalchemy<2\n"
    (conflict,) = setup_cfg.merge(content, NEEDS).conflicts
    assert (conflict.path, conflict.line, conflict.written) == ("setup.cfg", 4, "sqlalchemy<2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("install_requires = x\n", "setup.cfg cannot be read"),
        ("[options]\ninstall_requires = file: requirements.txt\n", "elsewhere .*requirements.txt"),
        ("[options]\n  install_requires =\n    fastapi\n  zip_safe = no\n", "in a way"),
    ],
)
def test_file_that_cannot_be_added_to_is_told(content: str, message: str) -> None:
    with pytest.raises(MergeError, match=message):
        setup_cfg.merge(content, NEEDS)
