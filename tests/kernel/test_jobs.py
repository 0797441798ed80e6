"""The queue: work happens at least once, whoever dies, and nothing waits for ever."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.kernel import clock, db, jobs, outbox
from app.kernel.jobs import LEASE, MOST_ATTEMPTS, Worker
from app.kernel.models import Job, Outbox, WorkState
from tests.support.portal import Portal

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
START_SECONDS = 30


@pytest.fixture
def done() -> Iterator[list[Any]]:
    """What the handlers of `test.note` and `test.fail` were given."""
    seen: list[Any] = []

    def fail(payload: dict[str, Any]) -> None:
        seen.append(payload["number"])
        raise LookupError("a fault in the handler")

    jobs.handles("test.note", lambda payload: seen.append(payload["number"]))
    jobs.handles("test.fail", fail)
    yield seen
    for kind in ("test.note", "test.fail", "test.slow", "test.renew"):
        jobs._handlers.pop(kind, None)


def enqueue(kind: str, number: object = "1", **options: Any) -> None:
    with db.writing():
        jobs.enqueue(kind, {"number": number}, **options)


def enqueue_and_fail() -> None:
    with db.writing():
        jobs.enqueue("test.note", {"number": "1"})
        raise LookupError


def rows() -> list[Job]:
    db.session().rollback()
    return list(db.session().scalars(select(Job).order_by(Job.created_at)))


def test_queued_work_is_done_once_and_forgotten(portal_on_each: Portal, done: list[Any]) -> None:
    with portal_on_each.inside():
        enqueue("test.note")
        with db.writing():
            outbox.put("test.note", {"number": "2"})
        portal_on_each.work()
        portal_on_each.work()
        assert sorted(done) == ["1", "2"]
        assert rows() == []
        assert db.session().scalars(select(Outbox)).all() == []


def test_work_for_later_waits(portal_on_each: Portal, done: list[Any]) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        enqueue("test.note", run_at=NOON + timedelta(hours=1))
        portal_on_each.work()
        assert done == []
        move(NOON + timedelta(hours=1))
        portal_on_each.work()
        assert done == ["1"]


def test_work_of_a_change_that_failed_is_never_done(portal: Portal, done: list[Any]) -> None:
    with portal.inside():
        with pytest.raises(LookupError):
            enqueue_and_fail()
        portal.work()
    assert done == []


def test_failing_work_waits_longer_each_time_and_then_stops(
    portal_on_each: Portal, done: list[Any]
) -> None:
    waits: list[float] = []
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        enqueue("test.fail")
        while True:
            portal_on_each.work()
            (row,) = rows()
            if row.state is WorkState.DEAD:
                break
            waits.append((row.run_at - clock.now()).total_seconds())
            move(row.run_at)
        move(NOON + timedelta(days=30))
        portal_on_each.work()
    assert len(done) == MOST_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[0] == 2
    assert waits[-1] == 3600


def test_work_that_nobody_handles_is_kept_and_tried_again(portal: Portal) -> None:
    with portal.inside():
        enqueue("test.unknown")
        portal.work()
        (row,) = rows()
    assert (row.state, row.attempts, row.leased_until) == (WorkState.WAITING, 1, None)


def test_same_unique_key_waits_once_with_the_newest_words(
    portal_on_each: Portal, done: list[Any]
) -> None:
    with portal_on_each.inside():
        for number in ("1", "2", "3"):
            enqueue("test.note", number, unique="reminder")
        enqueue("test.note", "other", unique="other")
        portal_on_each.work()
    assert sorted(done) == ["3", "other"]


def test_work_renewed_while_it_is_done_is_done_again(
    portal_on_each: Portal, done: list[Any]
) -> None:
    def renew(payload: dict[str, Any]) -> None:
        done.append(payload["number"])
        if payload["number"] == "1":
            enqueue("test.renew", "2", unique="draft")

    jobs.handles("test.renew", renew)
    with portal_on_each.inside():
        enqueue("test.renew", "1", unique="draft")
        portal_on_each.work()
        assert done == ["1", "2"]
        assert rows() == []


def test_work_renewed_while_it_fails_for_the_last_time_is_done_again(
    portal_on_each: Portal, done: list[Any]
) -> None:
    def renew(payload: dict[str, Any]) -> None:
        done.append(payload["number"])
        if payload["number"] == "1":
            enqueue("test.renew", "2", unique="draft")
            raise LookupError

    jobs.handles("test.renew", renew)
    with portal_on_each.inside():
        enqueue("test.renew", "1", unique="draft")
        with db.writing() as session:
            session.scalars(select(Job)).one().attempts = MOST_ATTEMPTS - 1
        portal_on_each.work()
        assert done == ["1", "2"]
        assert rows() == []


def test_dead_work_that_is_wanted_again_comes_to_life(
    portal_on_each: Portal, done: list[Any]
) -> None:
    with portal_on_each.inside():
        enqueue("test.note", "1", unique="draft")
        with db.writing() as session:
            row = session.scalars(select(Job)).one()
            row.state, row.attempts = WorkState.DEAD, MOST_ATTEMPTS
        portal_on_each.work()
        assert done == []
        enqueue("test.note", "2", unique="draft")
        portal_on_each.work()
    assert done == ["2"]


def test_leased_work_is_left_alone_until_the_lease_runs_out(
    portal_on_each: Portal, done: list[Any]
) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        enqueue("test.note")
        with db.writing() as session:
            session.scalars(select(Job)).one().leased_until = NOON + LEASE
        portal_on_each.work()
        assert done == []
        move(NOON + LEASE + timedelta(seconds=1))
        portal_on_each.work()
    assert done == ["1"]


def test_work_that_ends_every_worker_stops_in_the_end(portal: Portal, done: list[Any]) -> None:
    with portal.inside(), clock.standing_at(NOON) as move:
        enqueue("test.note")
        for turn in range(MOST_ATTEMPTS):
            assert len(jobs._take(Job)) == 1  # Taken by a worker that is never heard of again.
            move(NOON + (turn + 1) * 2 * LEASE)
        portal.work()
        (row,) = rows()
    assert (done, row.state) == ([], WorkState.DEAD)


def test_two_workers_do_each_row_once(portal_on_each: Portal, done: list[Any]) -> None:
    portal = portal_on_each
    with portal.inside():
        for number in range(120):
            enqueue("test.note", number)
    workers = [Worker(portal.app) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Worker.drain, workers))
    portal.work()
    assert sorted(done) == list(range(120))


def test_work_of_a_killed_process_is_taken_up_by_another(
    portal_on_each: Portal, done: list[Any], tmp_path: Path
) -> None:
    with portal_on_each.inside():
        enqueue("test.slow", "from the dead")
    kill_a_worker_at_work(portal_on_each, tmp_path)
    jobs.handles("test.slow", lambda payload: done.append(payload["number"]))
    with portal_on_each.inside(), clock.standing_at(clock.now()) as move:
        portal_on_each.work()
        assert done == [], "its lease still stands"
        move(clock.now() + LEASE + timedelta(seconds=1))
        portal_on_each.work()
        assert done == ["from the dead"]
        assert rows() == []


def kill_a_worker_at_work(portal: Portal, directory: Path) -> None:
    url = portal.app.extensions["settings"].database_url
    command = [sys.executable, "-m", "tests.kernel.worker", url, str(directory)]
    worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (directory / "taken").exists():
            assert worker.poll() is None, "the worker ended by itself"
            assert time.monotonic() < deadline, "the worker took nothing"
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)


def test_worker_in_the_background_wakes_when_work_is_queued(
    portal: Portal, done: list[Any]
) -> None:
    worker: Worker = portal.app.extensions["worker"]
    worker.start()
    try:
        with portal.inside():
            enqueue("test.note")
        deadline = time.monotonic() + START_SECONDS
        while not done and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.stop()
    assert done == ["1"]


def test_trouble_in_the_queue_does_not_end_the_worker(
    portal: Portal, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(portal.app)
    ticks = iter([LookupError("the database went away"), None])

    def tick() -> bool:
        trouble = next(ticks)
        if trouble:
            raise trouble
        worker._stopping.set()
        return True

    monkeypatch.setattr(worker, "tick", tick)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0.01)
    worker.run()
    assert next(ticks, "none left") == "none left"
