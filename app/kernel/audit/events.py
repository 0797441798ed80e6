"""Audit events: typed facts written in the transaction of the change they describe."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import g, has_request_context

from app.kernel import actor as actors
from app.kernel import clock, db
from app.kernel.actor import Actor
from app.kernel.audit import texts, tree
from app.kernel.audit.keys import UNSEALED, keys, numbered
from app.kernel.models import AuditEvent

SYSTEM = "system"
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Tag:
    """A kind of event: its name, what it is about, and the details it must carry, no others.

    Details hold ids, codes and counts; clinical text and names never enter the log.
    """

    name: str
    entity: str
    detail: frozenset[str] = frozenset()


_tags: dict[str, Tag] = {}


def tag(name: str, entity: str, *detail: str) -> Tag:
    """Declare a kind of event; the same name twice is a mistake."""
    if name in _tags:
        raise ValueError(f"audit tag {name} is declared twice")
    _tags[name] = Tag(name, entity, frozenset(detail))
    return _tags[name]


def all_tags() -> dict[str, Tag]:
    """Every declared kind of event, by name."""
    return dict(_tags)


def record(
    kind: Tag,
    *,
    entity_id: UUID | None,
    patient_id: UUID | None = None,
    actor: Actor | None = None,
    **detail: str | int | bool | list[str] | None,
) -> None:
    """Write one event beside the change; raises outside a transaction or with wrong details."""
    if not db.in_transaction():
        raise RuntimeError(f"{kind.name}: an audit event needs the transaction of its change")
    found = event(kind, entity_id=entity_id, patient_id=patient_id, actor=actor, **detail)
    db.session().add(found)


def event(
    kind: Tag,
    *,
    entity_id: UUID | None,
    patient_id: UUID | None = None,
    actor: Actor | None = None,
    **detail: str | int | bool | list[str] | None,
) -> AuditEvent:
    """An event that is complete but not written; raises with wrong details."""
    if set(detail) != kind.detail:
        raise TypeError(f"{kind.name}: needs {sorted(kind.detail)}, was given {sorted(detail)}")
    who = actor or (actors.current() if has_request_context() else None)
    absent = NOBODY if has_request_context() else SYSTEM
    made = AuditEvent(
        at=clock.now(),
        tag=kind.name,
        actor_id=who.person_id if who else None,
        actor_role=who.role.value if who else absent,
        session_id=who.session_id if who else None,
        patient_id=patient_id,
        entity=kind.entity,
        entity_id=entity_id,
        detail=detail,
        request_id=g.get("request_id", ""),
    )
    made.mac = keys().mac(tree.leaf(numbered(UNSEALED, texts.text_of(made))))
    return made
