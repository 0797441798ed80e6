"""Data keys of each patient; a line knows its patient; signed rows can be sealed anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SIGNED = "('approved', 'active', 'superseded')"
# A signed plan may only step on: its state, its row version, when it changed and when it ended.
STEP = (
    "(OLD.state = 'approved' AND NEW.state = 'active')"
    " OR (OLD.state = 'active' AND NEW.state = 'superseded')"
)
PLAN_SEALED = ("sealed_questions", "sealed_news")
PLAN_FIXED = (
    *("id", "patient_id", "number", "basis", "drafted_at", "opened_at", "opened_by"),
    *("approved_at", "approved_by"),
)
PLAN_MOVES = ("state", "version", "changed_at", "ended_at")
LINE_FIXED = (
    *("id", "plan_id", "patient_id", "position", "rule_id", "rule_version", "audience"),
    *("starts_on", "decision", "decided_by", "decided_at", "version"),
)
# Sealing anew shows itself by a row that its own transaction writes and takes away again.
ANEW = "EXISTS (SELECT 1 FROM sealing_anew)"
CURRENT = sa.text("retired_at IS NULL")


def upgrade() -> None:
    """Build it."""
    _data_key()
    op.create_table(
        "sealing_anew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sealing_anew"),
    )
    _unguard()
    op.add_column("plan_line", sa.Column("patient_id", sa.Uuid()))
    op.execute(
        "UPDATE plan_line SET patient_id ="
        " (SELECT patient_id FROM care_plan WHERE care_plan.id = plan_line.plan_id)"
    )
    with op.batch_alter_table("plan_line") as table:
        table.alter_column("patient_id", existing_type=sa.Uuid(), nullable=False)
        table.create_foreign_key(
            "fk_plan_line_patient_id_patient", "patient", ["patient_id"], ["id"]
        )
    _guard(anew=True)


def _data_key() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.Column("destroyed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
        sa.PrimaryKeyConstraint("id", name="pk_data_key"),
    )
    op.create_index("ix_data_key_owner", "data_key", ["owner"])
    op.create_index(
        "uq_data_key_current",
        "data_key",
        ["owner"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def _same(names: tuple[str, ...], sign: str) -> str:
    return " AND ".join(f"OLD.{name} {sign} NEW.{name}" for name in names)


def _signed(*rows: str) -> str:
    """Whether a line's plan, before or after the change, is signed."""
    ids = ", ".join(f"{row}.plan_id" for row in rows)
    plan = f"id IN ({ids}) AND state IN {SIGNED}"
    return f"EXISTS (SELECT 1 FROM care_plan WHERE {plan})"  # noqa: S608  # only words of ours


def _plan_changes(sign: str, *, anew: bool) -> str:
    """When the change of a plan is refused."""
    fixed = _same(PLAN_FIXED + PLAN_SEALED, sign)
    allowed = f"(({STEP}) AND {fixed})"
    if anew:
        allowed += f" OR ({ANEW} AND {_same(PLAN_FIXED + PLAN_MOVES, sign)})"
    return f"OLD.state IN {SIGNED} AND NOT ({allowed})"


def _line_changes(sign: str, *, anew: bool) -> str:
    """When the change of a line is refused."""
    allowed = f" AND NOT ({ANEW} AND {_same(LINE_FIXED, sign)})" if anew else ""
    return _signed("OLD", "NEW") + allowed


def _guard(*, anew: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite(anew=anew)
    else:
        _guard_postgresql(anew=anew)


def _guard_sqlite(*, anew: bool) -> None:
    guards = [
        ("care_plan", "UPDATE", _plan_changes("IS", anew=anew)),
        ("care_plan", "DELETE", f"OLD.state IN {SIGNED}"),
        ("plan_line", "INSERT", _signed("NEW")),
        ("plan_line", "UPDATE", _line_changes("IS", anew=anew)),
        ("plan_line", "DELETE", _signed("OLD")),
    ]
    for table, act, when in guards:
        op.execute(
            f"CREATE TRIGGER {table}_signed_{act.lower()} BEFORE {act} ON {table} WHEN {when}"
            " BEGIN SELECT RAISE(ABORT, 'a signed plan never changes'); END"
        )


def _guard_postgresql(*, anew: bool) -> None:
    sign = "IS NOT DISTINCT FROM"
    refuse = (
        "RAISE EXCEPTION 'a signed plan never changes'"
        " USING ERRCODE = 'integrity_constraint_violation';"
    )
    bodies = {
        "care_plan": (
            f"IF TG_OP = 'DELETE' THEN IF OLD.state IN {SIGNED} THEN {refuse} END IF;"
            f" RETURN OLD; END IF; IF {_plan_changes(sign, anew=anew)}"
            f" THEN {refuse} END IF; RETURN NEW;"
        ),
        "plan_line": (
            f"IF TG_OP = 'DELETE' THEN IF {_signed('OLD')} THEN {refuse} END IF;"
            f" RETURN OLD; END IF; IF TG_OP = 'UPDATE' THEN IF {_line_changes(sign, anew=anew)}"
            f" THEN {refuse} END IF; ELSIF {_signed('NEW')} THEN {refuse} END IF; RETURN NEW;"
        ),
    }
    for table, body in bodies.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_signed() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} END $$"
        )


def _unguard() -> None:
    """SQLite's triggers would not outlive a table that is built anew."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("care_plan_signed_update", "care_plan_signed_delete"):
            op.execute(f"DROP TRIGGER {name}")
        for act in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER plan_line_signed_{act}")
    else:
        # Until the new body comes, every change passes: the migration's own are all there are.
        for table in ("care_plan", "plan_line"):
            op.execute(
                f"CREATE OR REPLACE FUNCTION {table}_signed() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )


def downgrade() -> None:
    """Take it down again."""
    _unguard()
    with op.batch_alter_table("plan_line") as table:
        table.drop_constraint("fk_plan_line_patient_id_patient", type_="foreignkey")
        table.drop_column("patient_id")
    _guard(anew=False)
    op.drop_table("sealing_anew")
    op.drop_table("data_key")
