"""Booking, moving and ending visits, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.appointments import operations, queries
from app.appointments.models import Appointment
from app.appointments.operations import WORDS
from app.appointments.rules import AppointmentState, Problem
from app.care.operations import teams
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal, Stale
from tests.care import circle
from tests.support.portal import Clinic, Portal, Someone

SOON = timedelta(days=3)


def at(hours: float = 0.0) -> datetime:
    """A whole minute three days ahead, and some hours."""
    return (clock.now() + SOON + timedelta(hours=hours)).replace(second=0, microsecond=0)


def book(patient: Someone, clinician: Someone, starts_at: datetime, minutes: int = 30) -> UUID:
    assert patient.patient_id is not None
    return operations.book(
        patient_id=patient.patient_id,
        clinician_id=clinician.id,
        starts_at=starts_at,
        minutes=minutes,
    )


def at_once(portal: Portal, acts: list[Callable[[], object]]) -> list[object]:
    """Run all acts in parallel; a refusal is an answer too."""

    def run(act: Callable[[], object]) -> object:
        with portal.inside():
            try:
                return act()
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_booked_visit_is_seen_by_its_people_and_the_coordinator_alone(clinic: Clinic) -> None:
    portal = clinic.portal
    colleague = portal.person(Role.CLINICIAN)
    stranger = portal.patient(clinic.clinician)
    with portal.inside():
        one = book(clinic.patient, clinic.clinician, at())
        sees = {
            who.name: queries.appointment(portal.actor(who), one) is not None
            for who in (
                clinic.patient,
                clinic.clinician,
                clinic.coordinator,
                clinic.administrator,
                colleague,
                stranger,
            )
        }
        joins = [
            who
            for who in (clinic.patient, clinic.clinician, clinic.coordinator)
            if queries.joinable(portal.actor(who), one)
        ]
    assert list(sees.values()) == [True, True, True, False, False, False]
    assert joins == [clinic.patient, clinic.clinician]


def test_eight_bookings_of_one_clinician_at_one_time_win_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    doctor = portal.person(Role.CLINICIAN)
    patients = [portal.patient(doctor) for _ in range(8)]
    start = at()
    # Half ask for the very same start, half for one that only overlaps it.
    acts = [
        lambda one=one, shift=shift: book(one, doctor, start + timedelta(minutes=shift))
        for one, shift in zip(patients, [0, 10] * 4, strict=True)
    ]
    answers = at_once(portal, acts)
    won = [one for one in answers if isinstance(one, UUID)]
    refused = [one.sentence for one in answers if isinstance(one, Refusal)]
    assert len(won) == 1
    assert refused == [WORDS[Problem.TAKEN]] * 7
    with portal.inside():
        assert [one.id for one in queries.visits(portal.actor(doctor))] == won


def test_patient_cannot_be_in_two_visits_at_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    doctors = [portal.person(Role.CLINICIAN) for _ in range(4)]
    patient = portal.patient(*doctors)
    start = at()
    answers = at_once(portal, [lambda one=one: book(patient, one, start) for one in doctors])
    assert sum(isinstance(one, UUID) for one in answers) == 1
    refused = [one.sentence for one in answers if isinstance(one, Refusal)]
    assert refused == [WORDS[Problem.PATIENT_BUSY]] * 3


def test_visits_may_touch_and_a_cancelled_time_is_free_again(portal_on_each: Portal) -> None:
    portal = portal_on_each
    doctor = portal.person(Role.CLINICIAN)
    patient = portal.patient(doctor)
    with portal.inside():
        first = book(patient, doctor, at())
        book(patient, doctor, at(0.5))
        with pytest.raises(Refusal):
            book(patient, doctor, at())
        operations.cancel(portal.actor(patient), first, version=1)
        assert book(patient, doctor, at()) != first


def test_moving_keeps_its_own_old_time_out_of_the_way(portal_on_each: Portal) -> None:
    portal = portal_on_each
    doctor = portal.person(Role.CLINICIAN)
    patient = portal.patient(doctor)
    with portal.inside():
        one = book(patient, doctor, at())
        actor = portal.actor(doctor)
        operations.move(actor, one, starts_at=at(0.25), minutes=45, version=1)
        found = queries.appointment(actor, one)
    assert found is not None
    assert (found.starts_at, found.minutes, found.version) == (at(0.25), 45, 2)


def test_stale_move_and_stale_cancel_change_nothing(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, at())
        operations.move(actor, one, starts_at=at(1), minutes=30, version=1)
        with pytest.raises(Stale):
            operations.move(actor, one, starts_at=at(2), minutes=30, version=1)
        with pytest.raises(Stale):
            operations.cancel(actor, one, version=1)
        found = queries.appointment(actor, one)
    assert found is not None
    assert (found.starts_at, found.state) == (at(1), AppointmentState.BOOKED)


def test_two_people_moving_at_once_move_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    doctor = portal.person(Role.CLINICIAN)
    patient = portal.patient(doctor)
    actor = portal.actor(doctor)
    with portal.inside():
        one = book(patient, doctor, at())
    targets = [at(hours) for hours in (1, 2, 3, 4)]
    answers = at_once(
        portal,
        [
            lambda to=to: operations.move(actor, one, starts_at=to, minutes=30, version=1)
            for to in targets
        ],
    )
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, Stale) for answer in answers) == 3


def test_patient_may_cancel_but_not_move(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, at())
        with pytest.raises(Refusal) as refused:
            operations.move(actor, one, starts_at=at(1), minutes=30, version=1)
        operations.cancel(actor, one, version=1)
    assert refused.value.sentence == WORDS[Problem.NOT_YOURS]


def test_fulfilled_twice_is_fulfilled_once_and_then_over(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, at())
        operations.fulfil(one)
        operations.fulfil(one)
        found = queries.appointment(actor, one)
        assert found is not None
        assert (found.state, found.version) == (AppointmentState.FULFILLED, 2)
        with pytest.raises(Refusal):
            operations.cancel(actor, one, version=2)


def test_cancelled_visit_cannot_be_fulfilled_or_joined(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, at())
        operations.cancel(actor, one, version=1)
        with pytest.raises(Refusal):
            operations.fulfil(one)
        assert queries.joinable(actor, one) is None
        assert queries.upcoming(actor) == []


def test_missed_only_after_it_has_begun(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.coordinator)
    start = at()
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, start)
        with pytest.raises(Refusal):
            operations.miss(actor, one, version=1)
        with clock.standing_at(start + timedelta(minutes=20)):
            operations.miss(actor, one, version=1)
            found = queries.appointment(actor, one)
    assert found is not None
    assert found.state is AppointmentState.NOSHOW


def test_only_a_clinician_of_the_team_can_be_booked(clinic: Clinic) -> None:
    portal = clinic.portal
    colleague = portal.person(Role.CLINICIAN)
    with portal.inside():
        for other in (colleague, clinic.coordinator, clinic.patient):
            with pytest.raises(Refusal, match="clinician"):
                book(clinic.patient, other, at())


@pytest.mark.parametrize(
    ("shift", "minutes"),
    [
        (-SOON, 30),
        (-SOON - timedelta(days=400), 30),
        (timedelta(days=400), 30),
        (SOON, 4),
        (SOON, 241),
    ],
)
def test_impossible_times_are_refused(clinic: Clinic, shift: timedelta, minutes: int) -> None:
    with clinic.portal.inside():
        with pytest.raises(Refusal):
            book(clinic.patient, clinic.clinician, at() + shift, minutes)
        assert queries.visits(clinic.portal.actor(clinic.patient)) == []


def test_visit_drops_from_upcoming_two_hours_after_its_end(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    start = at()
    with clinic.portal.inside():
        one = book(clinic.patient, clinic.clinician, start)
        for minutes, there in ((-1, True), (149, True), (151, False)):
            with clock.standing_at(start + timedelta(minutes=minutes)):
                found = [each.id for each in queries.upcoming(actor)]
                assert found == ([one] if there else [])


def test_visit_booked_while_its_clinician_leaves_is_refused_and_never_half(
    portal_on_each: Portal,
) -> None:
    """Whoever books has to wait for whoever leaves, and then finds them gone."""
    portal = portal_on_each
    clinic = portal.clinic()
    circle.colleague(clinic, Role.CLINICIAN)
    place = circle.place_of(clinic, clinic.clinician)
    answers: list[object] = []

    def try_to_book() -> None:
        with portal.inside():
            try:
                answers.append(book(clinic.patient, clinic.clinician, at()))
            except Refusal as refusal:
                answers.append(refusal.sentence)

    with portal.inside():
        actor = portal.actor(clinic.clinician)
        with db.writing():
            teams.remove(actor, place)
            booking = threading.Thread(target=try_to_book)
            booking.start()
            booking.join(timeout=0.5)
            assert booking.is_alive(), "they take turns"
    booking.join(timeout=20)
    assert answers == [operations.NOT_OF_TEAM]
    with portal.inside():
        assert db.session().scalars(select(Appointment)).all() == []


def test_visit_is_not_moved_to_somebody_who_left(clinic: Clinic) -> None:
    portal = clinic.portal
    circle.colleague(clinic, Role.CLINICIAN)
    with portal.inside():
        number = book(clinic.patient, clinic.clinician, at(), 20)
    place = circle.place_of(clinic, clinic.clinician)
    # Its time has passed, so that nothing is ahead, and nobody said what became of it.
    with clock.standing_at(at(3)), portal.inside():
        teams.remove(portal.actor(clinic.clinician), place)
        marta = portal.actor(clinic.coordinator)
        with pytest.raises(Refusal) as refused:
            operations.move(marta, number, starts_at=at(), minutes=20, version=1)
    assert refused.value.sentence == operations.LEFT_TEAM
