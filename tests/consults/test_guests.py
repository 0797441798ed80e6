"""Guests as the database keeps them: invited, approved, let in once, and out again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts
from app.appointments import operations as appointments
from app.consults import queries
from app.consults.models import ConsultGuest
from app.consults.operations import closing, guests
from app.consults.operations.present import Page
from app.consults.queries import guests as seen
from app.consults.rules.guests import GuestState, Worth
from app.kernel import clock, db
from app.kernel.refusal import Refusal, Stale, TooMany
from tests.consults.company import (
    ADDRESS,
    MARIA,
    TOMAS,
    let_in,
    opened,
    visit_of,
    with_nodes,
)
from tests.consults.test_operations import HERS, HIS
from tests.consults.three import GUESTS, Three
from tests.support.portal import Portal, Someone


def test_whom_the_patient_asks_for_comes_once_the_clinician_agrees(three_on_each: Three) -> None:
    three = three_on_each
    link = three.invite()
    assert three.worth(link) is Worth.WAITS
    with pytest.raises(Refusal):
        opened(three.portal, link)
    guests.answer(three.only(three.doctor), approved=True)
    assert three.worth(link) is Worth.OPEN
    guest = opened(three.portal, link)
    assert three.worth(link) is Worth.USED
    view = three.seen_by(three.portal.actor(guest))
    assert (view.seat, view.other_id) == (2, three.doctor.id)
    assert three.told("consult_guest") == [
        ("invited", {"seat": 2}),
        ("approved", {}),
        ("opened", {}),
    ]


def test_whom_the_clinician_invites_needs_nobodys_approval(three: Three) -> None:
    link = three.invite(three.doctor)
    assert three.worth(link) is Worth.OPEN


def test_who_is_refused_does_not_come(three: Three) -> None:
    link = three.invite()
    guests.answer(three.only(three.doctor), approved=False)
    assert three.worth(link) is Worth.REFUSED
    with pytest.raises(Refusal):
        opened(three.portal, link)
    with pytest.raises(Stale):
        guests.answer(three.only(three.doctor), approved=True)


def test_the_patient_does_not_approve_for_the_clinician(three: Three) -> None:
    three.invite()
    with pytest.raises(Stale):
        guests.answer(three.only(three.ana), approved=True)
    assert three.states() == ["asked"]


def test_one_of_fifty_who_open_a_link_at_once_is_let_in(portal_on_each: Portal) -> None:
    three = Three(portal_on_each)
    link = three.invite(three.doctor)
    with portal_on_each.inside():
        found = seen.invitation(None, link)
    assert found is not None

    def open_it(number: int) -> str | None:
        with portal_on_each.inside():
            try:
                return guests.open_link(found, f"198.51.100.{number}")
            except Refusal:
                return None

    with ThreadPoolExecutor(16) as pool:
        tokens = [one for one in pool.map(open_it, range(50)) if one]
    assert len(tokens) == 1
    with portal_on_each.inside():
        session = accounts.session_of(tokens[0])
        assert session is not None
        people = db.session().scalars(text("SELECT id FROM person WHERE role = 'guest'")).all()
        assert len(people) == 1
        row = db.session().scalars(select(ConsultGuest)).one()
        assert (row.state, row.person_id) == (GuestState.OPENED, session[1].id)


def test_at_most_two_are_invited_however_many_are_at_once(portal_on_each: Portal) -> None:
    three = Three(portal_on_each)

    def invite(number: int) -> bool:
        with portal_on_each.inside():
            by = three.ana if number % 2 else three.doctor
            one = visit_of(portal_on_each, by, three.appointment)
            try:
                guests.invite(one, portal_on_each.actor(by), f"Guest {number}")
            except Refusal:
                return False
            return True

    with with_nodes(portal_on_each), ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(invite, range(6))) == 2
    with portal_on_each.inside():
        seats = db.session().scalars(select(ConsultGuest.seat)).all()
        assert sorted(seats) == [2, 3]


def test_no_two_have_one_seat_whoever_writes(three_on_each: Three) -> None:
    three_on_each.invite()
    row = db.session().scalars(select(ConsultGuest)).one()
    same = {"appointment_id": row.appointment_id, "patient_id": row.patient_id, "seat": row.seat}
    with pytest.raises(IntegrityError), db.writing() as session:
        session.add(
            ConsultGuest(
                **same,
                name=TOMAS,
                invited_by=row.invited_by,
                token_hash="0" * 64,
                state=GuestState.ASKED,
                created_at=clock.now(),
                expires_at=clock.now(),
            )
        )


def test_a_seat_that_was_given_up_is_free_again(three: Three) -> None:
    three.invite()
    three.invite(name=TOMAS)
    first, _second = seen.guests(visit_of(three.portal, three.ana, three.appointment))
    with pytest.raises(Refusal):
        three.invite(name="Rui Dias")
    guests.remove(first)
    three.invite(name="Rui Dias")
    views = seen.present_guests(visit_of(three.portal, three.doctor, three.appointment))
    assert [(one.seat, one.name) for one in views] == [(2, "Rui Dias"), (3, TOMAS)]


def test_nothing_is_kept_that_opens_the_visit_or_names_the_guest(three: Three) -> None:
    link = three.invite(three.doctor)
    row = db.session().execute(text("SELECT * FROM consult_guest")).one()
    kept = " ".join(str(value) for value in row)
    assert link.hex not in kept.replace("-", "")
    assert MARIA not in kept
    assert seen.invitation(None, uuid4()) is None


def finds(three: Three, guest: Someone) -> str:
    """What the guest's browser shows where the visit was."""
    answer = three.portal.visit(guest).get(f"/visits/{three.appointment}/guest")
    assert answer.status_code == 410
    return answer.text


