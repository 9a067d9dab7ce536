"""Whatever is changed by hand is seen, repaired, and brought back."""

import pytest

from .conftest import Migrations

DRIFT = [
    "ALTER TABLE books DISABLE ROW LEVEL SECURITY",
    'DROP POLICY "everyone reads" ON books',
    'ALTER POLICY "owner updates" ON books USING (true)',
    'ALTER POLICY "owner inserts" ON books WITH CHECK (true)',
    'ALTER POLICY "everyone reads" ON genres TO authenticated',
    'ALTER POLICY "owner deletes" ON books TO public',
    'CREATE POLICY "one more" ON genres FOR DELETE TO anon USING (true)',
    "GRANT INSERT ON genres TO anon",
    "GRANT SELECT ON genres TO PUBLIC",
    "GRANT UPDATE (name) ON authors TO anon",
    "GRANT TRUNCATE ON authors TO authenticated",
    "REVOKE SELECT ON books FROM anon",
    "REVOKE UPDATE (name) ON profiles FROM authenticated",
    "DROP TRIGGER set_updated_at ON books",
    """
    DROP TRIGGER set_updated_at ON authors;
    CREATE TRIGGER set_updated_at AFTER UPDATE ON authors
    FOR EACH ROW EXECUTE FUNCTION private.set_updated_at()
    """,
    "COMMENT ON TABLE books IS NULL",
]
# They concern the same functions.
FUNCTION_DRIFT = [
    """
    CREATE OR REPLACE FUNCTION private.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql SET search_path = '' AS 'BEGIN RETURN NEW; END'
    """,
    "GRANT EXECUTE ON FUNCTION private.set_updated_at TO anon",
    "ALTER FUNCTION private.create_profile SECURITY INVOKER",
    "ALTER FUNCTION private.create_profile RESET search_path",
    "DROP FUNCTION private.create_profile CASCADE",
]


@pytest.fixture
def migrated(migrations: Migrations) -> Migrations:
    """Create all tables."""
    migrations.revise()
    migrations.upgrade()
    return migrations


def test_every_drift_is_seen_repaired_and_brought_back(
    migrated: Migrations,
) -> None:
    right = migrated.snapshot()
    seen = migrated.drift()
    assert seen == ""
    for drift in DRIFT:
        migrated.run(*drift.split(";\n"))
        before, seen = seen, migrated.drift()
        assert seen != before, drift
    wrong = migrated.snapshot()

    migrated.revise()
    migrated.upgrade()
    assert migrated.drift() == ""
    assert migrated.snapshot() == right

    migrated.downgrade()
    assert migrated.snapshot() == wrong


def test_changed_functions_are_seen_repaired_and_brought_back(
    migrated: Migrations,
) -> None:
    right = migrated.snapshot()
    for drift in FUNCTION_DRIFT:
        migrated.run(drift)
        wrong = migrated.snapshot()
        assert migrated.drift(), drift

        migrated.revise()
        migrated.upgrade()
        assert migrated.snapshot() == right, drift

        migrated.downgrade()
        assert migrated.snapshot() == wrong, drift
        migrated.upgrade()


def test_what_is_of_others_is_left_alone(migrated: Migrations) -> None:
    before = migrated.drift()
    migrated.run(
        "CREATE SCHEMA theirs",
        "CREATE TABLE theirs.things (id int)",
        "CREATE TYPE theirs.kind AS ENUM ('a')",
        "CREATE TABLE private.internal (id int)",
        "CREATE VIEW public.their_view AS SELECT title FROM public.books",
        "CREATE FUNCTION public.hook() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER hook AFTER INSERT ON public.books "
        "FOR EACH ROW EXECUTE FUNCTION public.hook()",
        "CREATE FUNCTION private.is_friend(id uuid) RETURNS bool LANGUAGE sql "
        "AS 'SELECT true'",
        "CREATE TRIGGER theirs AFTER INSERT ON auth.users "
        "FOR EACH ROW EXECUTE FUNCTION public.hook()",
    )

    assert (before, migrated.drift()) == ("", "")
