"""People, authenticators, recovery codes and sign-in sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = sa.Enum(
    "patient",
    "clinician",
    "coordinator",
    "administrator",
    name="role",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", ROLES, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "authenticator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_codes", sa.LargeBinary()),
        sa.Column("last_step", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("confirmed_at", nullable=True),
        sa.CheckConstraint("last_step >= 0", name=op.f("ck_authenticator_step")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_authenticator_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_authenticator"),
        sa.UniqueConstraint("person_id", name="uq_authenticator_person_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        _moment("created_at"),
        _moment("used_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_recovery_code_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("mac", name="uq_recovery_code_mac"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("last_seen_at"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("stage IN (1, 2)", name=op.f("ck_sign_in_stage")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_in_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_token_hash"),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])


def downgrade() -> None:
    """Take it down again."""
    for name in ("sign_in", "recovery_code", "authenticator", "person"):
        op.drop_table(name)
