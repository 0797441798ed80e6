"""Which way a call went, and how much was lost of it."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Written out: a column that brings its own check is added in one step on both engines.
COLUMNS = {
    "way": "VARCHAR(32) CONSTRAINT ck_call_way CHECK (way IN ('direct', 'relay', 'turn'))",
    "lost_permille": "INTEGER CONSTRAINT ck_call_lost CHECK (lost_permille BETWEEN 0 AND 1000)",
    "concealed_permille": (
        "INTEGER CONSTRAINT ck_call_concealed CHECK (concealed_permille BETWEEN 0 AND 1000)"
    ),
}


def upgrade() -> None:
    """Build it."""
    for name, kind in COLUMNS.items():
        op.execute(f'ALTER TABLE "call" ADD COLUMN {name} {kind}')


def downgrade() -> None:
    """Take it down again."""
    for name in COLUMNS:
        op.execute(f'ALTER TABLE "call" DROP COLUMN {name}')
