"""First passwords that an operator knows, and that open only the page to choose another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    lent = sa.Column("password_lent", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("person", lent)


def downgrade() -> None:
    """Take it down again."""
    op.drop_column("person", "password_lent")
