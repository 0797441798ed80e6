"""Questions of patients about who saw their record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CHECKS = {
    "answered": "(answered_at IS NULL) = (answered_by IS NULL)",
    "answer": "(answered_at IS NULL) = (sealed_answer IS NULL)",
}
LINKS = {"patient_id": "patient", "answered_by": "person"}


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "look_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("look_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Uuid()),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_look_question_{name}"))
            for name, text in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_look_question_{column}_{table}"
            )
            for column, table in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_look_question"),
        sa.UniqueConstraint("patient_id", "look_id", name="uq_look_question_patient_id_look_id"),
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("look_question")
