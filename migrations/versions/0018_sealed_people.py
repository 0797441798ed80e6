"""Names and addresses of people, sealed, and fingerprints to find them by."""

from __future__ import annotations

import os
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.kernel.crypto.envelope import KEY_BYTES, DataKey, cell_of
from app.kernel.crypto.keyring import CLINIC, INDEX, fingerprint, keyring
from app.kernel.crypto.sealed import normal

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# The sealed columns, and how many digits of a fingerprint stand beside each.
DIGITS = {"email": 64, "name": 16}
LENGTHS = {"email": 254, "name": 120}
PERSON = sa.table(
    "person",
    sa.column("id", sa.Uuid()),
    sa.column("role", sa.String()),
    *(
        sa.column(part.format(name), kind)
        for name in DIGITS
        for part, kind in (
            ("{}", sa.String()),
            ("sealed_{}", sa.LargeBinary()),
            ("{}_index", sa.String()),
        )
    ),
)


def _key(person_id: UUID, role: str) -> DataKey:
    owner = person_id if role == "patient" else CLINIC
    return keyring().keys.give_on(op.get_bind(), owner, os.urandom(KEY_BYTES))


def upgrade() -> None:
    """Build it, and seal who is there."""
    for name, digits in DIGITS.items():
        op.add_column("person", sa.Column(f"sealed_{name}", sa.LargeBinary()))
        op.add_column("person", sa.Column(f"{name}_index", sa.String(digits)))
    _seal()
    with op.batch_alter_table("person") as table:
        for name, digits in DIGITS.items():
            table.alter_column(f"sealed_{name}", existing_type=sa.LargeBinary(), nullable=False)
            table.alter_column(f"{name}_index", existing_type=sa.String(digits), nullable=False)
        table.drop_constraint(table.f("ck_person_email_lower"), type_="check")
        table.drop_constraint("uq_person_email", type_="unique")
        table.create_unique_constraint("uq_person_email_index", ["email_index"])
        table.create_index("ix_person_name_index", ["name_index"])
        for name in DIGITS:
            table.drop_column(name)


def _seal() -> None:
    bind, ring = op.get_bind(), keyring()
    secret = ring.keys.give_on(bind, INDEX, ring.masters.index_secret).secret
    columns = PERSON.c
    for row in bind.execute(sa.select(columns.id, columns.role, columns.email, columns.name)).all():
        key, values = _key(row.id, row.role), {}
        for name, digits in DIGITS.items():
            text = getattr(row, name)
            values[f"sealed_{name}"] = key.seal(text, cell_of("person", f"sealed_{name}"), row.id)
            whole = fingerprint(secret, normal(text), f"person.{name}_index")
            values[f"{name}_index"] = whole[:digits]
        bind.execute(sa.update(PERSON).where(columns.id == row.id).values(**values))


def downgrade() -> None:
    """Take it down again: everything is readable as it was, but for those who were erased."""
    for name, length in LENGTHS.items():
        op.add_column("person", sa.Column(name, sa.String(length)))
    _open()
    with op.batch_alter_table("person") as table:
        for name, length in LENGTHS.items():
            table.alter_column(name, existing_type=sa.String(length), nullable=False)
        table.drop_index("ix_person_name_index")
        table.drop_constraint("uq_person_email_index", type_="unique")
        table.create_unique_constraint("uq_person_email", ["email"])
        table.create_check_constraint(table.f("ck_person_email_lower"), "email = lower(email)")
        for name in DIGITS:
            table.drop_column(f"sealed_{name}")
            table.drop_column(f"{name}_index")


def _open() -> None:
    bind, columns = op.get_bind(), PERSON.c
    sealed = [columns[f"sealed_{name}"] for name in DIGITS]
    for row in bind.execute(sa.select(columns.id, columns.role, *sealed)).all():
        values = {name: _opened(row, name) for name in DIGITS}
        bind.execute(sa.update(PERSON).where(columns.id == row.id).values(**values))


def _opened(row: sa.Row[tuple[object, ...]], name: str) -> str:
    owner = row.id if row.role == "patient" else CLINIC
    known = keyring().keys.read_on(op.get_bind(), [owner])[owner].known
    sealed = getattr(row, f"sealed_{name}")
    key = known[sealed[1:17]]
    gone = f"erased-{row.id.hex}"
    return key.open(sealed, cell_of("person", f"sealed_{name}"), row.id) if key else gone
