"""What each sign-in session is known by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    device = sa.Column("device", sa.String(80), nullable=False, server_default="")
    op.add_column("sign_in", device)


def downgrade() -> None:
    """Take it down again."""
    op.drop_column("sign_in", "device")
