"""Run in an adopted project: what the tests of migrations say of bad revisions."""

import asyncio
import logging
from io import StringIO

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from app.database_kit.engine import create_migration_engine
from app.database_kit.settings import get_database_settings
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
    """op.create_table(
        "t",
        *(sa.Column("a", sa.Integer), sa.Column("b", sa.Integer)),
        *(sa.Column("c", sa.String(20), index=True), sa.Column("n", sa.Numeric(8, 2))),
    )""",
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
        ('op.alter_column("t", "a", new_column_name="z")', "old name"),
        ('op.rename_table("t", "u")', "old name"),
        ('op.add_column("t", sa.Column("z", sa.Integer, nullable=False))', "server_default"),
        ('op.alter_column("t", "a", type_=sa.BigInteger)', "rewritten"),
        ('op.alter_column("t", "c", type_=sa.String(9))', "rewritten"),
        ('op.alter_column("t", "n", type_=sa.Numeric(8, 3))', "rewritten"),
        # The table is not, and the index on it is.
        ('op.execute("ALTER TABLE t ALTER c TYPE varchar(20) COLLATE \\"C\\"")', "rewritten"),
        ("op.execute('ALTER TABLE t ADD COLUMN x UUID DEFAULT gen_random_uuid()')", "rewritten"),
        ("op.execute('ALTER TABLE t ADD x INT GENERATED ALWAYS AS (a * 2) STORED')", "rewritten"),
        ("op.execute('alter table t ADD COLUMN x BIGSERIAL')", "rewritten"),
        (
            "op.execute('ALTER TABLE t ADD COLUMN x BIGINT GENERATED ALWAYS AS IDENTITY')",
            "rewritten",
        ),
        ("op.execute('ALTER TABLE t SET UNLOGGED')", "rewritten"),
        ("op.execute('\\n  ALTER  TABLE t\\n  ALTER a TYPE bigint')", "rewritten"),
        ('op.alter_column("t", "a", nullable=False)', "blocks reads while rows"),
        ('op.create_check_constraint("c", "t", "a > 0")', "NOT VALID"),
        ('op.create_primary_key(None, "t", ["a"])', "USING INDEX"),
        ('op.create_index("i", "t", ["a"], unique=True)', "postgresql_concurrently"),
    ],
)
def test_harm_is_reported(upgrade, harm, write):
    config = write((upgrade, "pass"))

    with pytest.raises(AssertionError, match=rf"2: .*{harm}"):
        kept.test_no_revision_does_harm(config)


@pytest.mark.parametrize(
    ("sql", "harm"),
    [
        ("ALTER TABLE t ADD COLUMN c INTEGER REFERENCES u (id)", "separate step"),
        ("ALTER TABLE t ADD COLUMN c INTEGER UNIQUE", "separate step"),
        ("ALTER TABLE t ADD COLUMN c INTEGER PRIMARY KEY", "separate step"),
        ("ALTER TABLE t ADD COLUMN c INTEGER, DROP COLUMN a", "values are lost"),
        ('ALTER TABLE "order lines" DROP COLUMN "two words"', "values are lost"),
        (
            'ALTER TABLE side."order lines" ALTER COLUMN "two words" TYPE INT /* rewrites */',
            "rewritten",
        ),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "reads while rows are checked, unless"),
        ("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY(a) REFERENCES u (id)", "writes while rows"),
        ('ALTER TABLE t ADD CONSTRAINT "a b" UNIQUE (a)', "built, unless USING INDEX"),
        ("ALTER TABLE t ADD PRIMARY KEY (a)", "built, unless USING INDEX"),
        ("ALTER TABLE t ADD CONSTRAINT c EXCLUDE USING gist (a WITH =)", "there is no other way"),
        ("ALTER TABLE t SET SCHEMA s", "old name"),
        ("ALTER TYPE e RENAME VALUE 'a' TO 'b'", "old name"),
        ("DROP SCHEMA s CASCADE", "dependent objects"),
        ("DROP TYPE e CASCADE", "dependent objects"),
        ("ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0)", "NOT VALID"),
        ("ALTER TABLE t DETACH PARTITION p", "CONCURRENTLY"),
        ("REINDEX TABLE t", "CONCURRENTLY"),
        ("REFRESH MATERIALIZED VIEW v", "CONCURRENTLY"),
        ("CLUSTER t USING i", "reads and writes"),
        ("LOCK TABLE t", "reads and writes"),
        ("UPDATE t SET a = 1 WHERE a IS NULL", "in batches"),
        ("DELETE FROM t", "in batches"),
        ("ALTER TABLE t ADD CHECK (a > 0) NOT VALID;ALTER TABLE t VALIDATE CONSTRAINT c", "later"),
    ],
)
def test_a_statement_that_does_harm(sql, harm):
    [found] = kept.harms(sql.split(";"))

    assert harm in found


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD COLUMN c TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL",
        "ALTER TABLE t ADD COLUMN c VARCHAR(9) DEFAULT 'UNIQUE gen(1)' NOT NULL",
        "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY(a) REFERENCES u (id) NOT VALID",
        "ALTER TABLE t ADD COLUMN c NUMERIC(9, 2) DEFAULT CAST('1' AS NUMERIC(9, 2))",
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL",
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT gen_random_uuid()",
        "ALTER TABLE t DROP CONSTRAINT c",
        "ALTER TABLE t RENAME CONSTRAINT c TO d",
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i",
        "ALTER TABLE t ADD CHECK (a > 0) NOT VALID;COMMIT;ALTER TABLE t VALIDATE CONSTRAINT c",
        'CREATE TABLE "n t" (a INT);ALTER TABLE "n t" DROP COLUMN a;UPDATE "n t" SET a = 1',
        "ALTER TABLE t VALIDATE CONSTRAINT c;ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "UPDATE alembic_version SET version_num='2' WHERE alembic_version.version_num = '1'",
        "DROP TYPE e",
        "ALTER TYPE e RENAME TO e_old",
        "REINDEX INDEX CONCURRENTLY i",
    ],
)
def test_a_statement_that_does_none(sql):
    assert [*kept.harms(sql.split(";"))] == []


