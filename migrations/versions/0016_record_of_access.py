"""Audit events get a MAC and a number; seals and checkpoints stand beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it. Events from before keep an empty MAC; the first seals cover them as they are."""
    op.add_column("audit_event", sa.Column("mac", sa.LargeBinary()))
    op.add_column("audit_event", sa.Column("number", sa.BigInteger()))
    _index("ix_audit_event_unsealed", "at", "number IS NULL", unique=False)
    _index("uq_audit_event_number", "number", "number IS NOT NULL", unique=True)
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_audit_seal_order")),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seal"),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seal", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoint"),
    )


def _index(name: str, column: str, condition: str, *, unique: bool) -> None:
    some = sa.text(condition)
    op.create_index(
        name, "audit_event", [column], unique=unique, sqlite_where=some, postgresql_where=some
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("audit_checkpoint")
    op.drop_table("audit_seal")
    for name in ("uq_audit_event_number", "ix_audit_event_unsealed"):
        op.drop_index(name, "audit_event")
    for column in ("number", "mac"):
        op.drop_column("audit_event", column)
