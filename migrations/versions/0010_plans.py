"""Care plans and their lines, and the triggers that keep what is signed as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIGNED = "('approved', 'active', 'superseded')"
OPEN = sa.text("state IN ('draft', 'in-review')")
ACTIVE = sa.text("state = 'active'")
# A signed plan may only step on: its state, its row version, when it changed and when it ended.
STEP = (
    "(OLD.state = 'approved' AND NEW.state = 'active')"
    " OR (OLD.state = 'active' AND NEW.state = 'superseded')"
)
FROZEN = (
    "id",
    "patient_id",
    "number",
    "basis",
    "sealed_questions",
    "sealed_news",
    "drafted_at",
    "opened_at",
    "opened_by",
    "approved_at",
    "approved_by",
)


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    _care_plan()
    _plan_line()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _care_plan() -> None:
    states = ("draft", "in-review", "approved", "active", "superseded", "discarded")
    op.create_table(
        "care_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("state", _codes("planstate", *states), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("sealed_questions", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_news", sa.LargeBinary()),
        _moment("drafted_at"),
        _moment("changed_at"),
        _moment("opened_at", nullable=True),
        sa.Column("opened_by", sa.Uuid()),
        _moment("approved_at", nullable=True),
        sa.Column("approved_by", sa.Uuid()),
        _moment("ended_at", nullable=True),
        # The naming convention makes these ck_care_plan_signed and so on.
        sa.CheckConstraint(f"(state IN {SIGNED}) = (approved_at IS NOT NULL)", name="signed"),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="signer"),
        sa.CheckConstraint("(approved_at IS NULL) = (number IS NULL)", name="numbered"),
        sa.CheckConstraint(
            "(state IN ('superseded', 'discarded')) = (ended_at IS NOT NULL)", name="ended"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_care_plan_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name="fk_care_plan_opened_by_person"),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name="fk_care_plan_approved_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_care_plan"),
        sa.UniqueConstraint("patient_id", "number", name="uq_care_plan_patient_id_number"),
    )
    for name, where in (("uq_care_plan_open", OPEN), ("uq_care_plan_active", ACTIVE)):
        op.create_index(
            name,
            "care_plan",
            ["patient_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def _plan_line() -> None:
    decisions = ("undecided", "accepted", "edited", "rejected")
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(16)),
        sa.Column("rule_version", sa.String(16)),
        sa.Column("audience", _codes("audience", "patient", "clinician"), nullable=False),
        sa.Column("sealed_suggestion", sa.LargeBinary()),
        sa.Column("sealed_words", sa.LargeBinary()),
        sa.Column("sealed_reason", sa.LargeBinary()),
        sa.Column("starts_on", sa.Date()),
        sa.Column("decision", _codes("decision", *decisions), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        _moment("decided_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(decision = 'undecided') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("(rule_id IS NULL) = (rule_version IS NULL)", name="rule"),
        sa.CheckConstraint("audience <> 'clinician' OR decision <> 'accepted'", name="reworded"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["care_plan.id"], name="fk_plan_line_plan_id_care_plan"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name="fk_plan_line_decided_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_plan_line"),
    )
    op.create_index("ix_plan_line_plan_id", "plan_line", ["plan_id"])


def _signed(*rows: str) -> str:
    """Whether a line's plan, before or after the change, is signed."""
    ids = ", ".join(f"{row}.plan_id" for row in rows)
    plan = f"id IN ({ids}) AND state IN {SIGNED}"
    return f"EXISTS (SELECT 1 FROM care_plan WHERE {plan})"  # noqa: S608  # only words of ours


LINE_GUARDS = {
    "INSERT": _signed("NEW"),
    "UPDATE": _signed("OLD", "NEW"),
    "DELETE": _signed("OLD"),
}


def _guard_sqlite() -> None:
    same = " AND ".join(f"OLD.{name} IS NEW.{name}" for name in FROZEN)
    guards = [
        ("care_plan", "UPDATE", f"OLD.state IN {SIGNED} AND NOT (({STEP}) AND {same})"),
        ("care_plan", "DELETE", f"OLD.state IN {SIGNED}"),
        *(("plan_line", act, when) for act, when in LINE_GUARDS.items()),
    ]
    for table, act, when in guards:
        op.execute(
            f"CREATE TRIGGER {table}_signed_{act.lower()} BEFORE {act} ON {table} WHEN {when}"
            " BEGIN SELECT RAISE(ABORT, 'a signed plan never changes'); END"
        )


def _guard_postgresql() -> None:
    same = " AND ".join(f"OLD.{name} IS NOT DISTINCT FROM NEW.{name}" for name in FROZEN)
    refuse = (
        "RAISE EXCEPTION 'a signed plan never changes'"
        " USING ERRCODE = 'integrity_constraint_violation';"
    )
    bodies = {
        "care_plan": (
            f"IF TG_OP = 'DELETE' THEN IF OLD.state IN {SIGNED} THEN {refuse} END IF;"
            f" RETURN OLD; END IF; IF OLD.state IN {SIGNED} AND NOT (({STEP}) AND {same})"
            f" THEN {refuse} END IF; RETURN NEW;"
        ),
        "plan_line": (
            f"IF TG_OP = 'DELETE' THEN IF {LINE_GUARDS['DELETE']} THEN {refuse} END IF;"
            f" RETURN OLD; END IF; IF TG_OP = 'UPDATE' THEN IF {LINE_GUARDS['UPDATE']}"
            f" THEN {refuse} END IF; ELSIF {LINE_GUARDS['INSERT']} THEN {refuse} END IF;"
            " RETURN NEW;"
        ),
    }
    acts = {"care_plan": "UPDATE OR DELETE", "plan_line": "INSERT OR UPDATE OR DELETE"}
    for table, body in bodies.items():
        op.execute(
            f"CREATE FUNCTION {table}_signed() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_signed BEFORE {acts[table]} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_signed()"
        )


def downgrade() -> None:
    """Take it down again; the triggers go with their tables."""
    for table in ("plan_line", "care_plan"):
        op.drop_table(table)
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION {table}_signed()")
