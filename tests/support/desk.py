"""The async project that keeps its own layer, with what was added to it."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from .environments import Environment, make_environment

NAME = "async-sqlalchemy"
KIT = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/database")
# Succeeds only where one migrator holds the lock, and statements wait for locks no longer than 5 s.
REVISION = '''"""checked"""

from alembic import op

revision = "93d0c1a5e7f2"
down_revision = "6e02f5d81c44"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        DO $$ BEGIN
            ASSERT current_setting('lock_timeout') = '5s', 'no timeout';
            ASSERT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'), 'no lock';
        END $$
    """)


def downgrade() -> None:
    pass
'''


@dataclass(frozen=True, slots=True)
class Desk:
    """The project with what was added to it."""

    project: Path
    environment: Environment
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, source: Path, destination: Path, environments: Path, url: str) -> Self:
        """Copy it, with the environment that it declares and an empty database."""
        project = Path(shutil.copytree(source, destination))
        install = ["-r", "pyproject.toml", "--group", "dev"]
        environment = make_environment(environments, NAME, install, cwd=project)
        dsn = urlsplit(url)._replace(scheme="postgresql+asyncpg").geturl()
        return cls(project, environment, {"DESK_POSTGRES_DSN": dsn.replace("@/", "@localhost/")})

    def run(self, *command: str) -> str:
        """Run `python command …`, and return what it prints."""
        done = self.environment.run(*command, cwd=self.project, variables=self.variables)
        return done.stdout + done.stderr

    def fails(self, *command: str) -> str:
        """Run a command that has to fail."""
        with pytest.raises(AssertionError) as failed:
            self.run(*command)
        return str(failed.value)

    def add_revision(self, text: str) -> None:
        """Write a third revision."""
        revision = self.project / "migrations" / "versions" / "93d0c1a5e7f2_third.py"
        revision.write_text(text, encoding="utf-8")
