"""Invitations to use the portal, by a link that works once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STATES = ("sent", "opened", "done", "closed")
CHECKS = {
    "tries": "tries BETWEEN 0 AND 5",
    "done": "(state = 'done') = (done_at IS NOT NULL)",
}
LINKS = {"person_id": "person", "patient_id": "patient", "invited_by": "person"}


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _columns() -> list[sa.Column[Any]]:
    state = sa.Enum(
        *STATES, name="invitationstate", native_enum=False, create_constraint=True, length=32
    )
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid()),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("team", sa.JSON(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("state", state, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("sent_at"),
        _moment("expires_at"),
        _moment("opened_at"),
        _moment("done_at"),
    ]


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "invitation",
        *_columns(),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_invitation_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_invitation_{column}_{to}")
            for column, to in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    for column in LINKS:
        op.create_index(f"ix_invitation_{column}", "invitation", [column])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("invitation")