CONCURRENTLY = """with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"], postgresql_concurrently=True)"""
VALIDATED = """with op.get_context().autocommit_block():
        op.execute("ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID")
        op.execute("ALTER TABLE t VALIDATE CONSTRAINT c")
    op.alter_column("t", "a", nullable=False)"""
ANOTHER = """op.create_table("u", sa.Column("a", sa.Integer))
    op.create_index("i", "u", ["a"])
    op.create_check_constraint("c", "u", "a > 0")"""


@pytest.mark.usefixtures("empty_database")
def test_what_does_no_harm_passes(write):
    columns = 'op.add_column("t", sa.Column("x", sa.Integer, server_default="1", nullable=False))'
    times = "op.execute('ALTER TABLE t ADD y timestamptz DEFAULT date_trunc($$day$$, now())')"
    wider = 'op.alter_column("t", "c", type_=sa.String(40))'
    more_digits = 'op.alter_column("t", "n", type_=sa.Numeric(10, 2))'
    text = 'op.alter_column("t", "c", type_=sa.Text)'
    steps = [
        columns,
        times,
        wider,
        more_digits,
        text,
        CONCURRENTLY,
        VALIDATED,
        'op.drop_index("i", "t")',
        ANOTHER,
    ]

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


@pytest.fixture
def elsewhere(empty_database, monkeypatch):
    """An engine for the database of this test, to which the settings do not lead any more."""
    engine = create_migration_engine()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    get_database_settings.cache_clear()
    yield engine
    get_database_settings.cache_clear()


async def tables(engine):
    async with engine.connect() as connection:
        found = await connection.scalars(text("SELECT relname FROM pg_class WHERE relname = 't'"))
        return found.all()


def test_migrations_run_where_an_engine_leads(write, elsewhere):
    config = write()
    config.attributes["connection"] = elsewhere

    command.upgrade(config, "head")

    assert asyncio.run(tables(elsewhere)) == ["t"]


def test_migrations_run_in_the_transaction_of_a_connection(write, elsewhere):
    config = write()

    async def upgrade_and_roll_back():
        async with elsewhere.connect() as connection:
            await connection.begin()
            config.attributes["connection"] = connection.sync_connection
            await connection.run_sync(lambda _: command.upgrade(config, "head"))
            created = await connection.scalar(text("SELECT to_regclass('t') IS NOT NULL"))
            await connection.rollback()
        return created, await tables(elsewhere)

    assert asyncio.run(upgrade_and_roll_back()) == (True, [])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "postgresql://nobody@127.0.0.1:1/none",
            "No connection to the database: .*Connect call failed",
        ),
        ("mysql://127.0.0.1/none", "DATABASE_URL cannot be used"),
    ],
)
def test_what_alembics_commands_print_in_a_line(write, monkeypatch, url, reason):
    monkeypatch.setenv("DATABASE_URL", url)
    get_database_settings.cache_clear()

    with pytest.raises(CommandError, match=reason):
        command.upgrade(write(), "head")

    get_database_settings.cache_clear()


@pytest.mark.usefixtures("empty_database")
def test_logging_stays_as_the_application_has_configured_it(alembic_config):
    root = logging.getLogger()
    before = (root.level, list(root.handlers))

    command.upgrade(alembic_config, "head")

    assert (root.level, root.handlers) == before
