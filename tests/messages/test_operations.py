"""Sending, numbering and reading, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.kernel import clock, db
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.messages import operations, queries, rules
from tests.support.portal import Clinic, Portal, Someone

EACH = 5


class Interrupted(Exception):
    """Something goes wrong after the message was written."""


def patient_of(clinic: Clinic) -> UUID:
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


def test_eight_senders_at_once_leave_no_gap_and_no_number_twice(portal_on_each: Portal) -> None:
    portal = portal_on_each
    team = [portal.person(Role.COORDINATOR) for _ in range(7)]
    patient = portal.patient(*team)
    patient_id = patient.patient_id
    assert patient_id is not None
    actors = [portal.actor(one) for one in (patient, *team)]

    def write(place: int) -> list[int]:
        with portal.inside():
            return [
                operations.send(actors[place], patient_id, f"{place} says {count}")
                for count in range(EACH)
            ]

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(write, range(8)))
    with portal.inside():
        kept = queries.since(actors[0], patient_id, 0).messages
    numbers = list(range(1, 8 * EACH + 1))
    assert sorted(number for mine in answered for number in mine) == numbers
    assert [one.id for one in kept] == numbers
    # Each sender's own messages stand in the order in which they were sent.
    for place in range(8):
        mine = [one.text for one in kept if one.text.startswith(f"{place} says")]
        assert mine == [f"{place} says {count}" for count in range(EACH)]


def test_reader_with_a_cursor_misses_nothing_while_others_write(portal_on_each: Portal) -> None:
    portal = portal_on_each
    team = [portal.person(Role.COORDINATOR) for _ in range(3)]
    patient = portal.patient(*team)
    patient_id = patient.patient_id
    assert patient_id is not None
    writers, reader = [portal.actor(one) for one in team], portal.actor(patient)

    def write(place: int) -> None:
        with portal.inside():
            for count in range(10):
                operations.send(writers[place], patient_id, f"{count}")

    seen: list[int] = []
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(write, place) for place in range(3)]
        while not all(one.done() for one in waiting) or len(seen) < 30:
            with portal.inside():
                news = queries.since(reader, patient_id, seen[-1] if seen else 0)
            seen += [one.id for one in news.messages]
            assert all(one.exception() is None for one in waiting if one.done())
    assert seen == list(range(1, 31))


def send_and_fail(actor: Actor, patient_id: UUID) -> None:
    with db.writing():
        operations.send(actor, patient_id, "lost with its transaction")
        raise Interrupted


def test_failed_send_leaves_no_gap(clinic: Clinic) -> None:
    actor, patient_id = clinic.portal.actor(clinic.patient), patient_of(clinic)
    with clinic.portal.inside():
        operations.send(actor, patient_id, "first")
        with pytest.raises(Interrupted):
            send_and_fail(actor, patient_id)
        assert operations.send(actor, patient_id, "second") == 2


@pytest.mark.parametrize("body", ["", "   \n\t ", "x" * (rules.LONGEST_CHARACTERS + 1)])
def test_nothing_and_too_much_are_refused(clinic: Clinic, body: str) -> None:
    actor, patient_id = clinic.portal.actor(clinic.patient), patient_of(clinic)
    with clinic.portal.inside():
        with pytest.raises(Refusal, match="body"):
            operations.send(actor, patient_id, body)
        assert queries.latest(actor, patient_id).messages == []


def test_longest_message_in_the_widest_letters_fits(portal_on_each: Portal) -> None:
    portal = portal_on_each
    patient = portal.patient(portal.person(Role.CLINICIAN))
    assert patient.patient_id is not None
    body = "🩺" * rules.LONGEST_CHARACTERS
    with portal.inside():
        operations.send(portal.actor(patient), patient.patient_id, body)
        (kept,) = queries.latest(portal.actor(patient), patient.patient_id).messages
    assert kept.text == body


def test_stranger_cannot_write_into_a_conversation(clinic: Clinic) -> None:
    portal, patient_id = clinic.portal, patient_of(clinic)
    strangers = [
        portal.person(Role.CLINICIAN),
        portal.person(Role.COORDINATOR),
        portal.patient(clinic.clinician),
        clinic.administrator,
    ]
    with portal.inside():
        for one in strangers:
            with pytest.raises(Refusal):
                operations.send(portal.actor(one), patient_id, "let me in")
        assert queries.latest(portal.actor(clinic.patient), patient_id).messages == []


def test_stored_words_cannot_be_read_in_the_database(clinic: Clinic) -> None:
    actor, patient_id = clinic.portal.actor(clinic.patient), patient_of(clinic)
    with clinic.portal.inside():
        operations.send(actor, patient_id, "chest feels tight")
        rows = db.session().execute(text("SELECT * FROM message")).all()
        told = db.session().execute(text("SELECT payload FROM outbox")).all()
        noted = db.session().execute(text("SELECT detail FROM audit_event")).all()
    for row in (*rows, *told, *noted):
        assert "chest" not in repr(tuple(row))


def test_unread_counts_what_others_wrote_until_it_is_read(clinic: Clinic) -> None:
    portal, patient_id = clinic.portal, patient_of(clinic)
    ana, marta, imre = (
        portal.actor(one) for one in (clinic.patient, clinic.coordinator, clinic.clinician)
    )
    with portal.inside():
        operations.send(ana, patient_id, "one")
        operations.send(ana, patient_id, "two")
        assert [queries.unread(one) for one in (ana, marta, imre)] == [0, 2, 2]
        operations.mark_read(marta, patient_id, 1)
        operations.mark_read(marta, patient_id, 2)
        operations.mark_read(marta, patient_id, 1)
        assert [queries.unread(one) for one in (ana, marta, imre)] == [0, 0, 2]
        assert queries.latest(ana, patient_id).seen_up_to == 2
        operations.send(marta, patient_id, "three")
        assert [queries.unread(one) for one in (ana, marta, imre)] == [1, 0, 3]
        # A colleague's eyes are not the patient's.
        operations.mark_read(imre, patient_id, 3)
        assert queries.latest(marta, patient_id).seen_up_to == 0
        operations.mark_read(ana, patient_id, 3)
        assert queries.latest(marta, patient_id).seen_up_to == 3


def test_marks_made_at_once_keep_the_furthest(portal_on_each: Portal) -> None:
    portal = portal_on_each
    nurse = portal.person(Role.COORDINATOR)
    patient = portal.patient(nurse)
    patient_id = patient.patient_id
    assert patient_id is not None
    writer, reader = portal.actor(patient), portal.actor(nurse)
    with portal.inside():
        for count in range(8):
            operations.send(writer, patient_id, f"{count}")

    def read(number: int) -> None:
        with portal.inside():
            operations.mark_read(reader, patient_id, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, [8, 3, 5, 1, 7, 2, 6, 4]))
    with portal.inside():
        assert queries.unread(reader) == 0


def test_inbox_puts_the_longest_waiting_first_and_silence_last(portal_on_each: Portal) -> None:
    portal = portal_on_each
    nurse = portal.person(Role.COORDINATOR)
    read, early, late, answered, silent = (
        portal.patient(nurse, name=name) for name in ("Read", "Early", "Late", "Done", "Silent")
    )
    start, reader = clock.now(), portal.actor(nurse)

    def write(one: Someone, minutes: int, author: Someone | None = None) -> None:
        assert one.patient_id is not None
        actor = portal.actor(author or one)
        with portal.inside(), clock.standing_at(start + timedelta(minutes=minutes)):
            operations.send(actor, one.patient_id, "hello")

    for minutes, one in ((0, read), (1, early), (2, late), (3, answered), (60, early)):
        write(one, minutes)
    write(answered, 61, author=nurse)
    with portal.inside():
        assert read.patient_id is not None
        operations.mark_read(reader, read.patient_id, 1)
        found = queries.inbox(reader)
    assert [one.patient.id for one in found] == [
        one.patient_id for one in (read, early, late, answered, silent)
    ]
    assert [one.unread for one in found] == [0, 2, 1, 1, 0]
    first, second, third = (start + timedelta(minutes=at) for at in (0, 1, 2))
    assert [one.waiting_since for one in found] == [first, second, third, None, None]


def test_waiting_begins_with_the_first_message_after_the_answer(clinic: Clinic) -> None:
    ana, marta = (clinic.portal.actor(one) for one in (clinic.patient, clinic.coordinator))
    patient_id, start = patient_of(clinic), clock.now()
    for minutes, author in enumerate((ana, marta, ana, ana)):
        with clinic.portal.inside(), clock.standing_at(start + timedelta(minutes=minutes)):
            operations.send(author, patient_id, "hello")
    with clinic.portal.inside():
        (doctors,) = queries.inbox(clinic.portal.actor(clinic.clinician))
    assert doctors.waiting_since == start + timedelta(minutes=2)


def test_long_conversation_comes_in_pages_both_ways(portal: Portal) -> None:
    patient = portal.patient(portal.person(Role.CLINICIAN))
    patient_id = patient.patient_id
    assert patient_id is not None
    actor = portal.actor(patient)
    size = rules.PAGE_MESSAGES
    with portal.inside():
        with db.writing():
            for count in range(size + 5):
                operations.send(actor, patient_id, f"{count}")
        newest = queries.latest(actor, patient_id)
        oldest = queries.latest(actor, patient_id, before=newest.messages[0].id)
        ahead = queries.since(actor, patient_id, 0)
        rest = queries.since(actor, patient_id, ahead.last)
    assert [one.id for one in oldest.messages + newest.messages] == list(range(1, size + 6))
    assert (newest.older, newest.newer, oldest.older, oldest.newer) == (True, False, False, True)
    assert [one.id for one in ahead.messages + rest.messages] == list(range(1, size + 6))
    assert (ahead.newer, rest.newer) == (True, False)
