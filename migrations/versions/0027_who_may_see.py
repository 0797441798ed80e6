"""Grants to coordinators, records opened from outside the care team, and privacy officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CHECKS = {
    "span": "ends_at >= opened_at",
    "reviewed": "(reviewed_at IS NULL) = (reviewed_by IS NULL)",
    "finding": "(reviewed_at IS NULL) = (sealed_finding IS NULL)",
}
LINKS = {"patient_id": "patient", "person_id": "person", "reviewed_by": "person"}
MEMBER = "care_team_member"
BY = "fk_care_team_member_granted_by_person"
GRANTED = "ck_care_team_member_granted"
OFFICER = "ck_person_officer"


def upgrade() -> None:
    """Build it. Administrators have answered for privacy so far, and go on doing so."""
    with op.batch_alter_table(MEMBER) as table:
        table.add_column(sa.Column("granted_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("granted_by", sa.Uuid()))
        table.create_foreign_key(BY, "person", ["granted_by"], ["id"])
        both = "(granted_at IS NULL) = (granted_by IS NULL)"
        table.create_check_constraint(table.f(GRANTED), both)
    officer = sa.Column("privacy_officer", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("person", officer)
    op.execute("UPDATE person SET privacy_officer = true WHERE role = 'administrator'")
    with op.batch_alter_table("person") as table:
        only = "NOT privacy_officer OR role = 'administrator'"
        table.create_check_constraint(table.f(OFFICER), only)
    _openings()


def _openings() -> None:
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("sealed_finding", sa.LargeBinary()),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("reviewed_by", sa.Uuid()),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_break_glass_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_break_glass_{column}_{table}"
            )
            for column, table in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_break_glass"),
    )
    op.create_index("ix_break_glass_patient_id", "break_glass", ["patient_id"])
    op.create_index("ix_break_glass_person_id_ends_at", "break_glass", ["person_id", "ends_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("break_glass")
    with op.batch_alter_table("person") as table:
        table.drop_constraint(table.f(OFFICER), type_="check")
        table.drop_column("privacy_officer")
    with op.batch_alter_table(MEMBER) as table:
        table.drop_constraint(table.f(GRANTED), type_="check")
        table.drop_constraint(BY, type_="foreignkey")
        table.drop_column("granted_by")
        table.drop_column("granted_at")
