"""Consent per purpose: what counts, that nothing of it is lost, and who may say it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.care.models.consents import Consent
from app.care.operations import consents
from app.care.queries import consents as queries
from app.care.rules import consents as rules
from app.care.rules.consents import Answer, Decision, Edition, Purpose, Way
from app.kernel import clock, db
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal, Stale
from tests.care.consenting import gives, history, says
from tests.support.portal import Clinic, Portal

CROWD = 20
NOBODY = "Patients who agree to be counted for research: 0\n"
TEAM_LESS = (Purpose.PROXY, Purpose.RECORDING, Purpose.RESEARCH, Purpose.DRAFTING)


def editions(monkeypatch: pytest.MonkeyPatch, purpose: Purpose, *, material: bool) -> None:
    """Publish a second edition of a purpose's text."""
    second = Edition(2, date(2026, 12, 1), material=material)
    monkeypatch.setitem(rules.EDITIONS, purpose, (*rules.EDITIONS[purpose], second))


# ------------------------------------------------------------------ the rules


@given(st.lists(st.booleans(), max_size=12))
def test_after_any_answers_the_newest_one_holds(said: list[bool]) -> None:
    newest: Answer | None = None
    for agreed in said:
        found = rules.decision(newest, agreed=agreed, version=1)
        newest = Answer(found, 1) if found else newest
        assert rules.stands(Purpose.RESEARCH, newest) is agreed
    assert not said or newest is not None


@pytest.mark.parametrize(
    ("before", "agreed", "after"),
    [
        (None, True, Decision.GIVEN),
        (None, False, Decision.REFUSED),
        (Decision.GIVEN, True, None),
        (Decision.GIVEN, False, Decision.WITHDRAWN),
        (Decision.REFUSED, False, None),
        (Decision.REFUSED, True, Decision.GIVEN),
        (Decision.WITHDRAWN, False, None),
        (Decision.WITHDRAWN, True, Decision.GIVEN),
    ],
)
def test_what_an_answer_is_written_down_as(
    before: Decision | None, agreed: bool, after: Decision | None
) -> None:
    known = Answer(before, 1) if before else None
    assert rules.decision(known, agreed=agreed, version=1) is after


def test_a_new_text_is_asked_about_and_the_old_yes_counts_until_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editions(monkeypatch, Purpose.RECORDING, material=False)
    yes, no = Answer(Decision.GIVEN, 1), Answer(Decision.REFUSED, 1)
    assert rules.stands(Purpose.RECORDING, yes)
    assert rules.is_to_be_asked(Purpose.RECORDING, yes)
    assert not rules.is_to_be_asked(Purpose.RECORDING, no)
    assert rules.decision(yes, agreed=True, version=2) is Decision.GIVEN
    assert not rules.is_to_be_asked(Purpose.RECORDING, Answer(Decision.GIVEN, 2))


def test_a_material_text_ends_the_old_yes_and_not_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editions(monkeypatch, Purpose.DRAFTING, material=True)
    assert not rules.stands(Purpose.DRAFTING, Answer(Decision.GIVEN, 1))
    assert rules.is_to_be_asked(Purpose.DRAFTING, Answer(Decision.GIVEN, 1))
    assert rules.stands(Purpose.DRAFTING, Answer(Decision.GIVEN, 2))


def test_editions_count_upwards_and_nobody_loses_their_team_over_one() -> None:
    for purpose in Purpose:
        numbers = [one.number for one in rules.EDITIONS[purpose]]
        assert numbers == list(range(1, len(numbers) + 1))
    assert not any(one.material for one in rules.EDITIONS[Purpose.CARE])
    assert set(rules.FHIR_STATUS) == set(Decision)


# ------------------------------------------------------------------ what is written down


def test_a_patient_begins_with_care_and_nothing_else(portal_on_each: Portal) -> None:
    ana = portal_on_each.patient(agrees=())
    assert gives(portal_on_each, ana, Purpose.CARE)
    assert not any(gives(portal_on_each, ana, one) for one in TEAM_LESS)
    (first,) = history(portal_on_each, ana, Purpose.CARE)
    assert (first.way, first.version, first.by_name) == (Way.REGISTERED, 1, ana.name)
    with portal_on_each.inside():
        assert queries.to_be_asked(ana.patient_id) == [Purpose.DRAFTING]  # type: ignore[arg-type]  # a patient has one


def test_each_answer_is_kept_with_its_event(portal_on_each: Portal) -> None:
    portal, ana = portal_on_each, portal_on_each.patient(agrees=())
    said = [says(portal, ana, Purpose.RESEARCH, agreed) for agreed in (False, True, True, False)]
    assert said == [Decision.REFUSED, Decision.GIVEN, None, Decision.WITHDRAWN]
    kept = [one.decision for one in history(portal, ana, Purpose.RESEARCH)]
    assert kept == [Decision.WITHDRAWN, Decision.GIVEN, Decision.REFUSED]
    assert not gives(portal, ana, Purpose.RESEARCH)
    with portal.inside():
        asked = db.session().query(AuditEvent).filter_by(tag="care.consent_answered")
        told = [one for one in asked if one.detail["purpose"] == "research"]
        assert {one.detail["decision"] for one in told} == {"refused", "given", "withdrawn"}
        assert {(one.patient_id, one.actor_id) for one in told} == {(ana.patient_id, ana.id)}


