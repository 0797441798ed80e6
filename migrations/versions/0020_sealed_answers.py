"""Answers and dates of birth, sealed with each patient's own key."""

from __future__ import annotations

import json
import os
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.kernel.crypto.envelope import KEY_BYTES, DataKey, cell_of, key_number
from app.kernel.crypto.keyring import keyring

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# What is read again of somebody who was erased.
NO_BIRTH_DATE = date(1850, 1, 1)
CODED = cell_of("questionnaire_response", "sealed_coded")
BORN = cell_of("patient", "sealed_birth_date")
RESPONSE = sa.table(
    "questionnaire_response",
    sa.column("id", sa.Uuid()),
    sa.column("patient_id", sa.Uuid()),
    sa.column("coded", sa.JSON()),
    sa.column("sealed_coded", sa.LargeBinary()),
)
PATIENT = sa.table(
    "patient",
    sa.column("id", sa.Uuid()),
    sa.column("birth_date", sa.Date()),
    sa.column("sealed_birth_date", sa.LargeBinary()),
)


def _key(patient_id: UUID) -> DataKey:
    return keyring().keys.give_on(op.get_bind(), patient_id, os.urandom(KEY_BYTES))


def upgrade() -> None:
    """Build it, and seal what is there."""
    bind = op.get_bind()
    op.add_column("questionnaire_response", sa.Column("sealed_coded", sa.LargeBinary()))
    of = RESPONSE.c
    for row in bind.execute(sa.select(of.id, of.patient_id, of.coded)).all():
        sealed = _key(row.patient_id).seal(json.dumps(row.coded), CODED, row.id)
        bind.execute(sa.update(RESPONSE).where(of.id == row.id).values(sealed_coded=sealed))
    op.drop_column("questionnaire_response", "coded")
    op.add_column("patient", sa.Column("sealed_birth_date", sa.LargeBinary()))
    for row in bind.execute(sa.select(PATIENT.c.id, PATIENT.c.birth_date)).all():
        sealed = _key(row.id).seal(row.birth_date.isoformat(), BORN, row.id)
        change = sa.update(PATIENT).where(PATIENT.c.id == row.id)
        bind.execute(change.values(sealed_birth_date=sealed))
    with op.batch_alter_table("patient") as table:
        table.alter_column("sealed_birth_date", existing_type=sa.LargeBinary(), nullable=False)
        table.drop_column("birth_date")


def _opened(sealed: bytes | None, cell: bytes, row: UUID, patient: UUID) -> str:
    """What was sealed; nothing where there is nothing, or the key was destroyed."""
    known = keyring().keys.read_on(op.get_bind(), [patient])[patient].known
    key = known[key_number(sealed)] if sealed else None
    return key.open(sealed, cell, row) if key and sealed else ""


def downgrade() -> None:
    """Take it down again: everything is readable as it was, but for those who were erased."""
    bind = op.get_bind()
    # With a default, because SQLite adds no column that must not be empty without one.
    none = sa.Column("coded", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("questionnaire_response", none)
    of = RESPONSE.c
    for row in bind.execute(sa.select(of.id, of.patient_id, of.sealed_coded)).all():
        text = _opened(row.sealed_coded, CODED, row.id, row.patient_id)
        change = sa.update(RESPONSE).where(of.id == row.id)
        bind.execute(change.values(coded=json.loads(text or "{}")))
    op.drop_column("questionnaire_response", "sealed_coded")
    op.add_column("patient", sa.Column("birth_date", sa.Date()))
    for row in bind.execute(sa.select(PATIENT.c.id, PATIENT.c.sealed_birth_date)).all():
        text = _opened(row.sealed_birth_date, BORN, row.id, row.id)
        born = date.fromisoformat(text) if text else NO_BIRTH_DATE
        bind.execute(sa.update(PATIENT).where(PATIENT.c.id == row.id).values(birth_date=born))
    with op.batch_alter_table("patient") as table:
        table.alter_column("birth_date", existing_type=sa.Date(), nullable=False)
        table.drop_column("sealed_birth_date")
