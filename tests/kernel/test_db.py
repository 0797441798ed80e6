"""The database: its rules, its gate for writers, and transactions that are whole or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from app.accounts import operations as accounts
from app.kernel import audit, db, outbox
from app.kernel.actor import Role
from app.kernel.models import AuditEvent, FormKey, Job, LimitCount, Outbox
from tests.support.portal import Portal

NOTED = audit.tag("test.noted", "thing", "number")
KEY, NOON = "counter", datetime(2026, 11, 22, 12, tzinfo=UTC)


class Oops(Exception):
    pass


def count(table: type[db.Base]) -> int:
    return db.session().scalar(select(func.count()).select_from(table)) or 0


def test_sqlite_keeps_the_rules_of_the_house(sqlite_url: str) -> None:
    engine = db.Database(sqlite_url).engine
    with engine.connect() as connection:
        said = {
            rule: connection.execute(text(f"PRAGMA {rule}")).scalar()
            for rule in (
                *("journal_mode", "synchronous", "foreign_keys"),
                *("busy_timeout", "trusted_schema"),
            )
        }
    engine.dispose()
    full = 2
    assert said == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
    }


def test_sixteen_threads_that_read_and_then_write_lose_nothing(portal_on_each: Portal) -> None:
    portal = portal_on_each
    with portal.inside(), db.writing() as session:
        session.execute(
            insert(LimitCount).values(key=KEY, window_start=NOON, expires_at=NOON, count=1)
        )

    def add_one(_number: int) -> None:
        with portal.inside(), db.writing() as session:
            row = select(LimitCount).where(LimitCount.key == KEY).with_for_update()
            found = session.scalars(row).one()
            session.execute(
                update(LimitCount).where(LimitCount.key == KEY).values(count=found.count + 1)
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add_one, range(160)))
    with portal.inside():
        assert db.session().scalar(select(LimitCount.count)) == 161


def test_writing_transaction_holds_the_file_before_its_first_change(
    portal: Portal, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "portal.db", timeout=0, isolation_level=None) as other:
        with portal.inside(), db.writing() as session:
            session.scalars(select(FormKey)).all()
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


def test_change_its_audit_event_and_its_message_are_written_together(
    portal_on_each: Portal,
) -> None:
    with portal_on_each.inside():
        before = (count(FormKey), count(AuditEvent), count(Outbox))
        with db.writing():
            change()
        assert (count(FormKey), count(AuditEvent), count(Outbox)) == tuple(n + 1 for n in before)


def test_failure_leaves_neither_change_nor_audit_event_nor_message(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        before = (count(FormKey), count(AuditEvent), count(Outbox))
        with pytest.raises(Oops):
            fail_after(change)
        assert (count(FormKey), count(AuditEvent), count(Outbox)) == before
        assert not db.in_transaction()


def test_inner_operation_falls_with_the_outer_one(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        with pytest.raises(Oops):
            fail_after(inner_operation)
        assert count(FormKey) == 0


def test_what_waits_for_the_commit_happens_after_it_and_once(portal: Portal) -> None:
    seen: list[int] = []
    with portal.inside():
        with db.writing():
            change()
            db.after_commit(lambda: seen.append(count(FormKey)))
            with db.writing():
                pass
            assert seen == []
        assert seen == [1]
        with db.writing():
            pass
        assert seen == [1]


def test_what_waits_for_the_commit_never_happens_without_one(portal: Portal) -> None:
    seen: list[str] = []
    with portal.inside():
        with pytest.raises(Oops):
            fail_after(lambda: db.after_commit(lambda: seen.append("told")))
        with db.writing():
            pass
    assert seen == []


def test_change_that_breaks_a_constraint_is_refused_whole(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        with pytest.raises(IntegrityError):
            fail_after(change, change)
        assert count(FormKey) == 0


def test_foreign_keys_are_kept_on_both_engines(portal_on_each: Portal) -> None:
    from app.care import operations as care

    with portal_on_each.inside(), pytest.raises(IntegrityError):
        care.join_team(uuid4(), uuid4())


def test_reader_sees_a_change_made_in_the_same_context(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        assert count(FormKey) == 0
        with db.writing():
            change()
        assert count(FormKey) == 1


def test_naive_time_is_refused(portal_on_each: Portal) -> None:
    naive = datetime(2026, 11, 22, 12)  # noqa: DTZ001  # the mistake under test
    with portal_on_each.inside(), pytest.raises(StatementError, match="zone"), db.writing():
        change(at=naive)


def test_time_of_another_zone_comes_back_as_the_same_moment_in_utc(portal_on_each: Portal) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    with portal_on_each.inside():
        with db.writing():
            change(at=NOON.astimezone(india))
        found = db.session().scalars(select(FormKey.created_at)).one()
    assert found == NOON
    assert found.utcoffset() == timedelta(0)


def test_misspelt_column_is_refused() -> None:
    with pytest.raises(TypeError, match="payloda"):
        Job(kind="x", payloda={}, run_at=NOON, created_at=NOON)


def test_error_of_the_database_does_not_quote_what_was_typed(portal_on_each: Portal) -> None:
    person = portal_on_each.person(Role.PATIENT)
    with portal_on_each.inside(), pytest.raises(IntegrityError) as failed:
        accounts.create_person(
            email=person.email, name="Canary Name", role=Role.PATIENT, password="x", zone="UTC"
        )
    assert "Canary" not in str(failed.value)


def test_writer_that_waits_too_long_for_its_turn_is_told_so(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "GATE_SECONDS", 0.05)
    with portal.inside(), db.writing(), portal.app.app_context(), pytest.raises(db.Busy):
        inner_operation()


def fail_after(*acts: Callable[[], object]) -> None:
    """Do these in one transaction, and then fail."""
    with db.writing():
        for act in acts:
            act()
        raise Oops


def inner_operation() -> None:
    """An operation that another one may call."""
    outer = db.in_transaction() and db.session()
    with db.writing() as session:
        assert not outer or session is outer
        change()


def change(key: str = "key", at: datetime = NOON) -> None:
    """A change with its audit event and its message."""
    row = FormKey(owner="someone", key=key, body_hash="", location=None, created_at=at)
    db.session().add(row)
    db.session().flush()
    audit.record(NOTED, entity_id=row.id, number=1)
    outbox.hint("things", people=[row.id], number=row.id)
