"""Audit events are typed, and stand or fall with the change they describe."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.accounts import operations as accounts
from app.kernel import audit, db
from app.kernel.models import AuditEvent
from tests.support.portal import Clinic, Portal

MOVED = audit.tag("test.moved", "thing", "from_code", "to_code")


def test_event_outside_a_transaction_is_refused(portal: Portal) -> None:
    with portal.inside(), pytest.raises(RuntimeError, match="transaction"):
        audit.record(MOVED, entity_id=uuid4(), from_code="a", to_code="b")


@pytest.mark.parametrize(
    "detail",
    [{}, {"from_code": "a"}, {"from_code": "a", "to_code": "b", "words": "too much"}, {"x": 1}],
    ids=str,
)
def test_event_with_other_details_than_declared_is_refused_with_its_change(
    portal: Portal, detail: dict[str, str]
) -> None:
    with portal.inside():
        with pytest.raises(TypeError, match=r"test\.moved"), db.writing():
            audit.record(MOVED, entity_id=uuid4(), **detail)
        assert db.session().scalars(select(AuditEvent)).all() == []


def test_tag_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        audit.tag("test.moved", "thing")


def test_event_of_a_job_or_command_names_the_system(portal: Portal) -> None:
    with portal.inside():
        with db.writing():
            audit.record(MOVED, entity_id=None, from_code="a", to_code="b")
        found = db.session().scalars(select(AuditEvent)).one()
    assert (found.actor_id, found.actor_role) == (None, "system")


def test_event_of_a_page_names_who_did_it_in_which_session_and_request(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    session_id = clinic.portal.actor(clinic.patient).session_id
    answer = visitor.send("/sign-out", page="/settings")
    with clinic.portal.inside():
        tag = accounts.SIGNED_OUT.name
        found = db.session().scalars(select(AuditEvent).where(AuditEvent.tag == tag)).one()
    assert found.actor_id == clinic.patient.id
    assert found.actor_role == "patient"
    assert found.session_id == session_id
    assert found.request_id == answer.headers["X-Request-Id"]


def test_event_of_a_stranger_names_nobody(portal: Portal) -> None:
    portal.visit().send("/sign-in", email="nobody@nearside.test", password="not the right one")
    with portal.inside():
        tag = accounts.SIGN_IN_FAILED.name
        found = db.session().scalars(select(AuditEvent).where(AuditEvent.tag == tag)).one()
    assert (found.actor_id, found.actor_role, found.detail) == (
        None,
        "nobody",
        {"step": "password"},
    )
