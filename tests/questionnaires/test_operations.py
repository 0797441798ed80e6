"""Saving and sending answers, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.clinical.guidelines import Profile, evaluate
from app.kernel import clock, db, news
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal, Stale
from app.questionnaires import operations, queries
from app.questionnaires.models import Response
from tests.questionnaires import life
from tests.support.portal import Clinic, Portal


@pytest.fixture
def clinic(portal_on_each: Portal) -> Clinic:
    """The same clinic, on each database in turn."""
    return portal_on_each.clinic()


def test_first_saves_of_many_windows_meet_in_one_draft(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.patient)

    def save(number: int) -> bool:
        given = {**life.PARTS["salt"], "salt-table": ("rarely", "most-days")[number % 2]}
        with portal.app.app_context():
            try:
                operations.save_part(actor, "salt", given, shown=set(given), saves=0)
            except Stale:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(16))) == 1
    with portal.inside():
        count = db.session().scalar(select(func.count()).select_from(Response))
    assert count == 1


def test_second_draft_is_refused_by_the_database_itself(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        given = life.PARTS["moving"]
        operations.save_part(actor, "moving", given, shown=set(given), saves=0)
        row = db.session().scalars(select(Response)).one()
        copy = {
            name: getattr(row, name)
            for name in ("patient_id", "questionnaire", "status", "parts", "zone")
        }
        with pytest.raises(IntegrityError), db.writing() as session:
            session.add(Response(**copy, started_at=clock.now(), saved_at=clock.now()))


def test_answers_are_sealed(clinic: Clinic) -> None:
    with clinic.portal.inside():
        life.complete(clinic.portal.actor(clinic.patient))
        row = db.session().execute(text("SELECT * FROM questionnaire_response")).one()
    assert "grandchildren" not in repr(tuple(row))
    assert "LA18978-9" not in repr(tuple(row))
    assert "in-progress" in repr(tuple(row)) or "completed" in repr(tuple(row))


def test_sending_tells_the_news_and_writes_it_down(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(
        news._listeners, "questionnaires.answered", [lambda **facts: heard.append(facts)]
    )
    with clinic.portal.inside():
        response_id = life.complete(clinic.portal.actor(clinic.patient))
        tags = db.session().scalars(
            select(AuditEvent.tag)
            .where(AuditEvent.tag.startswith("questionnaires."))
            .order_by(AuditEvent.at)
        )
        assert sorted(tags) == [
            "questionnaires.answered",
            *["questionnaires.part_saved"] * 5,
        ]
    assert heard == [{"patient_id": clinic.patient.patient_id, "response_id": response_id}]


def test_what_was_sent_never_changes(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    patient_id = clinic.patient.patient_id
    assert patient_id is not None
    with clinic.portal.inside():
        first = life.complete(actor)
        before = queries.answered(actor, first)
        with pytest.raises(Stale):
            operations.send(actor, 5)
        given = {**life.PARTS["about-you"], "height": "199"}
        shown = {"height", "sex-at-birth", "pregnant"}
        operations.save_part(actor, "about-you", given, shown=shown, saves=0)
        assert queries.answered(actor, first) == before
        newest = queries.latest(patient_id)
        assert newest is not None
        assert newest.id == first


def test_unfinished_draft_is_not_sent(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    given = life.PARTS["about-you"]
    with clinic.portal.inside():
        operations.save_part(actor, "about-you", given, shown={"height", "sex-at-birth"}, saves=0)
        with pytest.raises(Refusal) as refused:
            operations.send(actor, 1)
    assert refused.value.sentence == operations.STILL_OPEN


def test_wrong_answer_is_refused_by_the_operation_too(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    given = {**life.PARTS["moving"], "activity-days": "9"}
    with clinic.portal.inside(), pytest.raises(Refusal, match="activity-days"):
        operations.save_part(actor, "moving", given, shown=set(given), saves=0)


def test_answers_become_facts_that_lead_back_to_them(clinic: Clinic) -> None:
    patient_id = clinic.patient.patient_id
    assert patient_id is not None
    with clinic.portal.inside():
        assert queries.facts(patient_id) == []
        response_id = life.complete(clinic.portal.actor(clinic.patient))
        facts = queries.facts(patient_id)
    assert {fact.source_id for fact in facts} == {str(response_id)}
    assert {"height", "activity-days", "smoking-status", "salt-table"} <= {one.key for one in facts}
    assert "what-matters" not in {fact.key for fact in facts}
    said = {one.rule.id: one.status for one in evaluate(Profile(facts), clock.now().date())}
    assert (said["DM-07"], said["TOB-01"]) == ("undecided", "undecided")
