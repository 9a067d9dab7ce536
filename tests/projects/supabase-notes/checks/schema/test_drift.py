"""Whatever is changed by hand is seen, repaired, and brought back."""

from dataclasses import replace

import pytest
from notes.models import Base
from sqlalchemy import Column, Table

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
    "ALTER TABLE genres DISABLE TRIGGER set_updated_at",
    """
    DROP TRIGGER set_updated_at ON authors;
    CREATE TRIGGER set_updated_at AFTER UPDATE ON authors
    FOR EACH ROW EXECUTE FUNCTION private.set_updated_at()
    """,
    "COMMENT ON TABLE books IS NULL",
    "ALTER TABLE genres FORCE ROW LEVEL SECURITY",
    "GRANT SELECT ON genres TO authenticated WITH GRANT OPTION",
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


def test_triggers_from_before_supabase_are_replaced(
    migrated: Migrations,
) -> None:
    right = migrated.drift()
    migrated.run(
        "CREATE FUNCTION public.set_updated_at() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END'",
        "DROP TRIGGER set_updated_at ON genres",
        "CREATE TRIGGER set_updated_at BEFORE UPDATE ON genres "
        "FOR EACH ROW EXECUTE FUNCTION public.set_updated_at()",
    )
    before = migrated.snapshot()

    migrated.revise()
    migrated.upgrade()

    assert (right, migrated.drift()) == ("", "")
    migrated.downgrade()
    assert migrated.snapshot() == before


@pytest.mark.parametrize("owner", ["authenticated", "supabase_admin"])
def test_an_owner_is_seen(migrated: Migrations, owner: str) -> None:
    superuser = migrated.url.replace("postgres@", "supabase_admin@")
    replace(migrated, url=superuser).run(f"ALTER TABLE genres OWNER TO {owner}")

    assert "ALTER TABLE genres OWNER TO CURRENT_USER" in migrated.drift()


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
        "CREATE POLICY backend ON public.books TO authenticator USING (true)",
        "GRANT SELECT ON public.books TO authenticator",
        "CREATE FUNCTION private.touch() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER touch AFTER INSERT ON theirs.things "
        "FOR EACH ROW EXECUTE FUNCTION private.touch()",
    )
    superuser = migrated.url.replace("postgres@", "supabase_admin@")
    replace(migrated, url=superuser).run(
        "CREATE EXTENSION vector SCHEMA extensions",
        # As PostGIS has one.
        "CREATE TABLE public.spatial_ref_sys (srid int PRIMARY KEY)",
        "ALTER EXTENSION vector ADD TABLE public.spatial_ref_sys",
    )

    assert (before, migrated.drift()) == ("", "")


def test_tables_of_supabase_are_referred_to_and_left_alone(
    migrated: Migrations,
) -> None:
    # Each has a column of an enum type that no other table has.
    for schema, name in (("storage", "buckets"), ("auth", "mfa_factors")):
        Table(name, Base.metadata, Column("id", primary_key=True), schema=schema)
    try:
        assert migrated.drift() == ""
    finally:
        for name in ("storage.buckets", "auth.mfa_factors"):
            Base.metadata.remove(Base.metadata.tables[name])


def test_the_trigger_of_sign_ups_goes_with_its_table(
    migrated: Migrations,
) -> None:
    profiles = Base.metadata.tables["profiles"]
    full = migrated.snapshot()
    Base.metadata.remove(profiles)
    try:
        migrated.revise()
        migrated.upgrade()
        assert migrated.drift() == ""
        migrated.run("INSERT INTO auth.users (id) VALUES (gen_random_uuid())")
        migrated.downgrade()
    finally:
        Base.metadata._add_table("profiles", None, profiles)
    assert migrated.snapshot() == full
