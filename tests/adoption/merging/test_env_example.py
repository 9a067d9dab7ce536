"""Placeholders in .env.example."""

import pytest

from extensions.project_files.env_example import Variable, add_variables

URL = Variable("DATABASE_URL", "postgresql://user:password@localhost/app", "Where the database is.")
SIZE = Variable("DATABASE_POOL_SIZE", "5", "How many connections are kept open.")

URL_LINES = "# Where the database is.\nDATABASE_URL=postgresql://user:password@localhost/app"
SIZE_LINES = "# How many connections are kept open.\nDATABASE_POOL_SIZE=5"
BOTH = f"{URL_LINES}\n{SIZE_LINES}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"{BOTH}\n"),
        ("", f"{BOTH}\n"),
        ("DEBUG=1\n", f"DEBUG=1\n\n{BOTH}\n"),
        ("DEBUG=1\n\n", f"DEBUG=1\n\n{BOTH}\n"),
        ("DEBUG=1", f"DEBUG=1\n\n{BOTH}"),
        ("DEBUG=1\r\n", f"DEBUG=1\n\n{BOTH}\n".replace("\n", "\r\n")),
        ("DATABASE_URL=sqlite://\n", f"DATABASE_URL=sqlite://\n\n{SIZE_LINES}\n"),
        ("#DATABASE_URL=\n", f"#DATABASE_URL=\n\n{SIZE_LINES}\n"),
        (
            "export DATABASE_URL =x\n",
            f"export DATABASE_URL =x\n\n{SIZE_LINES.replace('DATABASE', 'export DATABASE')}\n",
        ),
        ("TEST_DATABASE_URL=x\n", f"TEST_DATABASE_URL=x\n\n{BOTH}\n"),
        ("# DATABASE_URL is read by the app\n", f"# DATABASE_URL is read by the app\n\n{BOTH}\n"),
        ("export A=1\n", f"export A=1\n\n{BOTH}\n".replace("DATABASE_", "export DATABASE_")),
        ("export A=1\nB=2\n", f"export A=1\nB=2\n\n{BOTH}\n"),
    ],
)
def test_examples(before: str | None, after: str) -> None:
    assert add_variables(before, [URL, SIZE]) == after
    assert add_variables(after, [URL, SIZE]) == after
