"""What a project gets that uses Supabase already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_supabase_is_the_default_where_the_project_uses_it(notes: Path) -> None:
    answers = (notes / ".copier-answers.db.yml").read_text(encoding="utf-8")
    requirements = (notes / "pyproject.toml").read_text(encoding="utf-8")
    example = (notes / ".env.example").read_text(encoding="utf-8").splitlines()

    assert "db_type: supabase\n" in answers
    assert '"pyjwt[crypto]>=2.14"' in requirements
    assert "SUPABASE_URL=https://your-project-ref.supabase.co" in example
    assert "SUPABASE_PUBLISHABLE_KEY=your_publishable_key_here" in example


def test_the_login_script_holds_placeholders_alone(notes: Path) -> None:
    script = (notes / "alembic" / "login_role.sql").read_text(encoding="utf-8")

    assert "PASSWORD 'your_password_here'" in script
