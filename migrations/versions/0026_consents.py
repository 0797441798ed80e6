"""What patients agree to, answer by answer, and the triggers that keep each as it was given."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Build it. Who is a patient already came to be looked after, as everyone since has."""
    consent = op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            _codes("purpose", "care", "proxy", "recording", "research", "drafting"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", _codes("decision", "given", "refused", "withdrawn"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("way", _codes("way", "registered", "asked", "erased"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_proxy", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0 AND version > 0", name="counted"),
        sa.CheckConstraint("NOT (by_proxy AND purpose IN ('proxy', 'research'))", name="own"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_consent_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_consent_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.UniqueConstraint(
            "patient_id", "purpose", "number", name="uq_consent_patient_id_purpose_number"
        ),
    )
    _agree_to_care(consent)
    _guard()


def _agree_to_care(consent: sa.Table) -> None:
    patient = sa.table(
        "patient",
        sa.column("id", sa.Uuid()),
        sa.column("person_id", sa.Uuid()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    rows = [
        {
            "id": uuid4(),
            "patient_id": one.id,
            "purpose": "care",
            "number": 1,
            "decision": "given",
            "version": 1,
            "way": "registered",
            "at": one.created_at,
            "by_id": one.person_id,
            "by_proxy": False,
        }
        for one in op.get_bind().execute(sa.select(patient))
    ]
    if rows:
        op.bulk_insert(consent, rows)


def _guard() -> None:
    words = "what was agreed to is never changed"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER consent_kept_{act.lower()} BEFORE {act} ON consent"
                f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION consent_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER consent_kept BEFORE UPDATE OR DELETE ON consent"
        " FOR EACH ROW EXECUTE FUNCTION consent_kept()"
    )


def downgrade() -> None:
    """Take it down again; the triggers go with their table."""
    op.drop_table("consent")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION consent_kept()")
