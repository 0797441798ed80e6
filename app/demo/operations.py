"""Filling an empty database with a small clinic, through the rooms' own operations."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pyotp

from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.accounts import rules as account_rules
from app.care import operations as care
from app.care.rules import Sex
from app.demo.rules import PASSWORD, PATIENT_BORN, PEOPLE, DemoPerson
from app.kernel import clock
from app.kernel.actor import Actor, Role, Stage

HERE = "127.0.0.1"


def seed() -> None:
    """Make the four people, enrolled, and put the staff on the patient's care team."""
    ids = {person.role: _enrolled(person) for person in PEOPLE}
    patient_id = care.register(ids[Role.PATIENT], birth_date=PATIENT_BORN, sex=Sex.FEMALE)
    for role in (Role.CLINICIAN, Role.COORDINATOR):
        care.join_team(patient_id, ids[role])


def _enrolled(person: DemoPerson) -> UUID:
    person_id = accounts.create_person(
        email=person.email,
        name=person.name,
        role=person.role,
        password=PASSWORD,
        zone=person.zone,
        title=person.title,
    )
    actor = actor_of(person, Stage.PASSWORD)
    secret = accounts.begin_enrolment(actor)
    # The code of the step before, so that the one on the screen has not been used up.
    before = clock.now() - timedelta(seconds=account_rules.CODE_STEP_SECONDS)
    accounts.confirm_enrolment(actor, pyotp.TOTP(secret).at(before))
    accounts.codes_are_saved(actor)
    return person_id


def actor_of(person: DemoPerson, stage: Stage = Stage.FULL) -> Actor:
    """The person as an actor, in a session that is opened for the seeding alone."""
    token = accounts.check_password(person.email, PASSWORD, HERE)
    found = account_queries.session_of(token)
    if found is None:
        raise LookupError("the session of the demo person did not open")
    one, row = found
    return Actor(row.id, one.id, row.role, row.name, row.zone, row.language, stage)


def book_a_visit() -> None:
    """See to it that there is a visit to join today."""


def full_session(email: str) -> str:
    """The token of a session with both factors given, for measuring the demo clinic."""
    person = next(one for one in PEOPLE if one.email == email)
    actor = actor_of(person, Stage.PASSWORD)
    factor = account_queries.authenticator_of(actor.person_id)
    if factor is None:
        raise LookupError("the demo person has no authenticator")
    return accounts.verify_second_factor(actor, pyotp.TOTP(factor.secret).at(clock.now()))
