"""People who are invited to one visit by a link."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATES = ("asked", "approved", "refused", "opened", "removed", "expired")
CHECKS = {
    "seat": "seat IN (2, 3)",
    "ended": "(state IN ('asked', 'approved', 'opened')) = (ended_at IS NULL)",
    "opened": "(opened_at IS NULL) = (person_id IS NULL)",
    "person": "state <> 'opened' OR person_id IS NOT NULL",
}
LINKS = {
    "appointment_id": "appointment",
    "patient_id": "patient",
    "invited_by": "person",
    "person_id": "person",
}


def _columns() -> list[sa.Column[Any]]:
    state = sa.Enum(
        *STATES, name="gueststate", native_enum=False, create_constraint=True, length=32
    )
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("person_id", sa.Uuid()),
        _moment("created_at", nullable=False),
        _moment("answered_at"),
        _moment("opened_at"),
        _moment("ended_at"),
        _moment("expires_at", nullable=False),
    ]


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "consult_guest",
        *_columns(),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_consult_guest_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_consult_guest_{column}_{to}")
            for column, to in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consult_guest"),
        sa.UniqueConstraint("token_hash", name="uq_consult_guest_token_hash"),
    )
    for column in ("appointment_id", "patient_id", "person_id", "expires_at"):
        op.create_index(f"ix_consult_guest_{column}", "consult_guest", [column])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_consult_guest_seat",
        "consult_guest",
        ["appointment_id", "seat"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("consult_guest")
