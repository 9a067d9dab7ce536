"""agents of tickets"""

from alembic import op
import sqlalchemy as sa

revision = "6e02f5d81c44"
down_revision = "1a7c20e4b9d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("agent_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "tickets", "agents", ["agent_id"], ["id"])
    # There is one person who runs the desk.
    op.create_index(
        "one_lead", "agents", ["role"], unique=True, postgresql_where=sa.text("role = 'lead'")
    )


def downgrade() -> None:
    op.drop_index("one_lead", table_name="agents")
    op.drop_constraint(None, "tickets", type_="foreignkey")
    op.drop_column("tickets", "agent_id")