def test_who_is_removed_is_out_of_the_call_and_of_the_portal(three_on_each: Three) -> None:
    three = three_on_each
    three.connect()
    guest = let_in(three.portal, three.doctor, three.appointment)
    three.come(guest)
    assert GUESTS.sid in three.places()
    actor = three.portal.actor(guest)
    guests.remove(three.only(three.doctor))
    assert set(three.places()) == {HIS.sid, HERS.sid}
    assert "You are no longer in this visit" in finds(three, guest)
    assert accounts.ended_sessions([actor.session_id]) == {actor.session_id}
    assert queries.visit(actor, three.appointment) is None
    assert three.told("consult_guest")[-1] == ("removed", {})


def test_the_patient_removes_nobody_who_has_come(three: Three) -> None:
    let_in(three.portal, three.doctor, three.appointment)
    with pytest.raises(Stale):
        guests.remove(three.only(three.ana))
    assert three.states() == ["opened"]


def test_a_guest_sees_this_visit_and_no_other(three: Three) -> None:
    guest = three.portal.actor(let_in(three.portal, three.doctor, three.appointment))
    other = Three(three.portal)
    assert queries.visit(guest, three.appointment) is not None
    assert queries.visit(guest, other.appointment) is None
    one = three.only(three.doctor)
    assert seen.guest(guest, one.id) is None
    assert seen.guest(other.clinician, one.id) is None
    assert seen.guest_for_clinician(three.patient, one.id) is None


def test_finishing_the_visit_ends_the_time_of_its_guests(three_on_each: Three) -> None:
    three = three_on_each
    three.connect()
    guest = let_in(three.portal, three.doctor, three.appointment)
    three.come(guest)
    waiting = three.invite(name=TOMAS)
    closing.finish(three.seen_by(three.clinician))
    assert three.states() == ["expired", "expired"]
    assert three.worth(waiting) is Worth.OVER
    assert three.places() == {}
    assert "The visit is over" in finds(three, guest)
    with pytest.raises(Refusal):
        three.invite()


def test_a_room_that_closed_by_itself_lets_its_guests_go(three: Three) -> None:
    guest = let_in(three.portal, three.doctor, three.appointment)
    token = three.portal._tokens[guest.id]
    one = three.seen_by(three.patient)
    closes = one.appointment.starts_at + timedelta(minutes=one.appointment.minutes, hours=2)
    with clock.standing_at(closes - timedelta(seconds=1)) as move:
        guests.expire()
        assert three.states() == ["opened"]
        move(closes + timedelta(seconds=2))
        guests.expire()
    assert three.states() == ["expired"]
    assert accounts.session_of(token) is None
    assert three.told("consult_guest")[-1] == ("expired", {})


def test_a_visit_that_goes_on_keeps_its_guests(three: Three) -> None:
    three.connect()
    guest = let_in(three.portal, three.doctor, three.appointment)
    one = three.seen_by(three.patient)
    late = one.appointment.starts_at + timedelta(hours=4)
    with clock.standing_at(late):
        guests.expire()
        guests.expire()
    assert three.states() == ["opened"]
    assert accounts.session_of(three.portal._tokens[guest.id]) is not None


def test_a_visit_that_was_called_off_has_no_link(three: Three) -> None:
    link = three.invite(three.doctor)
    version = three.seen_by(three.clinician).appointment.version
    appointments.cancel(three.clinician, three.appointment, version=version)
    assert three.worth(link) is Worth.OVER


def test_two_guests_alone_are_a_call_too(three: Three) -> None:
    pages = [GUESTS, Page("sid-guest-2", "guest-page-2", True, True)]
    people = [
        let_in(three.portal, three.doctor, three.appointment, name) for name in (MARIA, TOMAS)
    ]
    for someone, page in zip(people, pages, strict=True):
        three.come(someone, page)
    for someone, page in zip(people, pages, strict=True):
        three.report(three.portal.actor(someone), page)
    (call,) = three.calls()
    assert call.state.value == "connected"
    assert three.seen_by(three.patient).state.value == "planned"


def test_that_a_guest_waits_calls_nobody_to_the_visit(three: Three) -> None:
    guest = let_in(three.portal, three.doctor, three.appointment)
    three.come(guest, joining=False)
    assert queries.waiting_for(three.patient) == []
    three.enter(three.patient, HERS, joining=False)
    assert [one.id for one in queries.waiting_for(three.clinician)] == [three.appointment]


def test_without_a_node_nobody_is_invited(three: Three) -> None:
    with pytest.raises(Refusal, match="refused"):
        guests.invite(three.seen_by(three.patient), three.patient, MARIA)
    assert three.states() == []


def test_one_person_does_not_invite_without_end(three: Three) -> None:
    for _ in range(10):
        guests.INVITATIONS.take(str(three.ana.id))
    with pytest.raises(TooMany):
        three.invite()
    three.invite(three.doctor)


def test_one_address_does_not_try_links_without_end(three: Three) -> None:
    link = three.invite(three.doctor)
    found = seen.invitation(None, link)
    assert found is not None
    for _ in range(20):
        guests.OPENINGS.take(ADDRESS)
    with pytest.raises(TooMany):
        guests.open_link(found, ADDRESS)
    assert guests.open_link(found, "198.51.100.8")
