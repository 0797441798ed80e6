"""The record of access: whole when untouched, and otherwise the first bad event is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, select

from app.kernel import audit, db
from app.kernel.audit import checkpoints, sealing, texts
from app.kernel.audit.keys import AuditKeys
from app.kernel.models import AuditEvent, AuditSeal
from tests.kernel.ledger import (
    TOUCHED,
    execute,
    number_of,
    run,
    seal,
    sign,
    stored,
    tampering,
    write,
)
from tests.support.portal import Portal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def kept(portal_on_each: Portal) -> tuple[Portal, list[UUID]]:
    """Three sealed batches of four, a checkpoint after the second, and the ids in order."""
    portal = portal_on_each
    ids = write(portal, 4)
    seal(portal)
    ids += write(portal, 4)
    seal(portal)
    sign(portal)
    ids += write(portal, 4)
    seal(portal)
    return portal, ids


def said(portal: Portal, *words: str) -> str:
    """What verify says of a record that is not whole."""
    answer = run(portal, "verify", *words)
    assert answer.exit_code == 1, answer.output
    return answer.output


def test_untouched_record_is_whole(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    write(portal, 2)
    answer = run(portal, "verify")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Whole: 12 events in 3 batches read, 2 not sealed yet")
    assert "1 checkpoints up to event 8" in answer.output
    assert [number_of(portal, one) for one in ids] == list(range(1, 13))


def test_what_was_read_before_a_fault_is_counted(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        execute(database, "DELETE FROM audit_seal WHERE number = 2")
    assert "written: 4 events in 1 batches before that were read.\n" in said(portal)
    with tampering(portal) as database:
        execute(database, "DELETE FROM audit_seal WHERE number = 1")
    answer = said(portal)
    assert answer.endswith("Not as it was written: reading stopped there.\n")
    assert "0 events" not in answer


def test_empty_record_is_whole(portal_on_each: Portal) -> None:
    assert run(portal_on_each, "verify").exit_code == 0


def test_bytes_of_an_event_are_the_same_before_and_after_it_is_stored(
    portal_on_each: Portal,
) -> None:
    strange = {"code": "é\u0000\x1f\"'🙂", "many": [1, True, None, "x"]}
    with portal_on_each.inside():
        with db.writing() as session:
            event = audit.event(TOUCHED, entity_id=None, code="x")
            event.detail = strange
            session.add(event)
        before = texts.text_of(event)
        asked = texts.select_sql("id", "", sqlite=db.database().sqlite)
        ((_id, after),) = db.session().connection().exec_driver_sql(asked)
    assert bytes(after) == before
    assert texts.field(before, "id") == event.id.hex


def test_events_written_past_the_orm_are_kept_alike(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        whole = audit.event(TOUCHED, entity_id=uuid4(), patient_id=uuid4(), code="é\x1f'")
        bare = audit.event(TOUCHED, entity_id=None, code="")
        audit.append([whole, bare])
        found = {one.id: one for one in db.session().scalars(select(AuditEvent))}
        assert found[whole.id].detail == {"code": "é\x1f'"}
        assert found[whole.id].patient_id == whole.patient_id
        assert found[whole.id].at == whole.at
        assert found[bare.id].entity_id is None
    seal(portal_on_each)
    assert run(portal_on_each, "verify").exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        "tag = 'accounts.signed_in'",
        "actor_role = 'clinician'",
        "request_id = 'x'",
        "entity = 'other'",
        "patient_id = NULL",
        'detail = \'{"code": "c9"}\'',
        "at = '2026-11-22 09:00:00.000000+00:00'",
    ],
    ids=lambda change: str(change).partition(" ")[0],
)
def test_edited_event_is_named(kept: tuple[Portal, list[UUID]], change: str) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        fitting = change.replace("+00:00", "") if db.database().sqlite else change
        execute(database, f"UPDATE audit_event SET {fitting} WHERE number = 6")  # noqa: S608 - ours
    assert said(portal).startswith(f"Event {ids[5].hex} (6): it is not as it was written")


def test_deleted_event_is_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        execute(database, "DELETE FROM audit_event WHERE number = 7")
    assert said(portal).startswith("Event 7 is missing.")


def test_swapped_events_are_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            execute(
                database,
                "UPDATE audit_event SET number = :new WHERE number = :old",
                old=old,
                new=new,
            )
    assert said(portal).startswith(f"Event {ids[2].hex} (2): it is not as it was written")


def copy(database: Connection, portal: Portal, event: UUID, number: int | None) -> UUID:
    """Put in one more event that looks like another one, with its MAC."""
    fresh = uuid4()
    columns = "at, tag, actor_id, actor_role, session_id, patient_id, entity, entity_id, detail"
    execute(
        database,
        f"INSERT INTO audit_event (id, number, mac, request_id, {columns})"  # noqa: S608 - ours
        f" SELECT :fresh, :number, mac, request_id, {columns} FROM audit_event WHERE id = :id",
        fresh=stored(portal, fresh),
        number=number,
        id=stored(portal, event),
    )
    return fresh


def test_inserted_event_is_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        execute(database, "UPDATE audit_event SET number = 1000 - number WHERE number > 4")
        fresh = copy(database, portal, ids[0], 5)
        execute(database, "UPDATE audit_event SET number = 1001 - number WHERE number > 900")
    assert said(portal).startswith(f"Event {fresh.hex} (5): it is not as it was written")


def test_event_put_behind_the_last_batch_is_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        fresh = copy(database, portal, ids[0], 13)
    assert said(portal).startswith(f"Event {fresh.hex} (13): it has a number, but no batch")


def test_event_slipped_in_for_the_sealer_is_named_before_and_after_it_is_sealed(
    kept: tuple[Portal, list[UUID]],
) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        fresh = copy(database, portal, ids[0], None)
    assert said(portal).startswith(f"Event {fresh.hex} (not sealed yet): it is not as it was")
    seal(portal)
    assert said(portal).startswith(f"Event {fresh.hex} (13): it is not as it was written")


def test_event_without_a_mac_is_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, ids = kept
    with tampering(portal) as database:
        execute(database, "UPDATE audit_event SET mac = NULL WHERE number = 5")
    assert said(portal).startswith(f"Event {ids[4].hex} (5): it was not written by the portal")


def test_events_from_before_there_were_macs_are_sealed_as_they_are(
    portal_on_each: Portal,
) -> None:
    portal = portal_on_each
    write(portal, 3)
    with tampering(portal) as database:
        execute(database, "UPDATE audit_event SET mac = NULL")
    write(portal, 1)
    seal(portal)
    assert run(portal, "verify").exit_code == 0
    with tampering(portal) as database:
        execute(database, "UPDATE audit_event SET request_id = 'x' WHERE number = 2")
    assert said(portal).startswith("Events 1 to 4: one of them is not what was sealed")


def test_end_that_was_cut_off_is_seen_by_the_checkpoint(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        execute(database, "DELETE FROM audit_event WHERE number > 4")
        execute(database, "DELETE FROM audit_seal WHERE number > 1")
        execute(database, "DELETE FROM audit_checkpoint")
    answer = said(portal)
    assert "Event 5 is missing: checkpoint 1" in answer
    assert "has signed 8 events. The end of the record was cut off" in answer


def test_missing_last_events_of_a_batch_are_named(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        execute(database, "DELETE FROM audit_event WHERE number > 10")
    assert said(portal).startswith("Event 11 is missing.")


def rewritten(database: Connection, portal: Portal) -> None:
    """Cut one event off the end of the second batch and hash everything after anew."""
    execute(database, "DELETE FROM audit_event WHERE number > 7")
    execute(database, "DELETE FROM audit_seal WHERE number > 2")
    with db.database().read() as session:
        row = session.scalars(select(AuditSeal).where(AuditSeal.number == 2)).one()
        leaves = []
        asked = texts.select_sql(
            "number", "WHERE number BETWEEN 5 AND 7 ORDER BY number", sqlite=db.database().sqlite
        )
        for number, body in database.exec_driver_sql(asked):
            leaves.append(sealing.tree.leaf(sealing.numbered(number, bytes(body))))
        root = sealing.tree.root(leaves)
        fresh = sealing.Seal(2, 5, 7, row.at, root, row.before)
    execute(
        database,
        "UPDATE audit_seal SET last = 7, root = :root, hash = :hash WHERE number = 2",
        root=root,
        hash=fresh.hash,
    )


def test_end_that_was_rewritten_is_seen_by_the_checkpoint(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        rewritten(database, portal)
    assert said(portal).startswith("Events 1 to 7: they are not what checkpoint 1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE audit_seal SET at = (SELECT at FROM audit_seal WHERE number = 1)", "Events 5"),
        ("UPDATE audit_seal SET hash = root", "Events 5 to 8: their seal was changed"),
        ("UPDATE audit_seal SET before = root", "Events 5 to 8: they do not follow the batch"),
        ("DELETE FROM audit_seal", "Event 5: the seal of its batch is missing"),
    ],
    ids=["time", "hash", "chain", "gone"],
)
def test_changed_seal_is_named(kept: tuple[Portal, list[UUID]], change: str, words: str) -> None:
    portal, _ids = kept
    with tampering(portal) as database:
        execute(database, f"{change} WHERE number = 2")
    assert said(portal).startswith(words)


def test_clock_that_was_set_back_is_named(portal_on_each: Portal) -> None:
    portal = portal_on_each
    write(portal, 2, at=NOON)
    seal(portal, at=NOON)
    (early, *_rest) = write(portal, 2, at=NOON - timedelta(hours=1))
    seal(portal, at=NOON - timedelta(hours=1))
    answer = said(portal)
    assert answer.startswith(f"Event {early.hex}") or "the clock was set back" in answer
    assert answer.count("the clock was set back") == 1
    assert "2 batches read" in answer, "a wrong clock must not hide what comes after"


def test_slow_transaction_is_no_clock_set_back(portal_on_each: Portal) -> None:
    portal = portal_on_each
    write(portal, 1, at=NOON)
    seal(portal, at=NOON)
    write(portal, 1, at=NOON - timedelta(seconds=20))
    seal(portal, at=NOON + timedelta(seconds=1))
    assert run(portal, "verify").exit_code == 0


def test_events_that_waited_for_a_sealer_are_no_clock_set_back(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LARGEST_BATCH", 2)
    write(portal, 5, at=NOON - timedelta(hours=1))
    seal(portal, at=NOON)
    answer = run(portal, "verify")
    assert answer.exit_code == 0, answer.output
    assert "5 events in 3 batches" in answer.output
    write(portal, 1, at=NOON - timedelta(hours=1))
    seal(portal, at=NOON + timedelta(seconds=1))
    assert "the clock was set back" in said(portal)


def edit_file(portal: Portal, change: Callable[[str], str]) -> None:
    with portal.inside():
        file = checkpoints.path()
        file.write_text(change(file.read_text()))


def test_forged_or_missing_checkpoints_are_told(kept: tuple[Portal, list[UUID]]) -> None:
    portal, _ids = kept
    edit_file(portal, lambda text: text.replace('"last_event": 8', '"last_event": 9'))
    assert "its signature is not the portal's" in said(portal)
    edit_file(portal, lambda _text: "")
    assert "Checkpoint 1 is missing from the file" in said(portal)
    with portal.inside():
        checkpoints.path().unlink()
    assert "The file of checkpoints is missing" in said(portal)
    sign(portal)  # The next hour writes what the file lacks.
    assert run(portal, "verify").exit_code == 0


def test_file_that_is_no_file_of_checkpoints_is_one_sentence(
    kept: tuple[Portal, list[UUID]],
) -> None:
    portal, _ids = kept
    edit_file(portal, lambda text: f"{text}nonsense\n")
    assert said(portal).strip().endswith("holds a line that is none.")


def test_checkpoints_follow_each_other_and_only_what_is_new_is_signed(
    kept: tuple[Portal, list[UUID]],
) -> None:
    portal, _ids = kept
    sign(portal)
    sign(portal)
    with portal.inside():
        lines = checkpoints.read(checkpoints.path())
        assert lines == checkpoints.stored()
    assert [one.said["last_event"] for one in lines] == [8, 12]
    assert lines[1].said["before"] == lines[0].hash
    assert run(portal, "verify").exit_code == 0


def test_key_of_the_record_is_not_the_key_of_sealed_fields(portal: Portal) -> None:
    settings = portal.app.extensions["settings"]
    keys = AuditKeys(settings.data_keys)
    ((_name, (inner, _outer)),) = keys.pads.items()
    assert settings.data_keys[0][1] not in bytes(one ^ 0x36 for one in inner)


def test_events_written_under_an_older_key_still_verify_and_without_it_are_named() -> None:
    old, new = ("old", bytes(32)), ("new", bytes(range(32)))
    mac = AuditKeys([old]).mac(b"leaf")
    assert AuditKeys([new, old]).fits(mac, b"leaf")
    assert not AuditKeys([new, old]).fits(mac, b"another")
    assert not AuditKeys([new]).fits(mac, b"leaf")
    assert AuditKeys([new, old]).mac(b"leaf") != mac


def test_writers_never_wait_for_the_sealer_and_nothing_is_lost(portal_on_each: Portal) -> None:
    portal = portal_on_each
    writers = [Thread(target=write, args=(portal, 10)) for _ in range(8)]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers):
        seal(portal)
    seal(portal)
    answer = run(portal, "verify")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Whole: 80 events")
    assert " 0 not sealed yet" in answer.output
