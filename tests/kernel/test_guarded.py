"""The database refuses to change or delete the record of access, whoever asks it to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel import db
from app.kernel.settings import Environment
from tests.kernel.ledger import execute, run, seal, sign, tampering, write
from tests.support.portal import Portal, migrate
from tests.support.postgres import Cluster

REFUSED = "the record of access never changes"
CHANGES = [
    "UPDATE audit_event SET tag = 'x' WHERE number = 2",
    "UPDATE audit_event SET mac = NULL WHERE number = 2",
    "UPDATE audit_event SET number = 9 WHERE number = 2",
    "UPDATE audit_event SET number = NULL WHERE number = 2",
    "UPDATE audit_event SET patient_id = NULL",
    "DELETE FROM audit_event WHERE number = 2",
    "DELETE FROM audit_event",
    "UPDATE audit_seal SET root = hash",
    "UPDATE audit_seal SET number = 7 WHERE number = 1",
    "DELETE FROM audit_seal",
    "UPDATE audit_checkpoint SET body = '{}'",
    "DELETE FROM audit_checkpoint",
    "DELETE FROM record_key",
]
WAITING = [
    "UPDATE audit_event SET tag = 'x' WHERE number IS NULL",
    "UPDATE audit_event SET detail = '{}' WHERE number IS NULL",
    "UPDATE audit_event SET actor_role = 'nobody', number = 99 WHERE number IS NULL",
    "UPDATE audit_event SET mac = NULL WHERE number IS NULL",
    "DELETE FROM audit_event WHERE number IS NULL",
]


@pytest.fixture
def kept(portal_on_each: Portal) -> tuple[Portal, list[UUID]]:
    """Four sealed events under a checkpoint, and one that waits."""
    portal = portal_on_each
    ids = write(portal, 4)
    seal(portal)
    sign(portal)
    return portal, [*ids, *write(portal, 1)]


@pytest.fixture
def postgres_portal(postgres: Cluster, tmp_path: Path) -> Iterator[Portal]:
    """The portal on the engine that can empty a table at once."""
    url = postgres.clone("portal", lambda empty: migrate(empty, tmp_path))
    portal = Portal(url, tmp_path, Environment.TEST)
    yield portal
    portal.close()


def refused(portal: Portal, statement: str) -> None:
    """Ask the database as the portal's own account would."""
    with (
        portal.inside(),
        pytest.raises(IntegrityError, match=REFUSED),
        db.database().engine.begin() as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", [*CHANGES, *WAITING])
def test_record_cannot_be_changed_or_deleted(
    kept: tuple[Portal, list[UUID]], statement: str
) -> None:
    portal, _ids = kept
    refused(portal, statement)
    seal(portal)
    answer = run(portal, "verify")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Whole: 5 events in 2 batches read, 0 not sealed yet")


@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_checkpoint", "record_key"])
def test_record_cannot_be_emptied_at_once(postgres_portal: Portal, table: str) -> None:
    write(postgres_portal, 2)
    seal(postgres_portal)
    refused(postgres_portal, f"TRUNCATE {table}")
    assert run(postgres_portal, "verify").exit_code == 0


def test_commands_of_the_record_work_behind_its_guards(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    assert run(portal, "checkpoint").exit_code == 0
    assert run(portal, "checkpoint").output.startswith("Nothing has come")
    assert run(portal, "verify").output.startswith("Whole: 5 events in 2 batches")
    for one in ids:
        assert run(portal, "prove", str(one)).exit_code == 0


def test_whoever_takes_the_guards_away_is_found_out(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        execute(database, "UPDATE audit_event SET tag = 'x' WHERE number = 2")
        execute(database, "DELETE FROM audit_event WHERE number = 3")
    answer = run(portal, "verify")
    assert answer.exit_code == 1
    assert answer.output.startswith(f"Event {ids[1].hex} (2): it is not as it was written")
    refused(portal, "DELETE FROM audit_event WHERE number = 4")
