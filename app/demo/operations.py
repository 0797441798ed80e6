"""Filling an empty database with a small clinic, through the rooms' own operations."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pyotp

from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.accounts import rules as account_rules
from app.accounts.operations.officers import appoint
from app.appointments import operations as appointments
from app.appointments import queries as visits
from app.care import operations as care
from app.care import queries as care_queries
from app.care.operations import proxies
from app.care.rules import Sex
from app.care.rules.consents import Purpose
from app.clinical.measures import home as measures
from app.demo.rules import (
    CARER_DAYS,
    CARER_POWERS,
    CLOCKS,
    GENES,
    GENES_DAYS_AGO,
    LABORATORY,
    PASSWORD,
    PATIENT_BORN,
    PEOPLE,
    PRESSURES,
    WELCOME,
    DemoPerson,
)
from app.genes import operations as genes
from app.genes import rules as gene_rules
from app.genes.operations import Given
from app.kernel import clock
from app.kernel.actor import Actor, Role, Stage
from app.messages import operations as messages
from app.results import operations as results
from app.results.rules import Entry

HERE = "127.0.0.1"
FIVE = 5
VISIT_MINUTES = 30


def seed() -> None:
    """Make the five people, enrolled, put the staff on the patient's team, and let her son help."""
    ids = {person.role: _enrolled(person) for person in PEOPLE}
    appoint(ids[Role.ADMINISTRATOR])
    patient_id = care.register(
        ids[Role.PATIENT],
        birth_date=PATIENT_BORN,
        sex=Sex.FEMALE,
        agrees=(Purpose.DRAFTING,),
    )
    for role in (Role.CLINICIAN, Role.COORDINATOR):
        care.join_team(patient_id, ids[role])
    last_day = clock.now().date() + timedelta(days=CARER_DAYS)
    proxies.admit(_view(Role.PATIENT), ids[Role.CARER], CARER_POWERS, last_day)
    _measure(_view(Role.PATIENT))
    _look_at_genes(patient_id)
    messages.send(_view(Role.COORDINATOR), patient_id, WELCOME)


def _measure(patient: Actor) -> None:
    """Ten days of pressures, morning and evening, and a weight."""
    yesterday = clock.now() - timedelta(days=1)
    for back, readings in enumerate(reversed(PRESSURES)):
        day = (yesterday - timedelta(days=back)).date().isoformat()
        for at, (systolic, diastolic) in zip(CLOCKS, readings, strict=True):
            numbers = {"systolic": systolic, "diastolic": diastolic}
            pressure = Entry(measures.BLOOD_PRESSURE, numbers, "mm[Hg]", None, day, at)
            results.record(patient, pressure)
    day = (yesterday - timedelta(days=1)).date().isoformat()
    weight = Entry(measures.WEIGHT, {"value": "84.5"}, "kg", None, day, "08:00")
    results.record(patient, weight)


def _look_at_genes(patient_id: UUID) -> None:
    """A report of three genes, of two months ago."""
    source, calls = gene_rules.read_file(GENES.encode(), "report.tsv")
    day = (clock.now() - timedelta(days=GENES_DAYS_AGO)).date()
    genes.add(_view(Role.CLINICIAN), patient_id, Given(source, LABORATORY, day, calls))


def _view(role: Role) -> Actor:
    """The demo person with this role as an actor who needs no session: only for seeding."""
    person = next(one for one in PEOPLE if one.role is role)
    who = account_queries.by_email(person.email)
    if who is None:
        raise LookupError(f"{person.email} is not in this database")
    return Actor(who.id, uuid4(), role, who.name, who.zone, "en", Stage.FULL)


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
    token = accounts.confirm_enrolment(actor, pyotp.TOTP(secret).at(before), tells=False)
    accounts.codes_are_saved(actor)
    # Else the person would find a device in their list that nobody can name.
    accounts.sign_out(_in_session(token, Stage.FULL))
    return person_id


def actor_of(person: DemoPerson, stage: Stage = Stage.FULL) -> Actor:
    """The person as an actor, in a session that is opened for the seeding alone."""
    return _in_session(accounts.check_password(person.email, PASSWORD, HERE), stage)


def _in_session(token: str, stage: Stage) -> Actor:
    found = account_queries.session_of(token)
    if found is None:
        raise LookupError("the session of the demo person did not open")
    one, row = found
    return Actor(row.id, one.id, row.role, row.name, row.zone, row.language, stage)


def next_visit() -> UUID:
    """The demo patient's next visit."""
    mine = care_queries.own(_view(Role.PATIENT))
    if mine is None:
        raise LookupError("the demo patient is not registered")
    return visits.upcoming_of_patient(mine.id)[0].id


def book_a_visit() -> None:
    """See to it that there is a visit whose room is open, or will be before long."""
    patient, clinician = (_view(role) for role in (Role.PATIENT, Role.CLINICIAN))
    mine = care_queries.own(patient)
    if mine is None or visits.upcoming_of_patient(mine.id):
        return
    moment = clock.now().replace(second=0, microsecond=0)
    # The next full five minutes: the room opens ten minutes before.
    starts_at = moment + timedelta(minutes=FIVE - moment.minute % FIVE)
    appointments.book(
        patient_id=mine.id,
        clinician_id=clinician.person_id,
        starts_at=starts_at,
        minutes=VISIT_MINUTES,
    )


def full_session(email: str) -> str:
    """The token of a session with both factors given, for measuring the demo clinic."""
    person = next(one for one in PEOPLE if one.email == email)
    actor = actor_of(person, Stage.PASSWORD)
    factor = account_queries.authenticator_of(actor.person_id)
    if factor is None:
        raise LookupError("the demo person has no authenticator")
    return accounts.verify_second_factor(actor, pyotp.TOTP(factor.secret).at(clock.now()))
