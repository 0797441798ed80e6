"""The portal's own account in the database, as docs/security.md makes it: rows, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from app.kernel import db
from app.kernel.audit import checkpoints, sealing
from app.kernel.models import AuditCheckpoint, AuditSeal
from app.kernel.settings import Environment
from tests.structure.tree import ROOT
from tests.support.portal import Portal, migrate
from tests.support.postgres import ROLE, Cluster

ACCOUNT = "nearside_portal"
FORBIDDEN = (
    "CREATE TABLE mine (id int)",
    "ALTER TABLE message ADD COLUMN mine int",
    "DROP TABLE message",
    "TRUNCATE message",
    "CREATE ROLE mine",
    "DELETE FROM audit_event",
    "UPDATE audit_event SET tag = 'x'",
    "UPDATE audit_event SET actor_id = NULL",
    "TRUNCATE audit_event",
    "DELETE FROM audit_seal",
    "UPDATE audit_seal SET last = 1",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_checkpoint SET body = ''",
    "UPDATE alembic_version SET version_num = ''",
    "DROP TRIGGER IF EXISTS care_plan_signed ON care_plan",
)


def statements() -> str:
    """What the document has the operator type."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found = re.search(r"```sql\n(.*?)```", text, re.DOTALL)
    assert found
    assert ACCOUNT in found[1]
    return found[1]


def plain(url: str) -> str:
    """An address as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def account_url(postgres: Cluster, tmp_path: Path) -> Iterator[str]:
    """A migrated database, and the address by which the portal signs in to it."""
    url = postgres.clone("portal", lambda empty: migrate(empty, tmp_path))
    with psycopg.connect(plain(url), autocommit=True) as owner:
        owner.execute(statements().encode())
    yield url.replace(f"//{ROLE}@", f"//{ACCOUNT}@")
    with psycopg.connect(plain(url), autocommit=True) as owner:
        owner.execute(f"DROP OWNED BY {ACCOUNT}; DROP ROLE {ACCOUNT}".encode())


def test_account_is_enough_for_everything_that_people_do(account_url: str, tmp_path: Path) -> None:
    portal = Portal(account_url, tmp_path, Environment.TEST)
    clinic = portal.clinic()
    visitor = portal.visit(clinic.patient)
    assert visitor.send("/messages", body="Good morning").status_code == 303
    assert visitor.get("/messages").status_code == 200
    assert portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    portal.work()
    with portal.inside():
        sealing.seal()
        checkpoints.sign()
        assert db.session().scalar(select(func.count()).select_from(AuditSeal))
        assert db.session().scalar(select(func.count()).select_from(AuditCheckpoint))
    portal.close()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_account_changes_no_table_and_nothing_of_the_record(
    account_url: str, statement: str
) -> None:
    with (
        psycopg.connect(plain(account_url)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())
