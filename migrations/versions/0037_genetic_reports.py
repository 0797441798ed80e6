"""Genetic reports, and which coordinator may open them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

REPORT = "genetic_report"
MEMBER = "care_team_member"
BY = "fk_care_team_member_genes_granted_by_person"
STATUSES = ("final", "entered-in-error")
SOURCES = ("pharmcat", "table", "by-hand")
RETRACTED = "(status = 'entered-in-error') = (retracted_at IS NOT NULL)"
CHECKS = {
    "retracted": RETRACTED,
    "retracted_by": "(retracted_at IS NULL) = (retracted_by IS NULL)",
    "reason": "(retracted_at IS NULL) = (sealed_reason IS NULL)",
}
GRANTS = {
    "ck_care_team_member_genes": "(genes_granted_at IS NULL) = (genes_granted_by IS NULL)",
    "ck_care_team_member_genes_more": "genes_granted_at IS NULL OR granted_at IS NOT NULL",
}
LINKS = {"patient_id": "patient", "entered_by": "person", "retracted_by": "person"}


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        REPORT,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("status", _codes("reportstatus", *STATUSES), nullable=False),
        sa.Column("source", _codes("source", *SOURCES), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("sealed_laboratory", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_results", sa.LargeBinary(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True)),
        sa.Column("retracted_by", sa.Uuid()),
        sa.Column("sealed_reason", sa.LargeBinary()),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_{REPORT}_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{REPORT}_{column}_{table}")
            for column, table in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{REPORT}"),
    )
    op.create_index(f"ix_{REPORT}_patient_id", REPORT, ["patient_id"])
    with op.batch_alter_table(MEMBER) as table:
        table.add_column(sa.Column("genes_granted_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("genes_granted_by", sa.Uuid()))
        table.create_foreign_key(BY, "person", ["genes_granted_by"], ["id"])
        for name, text in GRANTS.items():
            table.create_check_constraint(table.f(name), text)


def downgrade() -> None:
    """Take it down again."""
    with op.batch_alter_table(MEMBER) as table:
        for name in GRANTS:
            table.drop_constraint(table.f(name), type_="check")
        table.drop_constraint(BY, type_="foreignkey")
        table.drop_column("genes_granted_by")
        table.drop_column("genes_granted_at")
    op.drop_table(REPORT)
