"""The database refuses to change or delete the record of access, and keeps the keys it needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WORDS = "the record of access never changes"
# What the sealer gives an event, once: its number, and the MAC that binds it.
FIXED = (
    *("id", "at", "tag", "actor_id", "actor_role", "session_id"),
    *("patient_id", "entity", "entity_id", "request_id"),
)
WHOLE = ("audit_seal", "audit_checkpoint")
TABLES = ("audit_event", *WHOLE, "record_key")


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "record_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(8), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_key"),
        sa.UniqueConstraint("name", name="uq_record_key_name"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _changes(sign: str, detail: str) -> str:
    """When the change of an event is refused: when it is sealed, or is not its sealing."""
    fixed = [f"OLD.{name} {sign} NEW.{name}" for name in FIXED]
    fixed.append(detail.format(row="OLD") + f" {sign} " + detail.format(row="NEW"))
    return f"OLD.number IS NOT NULL OR NEW.number IS NULL OR NOT ({' AND '.join(fixed)})"


def _guard_sqlite() -> None:
    guards = [
        ("audit_event", "UPDATE", f"WHEN {_changes('IS', '{row}.detail')}"),
        ("audit_event", "DELETE", ""),
        *((table, act, "") for table in WHOLE for act in ("UPDATE", "DELETE")),
        ("record_key", "DELETE", ""),
    ]
    for table, act, when in guards:
        op.execute(
            f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} {when}"
            f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    when = f"WHEN ({_changes('IS NOT DISTINCT FROM', '{row}.detail::text')})"
    guards = [
        ("audit_event", "UPDATE", f"FOR EACH ROW {when}"),
        ("audit_event", "DELETE", "FOR EACH ROW"),
        *((table, act, "FOR EACH ROW") for table in WHOLE for act in ("UPDATE", "DELETE")),
        ("record_key", "DELETE", "FOR EACH ROW"),
        *((table, "TRUNCATE", "FOR EACH STATEMENT") for table in TABLES),
    ]
    for table, act, how in guards:
        op.execute(
            f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} {how}"
            " EXECUTE FUNCTION audit_kept()"
        )


def downgrade() -> None:
    """Take it down again."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    acts = ("update", "delete") if sqlite else ("update", "delete", "truncate")
    for table in TABLES:
        for act in acts:
            if (table, act) != ("record_key", "update"):
                op.execute(f"DROP TRIGGER {table}_kept_{act}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION audit_kept()")
    op.drop_table("record_key")
