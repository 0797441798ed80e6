"""Checkpoints from the database and from the file, put in order and compared."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection

from app.kernel.audit.checkpoints import Checkpoint
from app.kernel.audit.keys import AuditKeys


class Broken(Exception):
    """Something is not as it was written; the sentence names the first event of it."""


def inside(connection: Connection) -> list[Checkpoint]:
    """The database's own copies."""
    asked = "SELECT body, signature FROM audit_checkpoint ORDER BY number"
    rows = connection.exec_driver_sql(asked)
    return [Checkpoint(body, bytes(signature)) for body, signature in rows]


def differences(inside: list[Checkpoint], outside: list[Checkpoint] | None) -> list[str]:
    """What one of the two lacks; a file that is away altogether is said in one sentence."""
    if outside is None:
        gone = "The file of checkpoints is missing: nothing outside the database can be compared."
        return [gone] if inside else []
    mine = {one.said["number"] for one in inside}
    theirs = {one.said["number"] for one in outside}
    found = [f"Checkpoint {one} is missing from the file." for one in sorted(mine - theirs)]
    return found + [
        f"Checkpoint {one} is missing from the database." for one in sorted(theirs - mine)
    ]


def in_order(found: list[Checkpoint], keys: AuditKeys) -> list[Checkpoint]:
    """Each checkpoint once, by number; raises Broken for one that the portal did not sign."""
    known: dict[int, Checkpoint] = {}
    for one in found:
        said = one.said
        if not keys.signed(said["key"], one.body.encode(), one.signature):
            raise Broken(f"Checkpoint {said['number']}: its signature is not the portal's.")
        if known.setdefault(said["number"], one).body != one.body:
            raise Broken(f"Checkpoint {said['number']}: there are two that say different things.")
    ordered = [known[number] for number in sorted(known)]
    _check_chain(ordered)
    return ordered


def _check_chain(ordered: list[Checkpoint]) -> None:
    expected, before = 1, sha256(b"").hexdigest()
    for one in ordered:
        said = one.said
        if said["number"] != expected or said["before"] != before:
            raise Broken(f"Checkpoint {expected}: it is missing or follows another.")
        expected, before = said["number"] + 1, one.hash
