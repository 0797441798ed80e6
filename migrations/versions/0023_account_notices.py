"""What happened to how people sign in, for them to know of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HAPPENINGS = sa.Enum(
    "new-device",
    "passkey-added",
    "passkey-removed",
    "passkey-copied",
    "authenticator-replaced",
    "codes-renewed",
    "code-used",
    name="happening",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "account_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("what", HAPPENINGS, nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_account_notice_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_notice"),
    )
    op.create_index("ix_account_notice_person_id", "account_notice", ["person_id"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("account_notice")
