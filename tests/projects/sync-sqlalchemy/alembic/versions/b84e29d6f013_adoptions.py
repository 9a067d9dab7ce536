"""adoptions

Revision ID: b84e29d6f013
Revises: 3f1c0a7d52be
Create Date: 2024-05-02 16:47:03.551920
"""

import sqlalchemy as sa
from alembic import op

revision = "b84e29d6f013"
down_revision = "3f1c0a7d52be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adoptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("animal_id", sa.Integer(), sa.ForeignKey("animals.id"), nullable=False),
        sa.Column("household", sa.String(length=120), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("adoptions")
