"""What people call their passkeys is sealed."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op

from app.kernel.crypto.envelope import KEY_BYTES, cell_of
from app.kernel.crypto.keyring import CLINIC, keyring

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LENGTH = 60
CELL = cell_of("passkey", "sealed_name")
PASSKEY = sa.table(
    "passkey",
    sa.column("id", sa.Uuid()),
    sa.column("name", sa.String()),
    sa.column("sealed_name", sa.LargeBinary()),
)


def upgrade() -> None:
    """Build it, and seal the names that there are."""
    op.add_column("passkey", sa.Column("sealed_name", sa.LargeBinary()))
    bind = op.get_bind()
    rows = bind.execute(sa.select(PASSKEY.c.id, PASSKEY.c.name)).all()
    for row in rows:
        key = keyring().keys.give_on(bind, CLINIC, os.urandom(KEY_BYTES))
        sealed = key.seal(row.name, CELL, row.id)
        bind.execute(sa.update(PASSKEY).where(PASSKEY.c.id == row.id).values(sealed_name=sealed))
    with op.batch_alter_table("passkey") as table:
        table.alter_column("sealed_name", existing_type=sa.LargeBinary(), nullable=False)
        table.drop_column("name")


def downgrade() -> None:
    """Take it down again: the names are readable as they were."""
    op.add_column("passkey", sa.Column("name", sa.String(LENGTH)))
    bind = op.get_bind()
    known = keyring().keys.read_on(bind, [CLINIC])[CLINIC].known
    for row in bind.execute(sa.select(PASSKEY.c.id, PASSKEY.c.sealed_name)).all():
        key = known[row.sealed_name[1:17]]
        name = key.open(row.sealed_name, CELL, row.id) if key else ""
        bind.execute(sa.update(PASSKEY).where(PASSKEY.c.id == row.id).values(name=name))
    with op.batch_alter_table("passkey") as table:
        table.alter_column("name", existing_type=sa.String(LENGTH), nullable=False)
        table.drop_column("sealed_name")
