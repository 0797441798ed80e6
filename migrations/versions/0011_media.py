"""Which media node has the room of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.add_column("call", sa.Column("node", sa.String(255), nullable=True))


def downgrade() -> None:
    """Take it down again."""
    op.drop_column("call", "node")
