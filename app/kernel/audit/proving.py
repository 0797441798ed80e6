"""Proofs: that one event is in the record as it stands, for whoever has a signed checkpoint.

A proof needs no key of the portal's: the event's bytes lead by one path to the root of their batch,
the batch by another to the root of a checkpoint, and the checkpoint is signed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.kernel import db
from app.kernel.audit import checkpoints, texts, tree
from app.kernel.audit import keys as audit_keys
from app.kernel.audit.keys import numbered
from app.kernel.audit.sealing import Seal, seal_of
from app.kernel.models import AuditEvent, AuditSeal


class NoProof(Exception):
    """There is nothing to prove yet; the sentence says why."""


def prove(event_id: UUID) -> dict[str, Any]:
    """Everything that an independent check needs, ready to be written as JSON.

    Raises NoProof for an event that is unknown, not sealed, or not yet under a checkpoint.
    """
    number = db.session().scalar(select(AuditEvent.number).where(AuditEvent.id == event_id))
    if number is None:
        raise NoProof("There is no such event, or it is not sealed yet: that takes about a second.")
    found = select(AuditSeal).where(AuditSeal.last >= number).order_by(AuditSeal.number).limit(1)
    seal = seal_of(db.session().scalars(found).one())
    checkpoint = checkpoints.covering(seal.number)
    if checkpoint is None:
        raise NoProof("No checkpoint covers it yet. Run: flask --app wsgi audit checkpoint")
    return {
        **_in_batch(seal, number),
        **_in_checkpoint(seal, checkpoint.said),
        "checkpoint": checkpoint.body,
        "signature": checkpoint.signature.hex(),
    }


def _in_batch(seal: Seal, number: int) -> dict[str, Any]:
    which = f"WHERE number BETWEEN {seal.first} AND {seal.last} ORDER BY number"
    asked = texts.select_sql("number", which, sqlite=db.database().sqlite)
    rows = db.session().connection().exec_driver_sql(asked)
    bodies = {row[0]: row[1] for row in rows}
    leaves = [tree.leaf(numbered(one, body)) for one, body in bodies.items()]
    return {
        "event": bodies[number].decode(),
        "number": number,
        "path": [one.hex() for one in tree.path(leaves, number - seal.first)],
    }


def _in_checkpoint(seal: Seal, said: dict[str, Any]) -> dict[str, Any]:
    between = AuditSeal.number.between(said["first_seal"], said["last_seal"])
    rows = db.session().scalars(select(AuditSeal).where(between).order_by(AuditSeal.number))
    leaves = [seal_of(row).hash for row in rows]
    place = seal.number - said["first_seal"]
    return {
        "seal": seal.text,
        "seal_path": [one.hex() for one in tree.path(leaves, place)],
    }


def public_key() -> str:
    """What checks the portal's checkpoints now: an Ed25519 public key, 64 hex digits."""
    mine = audit_keys.keys()
    public = mine.public(mine.signs_as)
    if public is None:
        raise LookupError("the key in use is always there")
    return public.public_bytes_raw().hex()
