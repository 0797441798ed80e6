"""`make bench-audit`: what the record of access costs its writers, and how fast it is verified."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import select

from app.kernel import audit, clock, db
from app.kernel.audit import sealing, verifying
from app.kernel.models import AuditEvent, Outbox
from app.kernel.settings import Environment
from benchmarks.figures import Figure, beside
from benchmarks.report import report
from tests.support.portal import Portal, Templates, migrate
from tests.support.postgres import Cluster

WRITERS = (1, 8, 32)
SECONDS = 2.0
ROUNDS = 3
ROWS = 100_000
AT_ONCE = 5000
VERIFY_AIM = 200_000  # rows per second
LATER = timedelta(days=1)
WROTE = audit.tag("bench.wrote", "outbox", "code")
REMARK = (
    "the writers on a PostgreSQL that does not wait for its disk (what the record adds is then"
    " seen in full), with the sealer at work beside them; the reading on SQLite."
)


def main() -> int:
    """Measure both; write the table to docs/benchmarks-audit.md."""
    return 1 if report("make bench-audit", "benchmarks-audit.md", REMARK, [measure()]) else 0


def measure() -> Iterator[Figure]:
    """Writes per second with and without the record, in turn; then rows verified per second."""
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as directory:
            portal = _portal(cluster.create(), Path(directory))
            for writers in WRITERS:
                yield _writing(portal, writers)
            portal.close()
    finally:
        cluster.stop()
    with tempfile.TemporaryDirectory() as directory:
        yield _verifying(Path(directory))


def _portal(url: str, directory: Path) -> Portal:
    migrate(url, directory)
    return Portal(url, directory, Environment.TEST, waits=True)


def _writing(portal: Portal, writers: int) -> Figure:
    ours, bare = [], []
    for _ in range(ROUNDS + 1):
        ours.append(_rate(portal, writers, _with_record))
        bare.append(_rate(portal, writers, _without_record))
    ratio = median(a / b for a, b in zip(ours[1:], bare[1:], strict=True))
    return Figure(
        f"{writers} writers, the same writes with no audit",
        "transactions/s",
        median(ours[1:]),
        median(bare[1:]),
        ratio,
    )


def _with_record() -> None:
    with db.writing() as session:
        row = _row()
        session.add(row)
        audit.record(WROTE, entity_id=row.id, patient_id=row.id, code="x")


def _without_record() -> None:
    with db.writing() as session:
        session.add(_row())


def _row() -> Outbox:
    moment = clock.now()
    return Outbox(kind="bench", payload={"n": 1}, run_at=moment + LATER, created_at=moment)


def _rate(portal: Portal, writers: int, write: Callable[[], None]) -> float:
    """Transactions per second of so many threads; the sealer works meanwhile."""
    counts, stop = [0] * writers, threading.Event()

    def work(number: int) -> None:
        while not stop.is_set():
            with portal.inside():
                write()
            counts[number] += 1

    def seal() -> None:
        while not stop.wait(1.0):
            with portal.inside():
                sealing.seal()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    threads.append(threading.Thread(target=seal))
    began = time.monotonic()
    for one in threads:
        one.start()
    time.sleep(SECONDS)
    stop.set()
    for one in threads:
        one.join()
    return sum(counts) / (time.monotonic() - began)


def _verifying(directory: Path) -> Figure:
    portal = Portal(
        Templates(directory).sqlite(directory / "x.db"), directory, Environment.TEST, waits=True
    )
    with portal.inside():
        _fill()
        sealing.seal()
        ours, rival = [], []
        for _ in range(ROUNDS + 1):
            ours.append(_timed(lambda: _whole(verifying.verify(None))))
            rival.append(_timed(_plain_chain))
    portal.close()
    name = "verify, a plain hash chain over the same rows as SQLAlchemy reads them"
    return beside(name, "rows/s", median(ours[1:]), median(rival[1:]), limit=VERIFY_AIM)


def _timed(read: Callable[[], object]) -> float:
    began = time.perf_counter()
    read()
    return ROWS / (time.perf_counter() - began)


def _whole(found: verifying.Findings) -> None:
    if found.problems or found.events != ROWS:
        raise RuntimeError(f"the record that was made is not whole: {found}")


def _plain_chain() -> str:
    """The usual recipe: each row as JSON, hashed with the hash of the row before."""
    head = ""
    asked = select(AuditEvent.__table__).order_by(AuditEvent.number)
    rows = db.session().connection().execution_options(yield_per=AT_ONCE).execute(asked)
    for row in rows:
        text = json.dumps([head, *row[:-2]], default=str, sort_keys=True)
        head = sha256(text.encode()).hexdigest()
    return head


def _fill() -> None:
    for _ in range(ROWS // AT_ONCE):
        audit.append(
            [
                audit.event(WROTE, entity_id=uuid4(), patient_id=uuid4(), code=f"c{number}")
                for number in range(AT_ONCE)
            ]
        )


if __name__ == "__main__":
    sys.exit(main())