@pytest.mark.parametrize("change", ["UPDATE consent SET decision = 'given'", "DELETE FROM consent"])
def test_no_answer_is_changed_or_taken_away_by_whoever_it_is(
    portal_on_each: Portal, change: str
) -> None:
    ana = portal_on_each.patient()
    with (
        portal_on_each.inside(),
        pytest.raises(IntegrityError, match="never changed"),
        db.writing() as session,
    ):
        session.execute(text(change))
    assert gives(portal_on_each, ana, Purpose.DRAFTING)


def test_of_twenty_answers_at_once_one_is_written_down(portal_on_each: Portal) -> None:
    portal, ana = portal_on_each, portal_on_each.patient(agrees=())
    actor = portal.actor(ana)
    assert ana.patient_id is not None
    patient_id = ana.patient_id

    def agree(_turn: int) -> Decision | None:
        with portal.inside():
            return consents.answer(actor, patient_id, Purpose.RESEARCH, agreed=True, version=1)

    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(agree, range(CROWD)))
    assert said.count(Decision.GIVEN) == 1
    assert said.count(None) == CROWD - 1
    assert len(history(portal, ana, Purpose.RESEARCH)) == 1


def test_whoever_relies_on_a_consent_and_whoever_takes_it_back_wait_for_each_other(
    portal_on_each: Portal,
) -> None:
    portal, ana = portal_on_each, portal_on_each.patient()
    assert ana.patient_id is not None
    order: list[str] = []
    relied = threading.Event()

    def rely() -> None:
        with portal.inside(), db.writing():
            assert ana.patient_id is not None
            assert consents.held(ana.patient_id, Purpose.DRAFTING)
            relied.set()
            # Whoever did not wait would be through long before.
            threading.Event().wait(0.5)
            order.append("stored")

    def withdraw() -> None:
        relied.wait(5)
        says(portal, ana, Purpose.DRAFTING, agreed=False)
        order.append("withdrawn")

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(rely), pool.submit(withdraw)]:
            one.result(20)
    assert order == ["stored", "withdrawn"]
    with portal.inside(), db.writing():
        assert not consents.held(ana.patient_id, Purpose.DRAFTING)


# ------------------------------------------------------------------ who may say it


@pytest.mark.parametrize("purpose", sorted(rules.NEVER_BY_PROXY))
def test_nobody_but_the_patient_decides_about_research_and_proxies(
    clinic: Clinic, purpose: Purpose
) -> None:
    with pytest.raises(Refusal):
        says(clinic.portal, clinic.patient, purpose, agreed=True, by=clinic.coordinator)
    assert history(clinic.portal, clinic.patient, purpose) == []
    with clinic.portal.inside(), pytest.raises(IntegrityError), db.writing() as session:
        session.add(
            Consent(
                patient_id=clinic.patient.patient_id,
                purpose=purpose,
                number=1,
                decision=Decision.GIVEN,
                version=1,
                way=Way.ASKED,
                at=clock.now(),
                by_id=clinic.coordinator.id,
                by_proxy=True,
            )
        )


def test_an_answer_to_a_text_that_is_no_longer_asked_about_is_refused(clinic: Clinic) -> None:
    actor, patient_id = clinic.portal.actor(clinic.patient), clinic.patient.patient_id
    assert patient_id is not None
    for version in (0, 2):
        with clinic.portal.inside(), pytest.raises(Stale):
            consents.answer(actor, patient_id, Purpose.RESEARCH, agreed=True, version=version)
    assert not gives(clinic.portal, clinic.patient, Purpose.RESEARCH)


def test_whoever_is_erased_agrees_to_nothing(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    says(portal, ana, Purpose.RESEARCH, agreed=True)
    run(portal, "care", "erase", ana.email, "--yes")
    assert not any(gives(portal, ana, one) for one in Purpose)
    assert history(portal, ana, Purpose.CARE)[0].way is Way.ERASED
    assert run(portal, "care", "research").output == NOBODY


# ------------------------------------------------------------------ research


def run(portal: Portal, *words: str) -> Result:
    return portal.app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)


def test_whoever_agrees_is_counted_under_a_made_up_name(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    assert run(portal, "care", "research").output == NOBODY
    says(portal, ana, Purpose.RESEARCH, agreed=True)
    first, second = (run(portal, "care", "research").output for _ in range(2))
    assert first == second
    (name, closing) = first.splitlines()
    assert closing == NOBODY.strip().replace("0", "1")
    assert len(name) == consents.PSEUDONYM
    assert name not in {str(ana.patient_id), ana.id.hex[:16], (ana.patient_id or uuid4()).hex[:16]}
    says(portal, ana, Purpose.RESEARCH, agreed=False)
    assert run(portal, "care", "research").output == NOBODY
    with portal.inside():
        counted = db.session().query(AuditEvent).filter_by(tag="care.research_counted").all()
        assert [one.detail["count"] for one in counted] == [0, 1, 1, 0]
