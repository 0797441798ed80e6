"""Passkeys, and the challenges that they sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CEREMONIES = sa.Enum(
    "enrol",
    "sign-in",
    "confirm",
    name="ceremony",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(36), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        _moment("created_at"),
        _moment("last_used_at", nullable=True),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_passkey_uses")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_passkey_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ceremony", CEREMONIES, nullable=False),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("handle", sa.LargeBinary()),
        _moment("created_at"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in.id"], name="fk_challenge_session_id_sign_in"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_challenge"),
    )
    op.create_index("ix_challenge_created_at", "challenge", ["created_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("challenge")
    op.drop_table("passkey")
