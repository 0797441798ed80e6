"""People are told when a copy of their record was taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NOTICE, CHECK = "account_notice", "ck_account_notice_happening"
BEFORE = (
    *("new-device", "passkey-added", "passkey-removed", "passkey-copied"),
    *("authenticator-replaced", "codes-renewed", "code-used", "codes-closed"),
    *("password-changed", "password-closed", "email-asked", "email-changed"),
    *("oldest-ended", "sessions-ended", "regain-asked", "regain-stopped"),
    *("regain-checked", "regain-linked", "regained"),
)
COPIED = "record-copied"


def upgrade() -> None:
    """Build it."""
    _allow(BEFORE, (*BEFORE, COPIED))


def downgrade() -> None:
    """Take it down again."""
    what = sa.column("what", sa.String())
    op.execute(sa.table(NOTICE, what).delete().where(what == COPIED))
    _allow((*BEFORE, COPIED), BEFORE)


def _allow(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the words that a notice may have."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), NOTICE, type_="check")
        listed = ", ".join(f"'{one}'" for one in new)
        op.create_check_constraint(op.f(CHECK), NOTICE, f"what IN ({listed})")
        return
    kind = sa.Enum(*new, name="happening", native_enum=False, create_constraint=True, length=32)
    before = sa.Enum(*old, name="happening", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table(NOTICE) as table:
        table.alter_column("what", existing_type=before, type_=kind, existing_nullable=False)
