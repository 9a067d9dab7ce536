"""Run in an adopted project: what the tests of migrations say of bad revisions."""

import asyncio
from io import StringIO

import pytest
from alembic import command
from alembic.config import Config
from app.database_kit.engine import create_migration_engine
from sqlalchemy import text

from . import test_database_migrations as kept

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {previous!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""
FIRST = (
    'op.create_table("t", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))',
    'op.drop_table("t")',
)


@pytest.fixture
def write(alembic_config, tmp_path):
    """Write revisions into a directory of this test's own; returns the configuration."""

    def write(*revisions, previous=None):
        config = Config(alembic_config.config_file_name)
        config.set_main_option("version_locations", str(tmp_path).replace("%", "%%"))
        for number, (upgrade, downgrade) in enumerate((FIRST, *revisions), start=1):
            text = REVISION.format(
                number=number, previous=previous, upgrade=upgrade, downgrade=downgrade
            )
            (tmp_path / f"{number}.py").write_text(text)
            previous = f"{number}"
        return config

    return write


@pytest.mark.usefixtures("empty_database")
@pytest.mark.parametrize(
    ("upgrade", "harm"),
    [
        ('op.drop_table("t")', "rows are lost"),
        ('op.execute("truncate t")', "rows are lost"),
        ('op.drop_column("t", "a")', "values are lost"),
        ('op.alter_column("t", "a", new_column_name="c")', "old name"),
        ('op.rename_table("t", "u")', "old name"),
        ('op.add_column("t", sa.Column("c", sa.Integer, nullable=False))', "server_default"),
        ('op.alter_column("t", "a", type_=sa.BigInteger)', "rewritten"),
        ('op.alter_column("t", "a", nullable=False)', "nobody can read while rows"),
        ('op.create_check_constraint("c", "t", "a > 0")', "NOT VALID"),
        ('op.create_primary_key(None, "t", ["a"])', "nobody can write"),
        ('op.create_index("i", "t", ["a"], unique=True)', "postgresql_concurrently"),
    ],
)
def test_harm_is_reported(upgrade, harm, write):
    config = write((upgrade, "pass"))

    with pytest.raises(AssertionError, match=rf"2: .*{harm}"):
        kept.test_no_revision_does_harm(config)


CONCURRENTLY = """with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"], postgresql_concurrently=True)"""
VALIDATED = """op.execute("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID")
    op.execute("ALTER TABLE t VALIDATE CONSTRAINT c")"""
ANOTHER = """op.create_table("u", sa.Column("a", sa.Integer))
    op.create_index("i", "u", ["a"])
    op.create_check_constraint("c", "u", "a > 0")"""


@pytest.mark.usefixtures("empty_database")
def test_what_does_no_harm_passes(write):
    columns = 'op.add_column("t", sa.Column("c", sa.Integer, server_default="1", nullable=False))'
    steps = [columns, CONCURRENTLY, VALIDATED, 'op.drop_index("i", "t")', ANOTHER]

    kept.test_no_revision_does_harm(write(*((step, "pass") for step in steps)))


@pytest.mark.usefixtures("empty_database")
def test_a_revision_that_cannot_be_undone_is_reported(write):
    config = write(('op.add_column("t", sa.Column("c", sa.Integer))', "pass"))

    with pytest.raises(Exception, match='column "c" of relation "t" already exists'):
        kept.test_each_revision_can_be_undone(config)


@pytest.mark.usefixtures("empty_database")
def test_a_revision_without_a_way_back_passes_when_reviewed(write, monkeypatch):
    config = write(('op.drop_column("t", "a")', "raise NotImplementedError"))
    monkeypatch.setattr(kept, "REVIEWED", {"2"})

    kept.test_each_revision_can_be_undone(config)
    kept.test_no_revision_does_harm(config)


def test_two_heads_are_reported(write, tmp_path):
    config = write()
    other = REVISION.format(number="x", previous=None, upgrade="pass", downgrade="pass")
    (tmp_path / "x.py").write_text(other)

    with pytest.raises(AssertionError, match="alembic merge heads"):
        kept.test_there_is_one_head(config)


def test_printed_sql_has_each_percent_sign_once(write):
    config = write(("op.execute(\"UPDATE t SET a = a % 2 WHERE 'a%' LIKE 'a%'\")", "pass"))
    config.output_buffer = StringIO()

    command.upgrade(config, "head", sql=True)

    assert "UPDATE t SET a = a % 2 WHERE 'a%' LIKE 'a%';" in config.output_buffer.getvalue()


@pytest.mark.usefixtures("empty_database")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("lasting", ["x", "y"])
def test_a_branch_that_cannot_be_undone_is_reported(write, tmp_path, lasting):
    config = write()
    for number in ("x", "y"):
        text = REVISION.format(
            number=number,
            previous="1",
            upgrade=f'op.create_table("{number}")',
            downgrade="pass" if number == lasting else f'op.drop_table("{number}")',
        )
        (tmp_path / f"{number}.py").write_text(text)

    with pytest.raises(Exception, match=f'relation "{lasting}" already exists'):
        kept.test_each_revision_can_be_undone(config)


UNLIMITED = """with op.get_context().autocommit_block():
        for name in ("statement_timeout", "lock_timeout", "transaction_timeout"):
            assert op.get_bind().exec_driver_sql(f"SHOW {name}").scalar() == "0"
    op.execute("CREATE TABLE t ()")"""


@pytest.mark.usefixtures("empty_database")
def test_a_database_with_timeouts_has_none_outside_of_transactions(write):
    names = ("statement_timeout", "lock_timeout", "transaction_timeout")
    asyncio.run(set_timeouts(names))
    config = write((UNLIMITED.replace("TABLE t", "TABLE u"), "pass"))

    command.upgrade(config, "head")


async def set_timeouts(names):
    engine = create_migration_engine()
    async with engine.connect() as connection:
        database = await connection.scalar(text("SELECT current_database()"))
        for name in names:
            await connection.execute(text(f"ALTER DATABASE {database} SET {name} = '5s'"))
        await connection.commit()
    await engine.dispose()
