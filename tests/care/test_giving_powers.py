"""Powers are given with a fresh code, in full trust, to five at most; ending needs none of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.accounts.models import Person
from app.care import queries as care
from app.care.models.invitations import Invitation
from app.care.operations import invitations, proxies
from app.care.operations.proxies import Ending
from app.care.queries import proxies as seen
from app.care.queries import regaining
from app.care.queries.consents import gives
from app.care.rules.consents import Purpose
from app.care.rules.invitations import KEPT_FOR
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Power, Role
from app.kernel.models import Outbox
from app.kernel.refusal import Refusal
from app.messages import operations as messages
from tests.accounts import lost
from tests.care import inviting
from tests.care.helping import invite, said, wanted
from tests.support.portal import Clinic, Someone
from tests.support.returning import signed_in_again

GIVING = ("/carers/new", "/carers/{}/change")


def number_of(clinic: Clinic) -> str:
    """The clinic's carer, as the patient's pages number them."""
    assert clinic.carer
    with clinic.portal.inside():
        return str(seen.carers(clinic.portal.actor(clinic.patient))[0].id)


@pytest.mark.parametrize("page", GIVING)
def test_giving_powers_asks_for_a_fresh_factor_and_ending_does_not(
    clinic: Clinic, page: str
) -> None:
    number, ana = number_of(clinic), clinic.portal.visit(clinic.patient)
    with clock.standing_at(clock.now() + FRESH_FOR + timedelta(seconds=5)):
        asked = ana.get(page.format(number))
        assert "/confirm" in asked.headers["Location"]
        assert ana.get(f"/carers/{number}/end").status_code == 200


@pytest.mark.parametrize("page", GIVING)
def test_giving_powers_waits_in_the_limited_days_and_ending_does_not(
    clinic: Clinic, page: str
) -> None:
    number, portal = number_of(clinic), clinic.portal
    with portal.inside(), db.writing() as session:
        limited = update(Person).where(Person.id == clinic.patient.id)
        session.execute(limited.values(limited_until=clock.now() + timedelta(days=7)))
    ana = signed_in_again(portal, clinic.patient)
    assert ana.get(page.format(number)).status_code == 403
    ana.follow(ana.send(f"/carers/{number}/end"))
    assert "cannot act for you any more" in said(ana)


def test_patient_reads_about_it_and_takes_it_back_where_everything_is_agreed_to(
    clinic: Clinic,
) -> None:
    number_of(clinic)
    ana, patient_id = clinic.portal.visit(clinic.patient), clinic.patient.patient_id
    assert patient_id is not None
    ana.get("/record/consents")
    assert "Letting somebody act for you" in said(ana)
    page = "/record/consents/proxy"
    ana.get(page)
    assert "You choose who it is, what they may do, and until when." in said(ana)
    ana.follow(ana.post(page, {**ana.filled(page), "answer": "no"}))
    with clinic.portal.inside():
        assert not gives(patient_id, Purpose.PROXY)
        assert seen.carers(clinic.portal.actor(clinic.patient)) == []


@pytest.mark.parametrize(
    ("power", "told"), [(Power.MESSAGES, True), (Power.VISITS, False), (Power.RESULTS, False)]
)
def test_news_of_a_message_goes_only_to_a_carer_who_may_read_it(
    clinic: Clinic, power: Power, told: bool
) -> None:
    portal, patient_id = clinic.portal, clinic.patient.patient_id
    petra = portal.person(Role.CARER)
    assert patient_id is not None
    portal.let_act(petra, clinic.patient, power)
    with portal.inside():
        with db.writing(claims=False) as session:
            session.execute(delete(Outbox))
        messages.send(portal.actor(clinic.patient), patient_id, "Good morning")
        hints = [row.payload for row in db.session().scalars(select(Outbox))]
        assert any(clinic.patient.id.hex in str(one).replace("-", "") for one in hints)
        assert any(petra.id.hex in str(one).replace("-", "") for one in hints) is told
        assert petra.id not in care.everyone(patient_id)


def test_carer_who_never_came_but_whom_the_clinic_invited_too_stays(clinic: Clinic) -> None:
    portal, who = clinic.portal, wanted()
    invite(portal, clinic.patient, who)
    inviting.invited(portal, clinic.coordinator, email=who.email)
    with portal.inside():
        actor = portal.actor(clinic.patient)
        proxies.end(seen.carers(actor)[0].id, Ending.PATIENT)
        assert seen.carers(actor) == []
        people = db.session().scalars(select(Person).where(Person.role == Role.CARER)).all()
        assert [one.email for one in people] == [who.email]


def test_invited_carer_who_never_comes_is_erased_and_the_patient_is_not(clinic: Clinic) -> None:
    portal, patient = clinic.portal, clinic.patient
    number, _digits = invite(portal, patient)
    with portal.inside():
        person = db.session().get_one(Invitation, number).person_id
        with clock.standing_at(clock.now() + 2 * KEPT_FOR):
            assert invitations.sweep() == 1
        assert db.session().get(Person, person) is None
        assert seen.carers(portal.actor(patient)) == []
        assert db.session().get_one(Person, patient.id).active
    with portal.inside():
        assert patient.patient_id is not None
        assert patient.patient_id in care.by_ids({patient.patient_id})
        assert gives(patient.patient_id, Purpose.CARE)


def test_sixth_is_refused_while_five_are_there_and_welcome_once_one_is_ended(
    clinic: Clinic,
) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        for _ in range(5):
            proxies.invite(actor, wanted())
        with pytest.raises(Refusal):
            proxies.invite(actor, wanted())
        proxies.end(seen.carers(actor)[0].id, Ending.PATIENT)
        proxies.invite(actor, wanted())
        assert len(seen.carers(actor)) == 5


@pytest.mark.parametrize(("mine", "found"), [(True, True), (False, False)])
def test_coordinator_checks_a_carer_of_a_patient_whom_they_look_after(
    clinic: Clinic, mine: bool, found: bool
) -> None:
    portal = clinic.portal
    patient: Someone = clinic.patient if mine else portal.patient()
    petra = portal.person(Role.CARER)
    portal.let_act(petra, patient)
    lost.asked(portal, petra)
    with portal.inside():
        waiting = regaining.waiting(portal.actor(clinic.coordinator))
        assert (petra.id in {one.person_id for one in waiting}) is found
