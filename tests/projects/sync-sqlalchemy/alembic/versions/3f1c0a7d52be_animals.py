"""animals

Revision ID: 3f1c0a7d52be
Revises:
Create Date: 2024-03-11 09:12:40.118203
"""

import sqlalchemy as sa
from alembic import op

revision = "3f1c0a7d52be"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "animals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("species", sa.Enum("cat", "dog", "other", name="species"), nullable=False),
        sa.Column("arrived_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
    )
    op.create_index(op.f("ix_animals_name"), "animals", ["name"])


def downgrade() -> None:
    op.drop_index(op.f("ix_animals_name"), table_name="animals")
    op.drop_table("animals")
    sa.Enum(name="species").drop(op.get_bind())
