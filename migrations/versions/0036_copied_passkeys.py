"""Which passkey was copied, for its owner to remove."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.add_column("passkey", sa.Column("copied_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take it down again."""
    op.drop_column("passkey", "copied_at")
