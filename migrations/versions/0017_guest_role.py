"""A role for people who come to one visit by a link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = ("patient", "clinician", "coordinator", "administrator")
AFTER = (*BEFORE, "guest")
NAME = "ck_person_role"


def upgrade() -> None:
    """Allow it."""
    _allow(BEFORE, AFTER)


def downgrade() -> None:
    """Take it down again: who had it keeps a row that opens nothing."""
    op.execute("UPDATE person SET role = 'patient', active = false WHERE role = 'guest'")
    _allow(AFTER, BEFORE)


def _allow(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(_check(old), _check(new))
        return
    op.drop_constraint(op.f(NAME), "person", type_="check")
    op.create_check_constraint(op.f(NAME), "person", _check(new))


def _check(roles: tuple[str, ...]) -> str:
    return "role IN ({})".format(", ".join(f"'{role}'" for role in roles))


def _rewrite(old: str, new: str) -> None:
    """Change the text of a CHECK, which leaves what is stored as it is.

    SQLite has no other way but to build the table anew, which a table that others point at does
    not survive inside a transaction. https://www.sqlite.org/lang_altertable.html, section 7, says
    how: the version must rise, so that every connection reads the schema again.
    """
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
