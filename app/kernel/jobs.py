"""The queue: outbox and job rows under leases, worked by a thread here or by a process apart.

A row is taken by writing a lease, worked outside any transaction, then deleted. A worker that dies
leaves a lease that runs out, and another takes the row: work happens at least once, so handlers
must bear to run twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import Delete, Update, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.kernel import clock, db
from app.kernel.models import Job, Leased, Outbox, WorkState

LEASE = timedelta(seconds=60)
BATCH = 20
IDLE_SECONDS = 1.0
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 20

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_periodic: list[tuple[timedelta, Callable[[], object]]] = []
log = structlog.get_logger("jobs")


def handles(kind: str, handler: Handler) -> None:
    """Have rows of this kind worked by `handler`."""
    _handlers[kind] = handler


def every(interval: timedelta, act: Callable[[], object]) -> None:
    """Have `act` run about once per interval while a worker lives."""
    if (interval, act) not in _periodic:
        _periodic.append((interval, act))


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
    unique: str | None = None,
) -> None:
    """Queue work in the open transaction; a waiting row with the same unique key is renewed."""
    moment = clock.now()
    row = Job(kind=kind, payload=payload, run_at=run_at or moment, created_at=moment)
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    values = {
        "id": row.id,
        "kind": kind,
        "payload": payload,
        "state": WorkState.WAITING,
        "attempts": 0,
        "run_at": row.run_at,
        "created_at": moment,
        "unique_key": unique,
    }
    # A dead row comes to life again; a row being worked keeps its lease, and runs once more.
    renewed = {name: values[name] for name in ("payload", "state", "attempts", "run_at")}
    renewed["created_at"] = moment
    statement = insert(Job).values(**values)
    db.session().execute(
        statement.on_conflict_do_update(index_elements=["unique_key"], set_=renewed)
    )
    db.after_commit(current_app.extensions["wake"])


class Worker:
    """Takes rows and works them; one thread in the web process, or a process of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._next_turns: dict[int, datetime] = {}

    def wake(self) -> None:
        """Look at the queue now rather than at the next tick."""
        self._wake.set()

    def start(self) -> None:
        """Work in a background thread until `stop`."""
        self._thread = threading.Thread(target=self.run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the row in hand and end."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Work until stopped; trouble is logged and never ends the worker."""
        while not self._stopping.is_set():
            try:
                busy = self.tick()
            except Exception:
                log.exception("worker_trouble")
                busy = False
            if not busy:
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()

    def tick(self) -> bool:
        """Work one batch of everything due; answers whether there was any."""
        with self.app.app_context():
            self._periodic()
        rows = []
        for table in (Outbox, Job):
            with self.app.app_context():
                rows += [(table, row) for row in _take(table)]
        for table, row in rows:
            with self.app.app_context():
                _work(table, row)
        return bool(rows)

    def drain(self) -> None:
        """Work until nothing is due: for tests and one-off commands."""
        while self.tick():
            pass

    def _periodic(self) -> None:
        moment = clock.now()
        for index, (interval, act) in enumerate(_periodic):
            if self._next_turns.get(index, moment) <= moment:
                self._next_turns[index] = moment + interval
                act()


def _take(table: type[Leased]) -> list[Leased]:
    """Lease a batch of due rows."""
    moment = clock.now()
    free = or_(table.leased_until.is_(None), table.leased_until < moment)
    due = (
        select(table)
        .where(table.state == WorkState.WAITING, table.run_at <= moment, free)
        .order_by(table.run_at, table.created_at)
        .limit(BATCH)
    )
    if not db.session().scalar(due.with_only_columns(table.id).limit(1)):
        return []  # Looking costs no writing transaction.
    with db.writing(claims=False) as session:
        rows = list(session.scalars(due.with_for_update(skip_locked=True)))
        for row in rows:
            if row.attempts >= MOST_ATTEMPTS:
                row.state = WorkState.DEAD  # It ended every worker that took it.
            row.leased_until = moment + LEASE
            row.attempts += 1
        return [row for row in rows if row.state is WorkState.WAITING]


def _work(table: type[Leased], row: Leased) -> None:
    """Run one row's handler, then delete the row or put it back for later."""
    try:
        _handlers[row.kind](row.payload)
    except Exception:
        log.exception("job_failed", kind=row.kind, job=str(row.id), attempts=row.attempts)
        _put_back(table, row)
        return
    with db.writing(claims=False) as session:
        _finish(session, table, row, delete(table))


def _put_back(table: type[Leased], row: Leased) -> None:
    wait = min(FIRST_RETRY * 2 ** min(row.attempts, 12), LONGEST_RETRY)
    dead = row.attempts >= MOST_ATTEMPTS
    later = update(table).values(
        leased_until=None,
        run_at=clock.now() + wait,
        state=WorkState.DEAD if dead else WorkState.WAITING,
    )
    with db.writing(claims=False) as session:
        _finish(session, table, row, later)


def _finish(session: Session, table: type[Leased], row: Leased, ending: Delete | Update) -> None:
    """End one turn; a row renewed meanwhile (newer created_at) must run once more as it is."""
    same = (table.id == row.id, table.created_at == row.created_at)
    done = session.execute(ending.where(*same))
    if db.rows_changed(done) == 0:
        session.execute(update(table).where(table.id == row.id).values(leased_until=None))


def install(app: Flask) -> None:
    """Give the application its worker; starting it is the server's decision."""
    worker = Worker(app)
    app.extensions["worker"] = worker
    app.extensions["wake"] = worker.wake
