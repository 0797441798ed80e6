"""People who act for patients, and the links that they come by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ENDINGS = sa.Enum(
    *("patient", "carer", "consent", "time"),
    name="ending",
    native_enum=False,
    create_constraint=True,
    length=32,
)
BEFORE = ("patient", "clinician", "coordinator", "administrator", "guest")
AFTER = ("patient", "clinician", "coordinator", "administrator", "carer", "guest")
ROLE = "ck_person_role"
LINKS = {"patient_id": "patient", "person_id": "person"}


def upgrade() -> None:
    """Build it."""
    _allow(BEFORE, AFTER)
    op.add_column("sign_in", sa.Column("caring_for", sa.Uuid()))
    _proxies()
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("proxy_id", sa.Uuid()))
        table.add_column(sa.Column("digits_hash", sa.String(64)))
        table.create_foreign_key("fk_invitation_proxy_id_proxy", "proxy", ["proxy_id"], ["id"])
        table.create_unique_constraint("uq_invitation_proxy_id", ["proxy_id"])
    op.add_column("questionnaire_response", sa.Column("authored_by", sa.Uuid()))


def _proxies() -> None:
    op.create_table(
        "proxy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("powers", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", ENDINGS),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_proxy_ended")),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_proxy_{column}_{to}")
            for column, to in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proxy"),
    )
    for column in LINKS:
        op.create_index(f"ix_proxy_{column}", "proxy", [column])
    still = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_proxy_open",
        "proxy",
        ["patient_id", "person_id"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )


def downgrade() -> None:
    """Take it down again: carers keep a row that opens nothing."""
    op.drop_column("questionnaire_response", "authored_by")
    # Without its digits, such a link would let anybody in who holds it.
    op.execute("DELETE FROM invitation WHERE proxy_id IS NOT NULL")
    with op.batch_alter_table("invitation") as table:
        table.drop_constraint("uq_invitation_proxy_id", type_="unique")
        table.drop_constraint("fk_invitation_proxy_id_proxy", type_="foreignkey")
        table.drop_column("digits_hash")
        table.drop_column("proxy_id")
    op.drop_table("proxy")
    op.drop_column("sign_in", "caring_for")
    op.execute("UPDATE person SET role = 'guest', active = false WHERE role = 'carer'")
    _allow(AFTER, BEFORE)


def _allow(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(_check(old), _check(new))
        return
    op.drop_constraint(op.f(ROLE), "person", type_="check")
    op.create_check_constraint(op.f(ROLE), "person", _check(new))


def _check(roles: tuple[str, ...]) -> str:
    return "role IN ({})".format(", ".join(f"'{role}'" for role in roles))


def _rewrite(old: str, new: str) -> None:
    """Change the text of a CHECK, as the migration of guests does, and for its reasons."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_schema SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'person' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")
    if changed.rowcount != 1:
        raise RuntimeError("the table of people is not the one that was made here")
