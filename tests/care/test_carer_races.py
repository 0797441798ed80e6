"""One carer's link used by many at once, and one address invited by many: on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

from sqlalchemy import func, select

from app.accounts.models import Person, SignIn
from app.care.models.invitations import Invitation
from app.care.models.proxies import Proxy
from app.care.operations import consents, proxies, welcoming
from app.care.queries import invitations as links
from app.care.queries.consents import gives
from app.care.rules import consents as purposes
from app.care.rules import proxies as rules
from app.care.rules.consents import Purpose
from app.care.rules.proxies import Ending
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal, Stale
from tests.accounts.test_races import at_once
from tests.care.helping import invite, wanted
from tests.care.inviting import PASSWORD, link
from tests.support.portal import Portal

# Longer than a step of the other transaction takes, and shorter than it waits for a row.
HELD_SECONDS = 1.0


def test_one_carers_link_finished_fifty_times_at_once_is_finished_once(
    portal_on_each: Portal,
) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    number, digits = invite(portal, clinic.patient)
    opened = link(portal, number)
    with portal.inside():
        one = links.welcome(None, opened)
        welcoming.prove(one, digits, "198.51.100.1")

    def finish(_turn: int) -> bool:
        with portal.inside():
            try:
                welcoming.finish(one, PASSWORD, "")
            except Stale:
                return False
            return True

    assert at_once(finish) == 1
    with portal.inside():
        person = db.session().get_one(Invitation, number).person_id
        sessions = select(func.count()).where(SignIn.person_id == person)
        assert db.session().scalar(sessions) == 1


def test_one_address_invited_by_many_patients_is_one_carer_of_all(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    patients = [portal.patient(clinic.clinician) for _ in range(6)]
    actors, asked = [portal.actor(one) for one in patients], wanted()

    def ask(turn: int) -> bool:
        if turn >= len(actors):
            return False
        with portal.inside():
            proxies.invite(actors[turn], asked)
        return True

    assert at_once(ask) == 6
    with portal.inside():
        carers = select(func.count()).where(Person.role == Role.CARER)
        assert db.session().scalar(carers) == 1
        assert db.session().scalar(select(func.count()).select_from(Proxy)) == 6


def test_ended_many_times_at_once_ends_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    carer = portal.person(Role.CARER)
    number = portal.let_act(carer, clinic.patient)

    def end(_turn: int) -> bool:
        with portal.inside():
            try:
                proxies.end(number, Ending.PATIENT)
            except Stale:
                return False
            return True

    assert at_once(end) == 1


def test_ten_people_invited_at_once_are_five(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    actor, asked = portal.actor(clinic.patient), [wanted() for _ in range(10)]

    def ask(turn: int) -> bool:
        if turn >= len(asked):
            return False
        with portal.inside():
            try:
                proxies.invite(actor, asked[turn])
            except Refusal:
                return False
            return True

    assert at_once(ask) == rules.MOST
    with portal.inside():
        assert db.session().scalar(select(func.count()).select_from(Proxy)) == rules.MOST


def test_consent_is_taken_back_while_one_carer_is_being_ended(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    patient_id, actor = clinic.patient.patient_id, portal.actor(clinic.patient)
    assert patient_id is not None
    first, *_others = [portal.let_act(portal.person(Role.CARER), clinic.patient) for _ in range(3)]
    version = purposes.current(Purpose.PROXY)

    def take_back() -> None:
        with portal.inside():
            consents.answer(actor, patient_id, Purpose.PROXY, agreed=False, version=version)

    with ThreadPoolExecutor(1) as pool:
        with portal.inside(), db.writing():
            proxies.end(first, Ending.PATIENT)
            taken = pool.submit(take_back)
            # On PostgreSQL it comes to the row of the first, which is held here.
            wait([taken], timeout=HELD_SECONDS)
        taken.result()
    with portal.inside():
        assert not gives(patient_id, Purpose.PROXY)
        rows = {one.id: one.ending for one in db.session().scalars(select(Proxy))}
        assert rows.pop(first) is Ending.PATIENT
        assert set(rows.values()) == {Ending.CONSENT}
