"""tools

Revision ID: 8c1d4e2f7a90
Revises:
Create Date: 2023-09-18 20:41:07.330192
"""

import sqlalchemy as sa
from alembic import op

revision = "8c1d4e2f7a90"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False, unique=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "tools",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("shelf", sa.Integer(), nullable=False),
        sa.Column("added_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
    )
    op.create_index(op.f("ix_tools_name"), "tools", ["name"])
    op.create_table(
        "loans",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tool_id", sa.Integer(), sa.ForeignKey("tools.id"), nullable=False),
        sa.Column("member_id", sa.Integer(), sa.ForeignKey("members.id"), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("loans")
    op.drop_index(op.f("ix_tools_name"), table_name="tools")
    op.drop_table("tools")
    op.drop_table("members")
