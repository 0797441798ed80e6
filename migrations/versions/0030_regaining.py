"""People who lost everything ask to be let in again, and two of the clinic check who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NOTICE, CHECK = "account_notice", "ck_account_notice_happening"
BEFORE = (
    "new-device",
    "passkey-added",
    "passkey-removed",
    "passkey-copied",
    "authenticator-replaced",
    "codes-renewed",
    "code-used",
)
AFTER = (
    *BEFORE,
    "codes-closed",
    "password-changed",
    "password-closed",
    "email-asked",
    "email-changed",
    "oldest-ended",
    "sessions-ended",
    "regain-asked",
    "regain-stopped",
    "regain-checked",
    "regain-linked",
    "regained",
)


def _code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    _allow(BEFORE, AFTER)
    op.add_column("person", _moment("limited_until"))
    _regaining()
    op.create_table(
        "regain_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("regaining_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("way", _code("checkedby", "in-person", "video", "voice"), nullable=False),
        _moment("at", nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_regain_check_place")),
        sa.ForeignKeyConstraint(
            ["regaining_id"], ["regaining.id"], name="fk_regain_check_regaining_id_regaining"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_regain_check_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_regain_check"),
        sa.UniqueConstraint(
            "regaining_id", "person_id", name="uq_regain_check_regaining_id_person_id"
        ),
        sa.UniqueConstraint("regaining_id", "place", name="uq_regain_check_regaining_id_place"),
    )
    op.create_index("ix_regain_check_regaining_id", "regain_check", ["regaining_id"])


def _regaining() -> None:
    states = ("open", "linked", "done", "stopped", "lapsed")
    op.create_table(
        "regaining",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", _code("regainstate", *states), nullable=False),
        _moment("asked_at", nullable=False),
        sa.Column("stop_mac", sa.String(64), nullable=False),
        sa.Column("link_mac", sa.String(64)),
        _moment("link_at"),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("ended_at"),
        sa.CheckConstraint(
            "(state IN ('open', 'linked')) = (ended_at IS NULL)", name=op.f("ck_regaining_ended")
        ),
        sa.CheckConstraint(
            "link_mac IS NULL OR link_at IS NOT NULL", name=op.f("ck_regaining_link")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_regaining_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_regaining"),
        sa.UniqueConstraint("stop_mac", name="uq_regaining_stop_mac"),
        sa.UniqueConstraint("link_mac", name="uq_regaining_link_mac"),
    )
    op.create_index("ix_regaining_person_id", "regaining", ["person_id"])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_regaining_live",
        "regaining",
        ["person_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("regain_check")
    op.drop_table("regaining")
    op.drop_column("person", "limited_until")
    what = sa.column("what", sa.String())
    op.execute(sa.table(NOTICE, what).delete().where(what.in_(AFTER[len(BEFORE) :])))
    _allow(AFTER, BEFORE)


def _allow(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the words that a notice may have."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), NOTICE, type_="check")
        op.create_check_constraint(op.f(CHECK), NOTICE, f"what IN ({_listed(new)})")
        return
    kind = sa.Enum(*new, name="happening", native_enum=False, create_constraint=True, length=32)
    before = sa.Enum(*old, name="happening", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table(NOTICE) as table:
        table.alter_column("what", existing_type=before, type_=kind, existing_nullable=False)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in words)
