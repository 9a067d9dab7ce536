"""What a changed answer needs beside the layer's own files, which Copier renders."""

from pathlib import Path

import pytest

from tests.support.template import (
    changed_files,
    commit_all,
    copy_with_layer,
    git,
    update_layer,
)


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A project with the layer, committed."""
    copied = copy_with_layer(template, "uv-app", tmp_path / "project")
    commit_all(copied, "Add a database")
    return copied


def text(project: Path, name: str) -> str:
    return (project / name).read_text(encoding="utf-8")


def test_users_bring_what_hashes_their_passwords(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    update_layer(project, {"db_auth_tables": True})

    assert '"argon2-cffi>=21.3"' in text(project, "pyproject.toml")
    commit_all(project, "Add users")
    capfd.readouterr()
    update_layer(project, {"db_auth_tables": False})
    said = capfd.readouterr().err
    assert "pyproject.toml: the layer no longer needs argon2-cffi; remove it if nothing" in said
    assert '"argon2-cffi>=21.3"' in text(project, "pyproject.toml")


def test_what_was_taken_out_stays_out(project: Path) -> None:
    pyproject = project / "pyproject.toml"
    pyproject.write_text(text(project, "pyproject.toml").replace('    "alembic>=1.20.1",\n', ""))
    example = project / ".env.example"
    kept = text(project, ".env.example").partition("# Where the database is")[0]
    example.write_text(kept, encoding="utf-8")
    commit_all(project, "List Alembic elsewhere")

    update_layer(project, {"db_auth_tables": True, "db_tenants": True})

    assert "alembic>=" not in text(project, "pyproject.toml")
    assert "\nDATABASE_URL" not in text(project, ".env.example")
    assert "DATABASE_MIGRATION_URL=" in text(project, ".env.example")


def test_supabase_brings_its_tokens(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    update_layer(project, {"db_type": "supabase"})

    said = capfd.readouterr().err
    assert "ALTER TABLE public.alembic_version SET SCHEMA private;\n" in said
    assert "\nSUPABASE_URL=" in text(project, ".env.example")
    assert '"pyjwt[crypto]>=2.14"' in text(project, "pyproject.toml")


def test_the_call_in_the_application_goes_and_comes(project: Path) -> None:
    wired = text(project, "app/main.py")
    main = project / "app" / "main.py"
    main.write_text(f"{wired}\n\nMINE = 1\n", encoding="utf-8")
    commit_all(project, "Edit the application")

    update_layer(project, {"db_wire_app": False})

    assert "install_database" not in text(project, "app/main.py")
    assert "MINE = 1" in text(project, "app/main.py")
    commit_all(project, "Call it elsewhere")
    update_layer(project, {"db_wire_app": True})
    assert text(project, "app/main.py") == f"{wired}\n\nMINE = 1\n"
    commit_all(project, "Call it here")
    update_layer(project)
    assert changed_files(project) == []
    assert git(project, "diff", "HEAD~2", "--stat", "--", "app/main.py") == ""
