"""Checkpoints: once an hour, a signed line outside the database says how far the record had come.

Whoever can write to the database cannot take back what such a line says, above all not cut off the
end of the record. A line is the statement as JSON, a tab, and its Ed25519 signature in hex.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.kernel import clock, db
from app.kernel.audit import keys as audit_keys
from app.kernel.audit import texts, tree
from app.kernel.audit.sealing import alone, seal_of
from app.kernel.models import AuditCheckpoint, AuditSeal

FILE = "audit-checkpoints.txt"
SPLIT = "\t"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: `said` is the JSON in `body`.

    It names the seals from `first_seal` to `last_seal` by the root of their tree, the last event,
    the hash of the last seal, and the hash of the statement before.
    """

    body: str
    signature: bytes

    @property
    def said(self) -> dict[str, Any]:
        """What it states."""
        stated: dict[str, Any] = json.loads(self.body)
        return stated

    @property
    def hash(self) -> str:
        """What the next one names as the one before; 64 hex digits."""
        return sha256(self.body.encode()).hexdigest()

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.body}{SPLIT}{self.signature.hex()}"


def path() -> Path:
    """The file outside the database."""
    instance: Path = current_app.extensions["settings"].instance
    return instance / FILE


def sign() -> Checkpoint | None:
    """State how far the record has come, if it has come further; then see to the file."""
    with db.writing(claims=False) as session:
        fresh = _next() if alone(session) else None
        if fresh is not None:
            said = fresh.said
            session.add(
                AuditCheckpoint(
                    number=said["number"],
                    last_seal=said["last_seal"],
                    body=fresh.body,
                    signature=fresh.signature,
                )
            )
    write_out(path())
    return fresh


def _next() -> Checkpoint | None:
    before = _newest()
    said = before.said if before else {"number": 0, "last_seal": 0}
    fresh = select(AuditSeal).where(AuditSeal.number > said["last_seal"])
    seals = [seal_of(row) for row in db.session().scalars(fresh.order_by(AuditSeal.number))]
    if not seals:
        return None
    mine = audit_keys.keys()
    body = json.dumps(
        {
            "log": "nearside-audit",
            "number": said["number"] + 1,
            "at": f"{clock.now():{texts.MOMENT}}",
            "first_seal": seals[0].number,
            "last_seal": seals[-1].number,
            "last_event": seals[-1].last,
            "root": tree.root([one.hash for one in seals]).hex(),
            "head": seals[-1].hash.hex(),
            "before": before.hash if before else sha256(b"").hexdigest(),
            "key": mine.signs_as,
        }
    )
    return Checkpoint(body, mine.sign(body.encode()))


def _newest() -> Checkpoint | None:
    newest = select(AuditCheckpoint).order_by(AuditCheckpoint.number.desc()).limit(1)
    row = db.session().scalar(newest)
    return Checkpoint(row.body, row.signature) if row else None


def stored(after: int = 0) -> list[Checkpoint]:
    """The database's own copies, in order, from the one after this number."""
    asked = select(AuditCheckpoint).where(AuditCheckpoint.number > after)
    rows = db.session().scalars(asked.order_by(AuditCheckpoint.number))
    return [Checkpoint(row.body, row.signature) for row in rows]


def covering(seal_number: int) -> Checkpoint | None:
    """The first checkpoint that speaks of this seal."""
    asked = select(AuditCheckpoint).where(AuditCheckpoint.last_seal >= seal_number)
    row = db.session().scalar(asked.order_by(AuditCheckpoint.number).limit(1))
    return Checkpoint(row.body, row.signature) if row else None


def write_out(file: Path) -> None:
    """Append what the file lacks, and have the disk keep it; nothing in it is ever changed."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a+", encoding="utf-8") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)  # Several processes may keep one file.
        lines.seek(0)
        written = [read_line(line) for line in lines if line.strip()]
        known = max((one.said["number"] for one in written), default=0)
        fresh = stored(after=known)
        if fresh:
            lines.write("".join(f"{one.line}\n" for one in fresh))
            lines.flush()
            os.fsync(lines.fileno())


def read(file: Path) -> list[Checkpoint]:
    """The lines of a file, in its order; raises ValueError for one that is none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [read_line(line) for line in lines if line.strip()]


def read_line(line: str) -> Checkpoint:
    """One line; raises ValueError when it is no checkpoint."""
    body, split, signature = line.strip().rpartition(SPLIT)
    one = Checkpoint(body, bytes.fromhex(signature))
    if not split or "last_seal" not in one.said:
        raise ValueError("not a checkpoint")
    return one
