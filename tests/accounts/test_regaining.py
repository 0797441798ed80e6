"""Whoever lost everything is let in again by two of the clinic, and by nobody's mailbox alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, func, select

from app.accounts.models import Person, Regaining
from app.accounts.operations import regaining
from app.accounts.queries import regaining as seen
from app.accounts.rules import Happening
from app.accounts.rules import regaining as rules
from app.accounts.rules.regaining import CheckedBy, RegainState
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from tests.accounts.lost import asked, cookie, linked, stop_link, tags, told, view
from tests.accounts.steps import half_way
from tests.doors.asking import contents
from tests.support.portal import Clinic, Portal, Someone

NEW = "marble otter eleven lanterns"
CROWD = 50


def state(portal: Portal, number: UUID) -> RegainState:
    with portal.inside():
        return db.session().get_one(Regaining, number).state


@contextmanager
def statements(portal: Portal) -> Iterator[list[str]]:
    """What the database is asked meanwhile, without the values."""
    found: list[str] = []

    def note(_c: Connection, _cursor: object, said: str, *_rest: object) -> None:
        found.append(said)

    engine = portal.app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_asking_says_and_does_the_same_for_people_and_for_nobody(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    pages, asked_for = [], []
    for email in ("warm-up@nearside.test", ana.email, "ghost@nearside.test"):
        visitor = portal.visit()
        visitor.get("/sign-in/lost")
        fields = {**visitor.filled("/sign-in/lost"), "email": email}
        with statements(portal) as found:
            answer = visitor.post("/sign-in/lost", fields)
        asked_for.append(found)
        pages.append(re.sub('nonce="[^"]+"', "", visitor.follow(answer).text))
    assert asked_for[1] == asked_for[2]
    assert pages[1] == pages[2]
    portal.work()
    assert told(portal, ana) == [Happening.REGAIN_ASKED]
    assert tags(portal) == ["regaining_asked"] * 3


def test_request_asked_for_twice_is_one(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana = portal.person(Role.PATIENT)
    for _ in range(2):
        portal.visit().send("/sign-in/lost", email=ana.email.upper())
    portal.work()
    with portal.inside():
        assert db.session().scalar(select(func.count()).select_from(Regaining)) == 1
    assert told(portal, ana) == [Happening.REGAIN_ASKED]


def test_fourth_request_in_a_week_waits(portal: Portal) -> None:
    visitor = portal.visit()
    answers = [visitor.send("/sign-in/lost", email="ana@nearside.test") for _ in range(4)]
    assert [one.status_code for one in answers] == [303] * 3 + [429]


def test_guest_and_closed_accounts_open_no_request(clinic: Clinic) -> None:
    portal, guest = clinic.portal, clinic.guest
    with portal.inside():
        email = db.session().get_one(Person, guest.id).email
    portal.visit().send("/sign-in/lost", email=email)
    portal.work()
    with portal.inside():
        assert seen.live_of(guest.id) is None


def test_letter_stops_it_by_its_button_and_signs_nobody_in(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    path = f"/regain/{stop_link(portal, ana)}/stop"
    number, visitor = asked(portal, ana), portal.visit()
    for _ in range(2):  # A program that looks at links in letters opens them and presses nothing.
        assert visitor.get(path).status_code == 200
    assert state(portal, number) is RegainState.OPEN
    assert visitor.send(path).status_code == 303
    assert state(portal, number) is RegainState.STOPPED
    assert cookie(visitor) is None
    assert visitor.get(path).status_code == 404
    assert told(portal, ana)[-1] is Happening.REGAIN_STOPPED
    assert tags(portal)[-1] == "regaining_stopped"
    assert half_way(portal, ana).send("/sign-in/code", code=portal.code(ana)).status_code == 303


def test_letter_of_one_request_opens_no_other(portal: Portal) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    token, other = stop_link(portal, ana), asked(portal, ben)
    visitor = portal.visit()
    assert visitor.get(f"/regain/{token}").status_code == 404
    assert visitor.get(f"/regain/{other}/stop").status_code == 404
    visitor.send(f"/regain/{token}/stop")
    assert state(portal, other) is RegainState.OPEN


def test_staff_see_nothing_for_three_days(clinic: Clinic) -> None:
    portal = clinic.portal
    early = rules.WAIT - timedelta(minutes=1)
    number = asked(portal, clinic.patient, ago=early)
    for someone in (clinic.administrator, clinic.coordinator):
        visitor = portal.visit(someone)
        assert "Nobody waits" in visitor.get("/regaining").text
        assert visitor.get(f"/regaining/{number}").status_code == 404
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        for someone in (clinic.administrator, clinic.coordinator):
            assert clinic.patient.name in portal.visit(someone).get("/regaining").text
            assert "has lost everything" in portal.visit(someone).get("/").text


def test_check_before_the_wait_is_over_is_refused_in_the_operation_too(clinic: Clinic) -> None:
    portal = clinic.portal
    number = asked(portal, clinic.patient)
    with portal.inside():
        found = view(number)
        with (
            clock.standing_at(clock.now() - timedelta(minutes=1)),
            pytest.raises(Refusal) as refused,
        ):
            regaining.confirm(portal.actor(clinic.administrator), found, CheckedBy.VOICE)
    assert "three days" in str(refused.value.sentence)


def test_coordinator_finds_their_own_patients_and_colleagues_alone(clinic: Clinic) -> None:
    portal, other = clinic.portal, clinic.portal.patient()
    colleague = portal.person(Role.CLINICIAN, "Dr Rui Pinto")
    numbers = {one: asked(portal, one) for one in (clinic.patient, other, colleague)}
    visitor = portal.visit(clinic.coordinator)
    page = visitor.get("/regaining").text
    assert clinic.patient.name in page
    assert colleague.name in page
    assert other.name not in page
    assert visitor.get(f"/regaining/{numbers[other]}").status_code == 404
    assert other.name in portal.visit(clinic.administrator).get("/regaining").text


def test_coordinator_who_is_shown_a_patient_there_is_written_down(clinic: Clinic) -> None:
    portal = clinic.portal
    number = asked(portal, clinic.patient)
    for path in ("/regaining", f"/regaining/{number}"):
        answer = portal.visit(clinic.coordinator).get(path)
        with portal.inside():
            where = AuditEvent.request_id == answer.headers["X-Request-Id"]
            (look,) = db.session().scalars(select(AuditEvent).where(where))
        assert (look.tag, look.patient_id) == ("record.seen", clinic.patient.patient_id)


def test_nobody_checks_themselves(clinic: Clinic) -> None:
    portal, admin = clinic.portal, clinic.administrator
    number = asked(portal, admin)
    assert portal.visit(admin).get(f"/regaining/{number}").status_code == 404
    with portal.inside(), pytest.raises(Refusal):
        regaining.confirm(portal.actor(admin), view(number), CheckedBy.VIDEO)


def test_one_member_of_staff_counts_once(clinic: Clinic) -> None:
    portal = clinic.portal
    number = asked(portal, clinic.patient)
    visitor, path = portal.visit(clinic.administrator), f"/regaining/{number}"
    assert visitor.send(path, way="video").status_code == 303
    page = visitor.get(path)
    assert "somebody else must do so as well" in page.text
    with portal.inside(), pytest.raises(Refusal):
        regaining.confirm(portal.actor(clinic.administrator), view(number), CheckedBy.VOICE)
    assert state(portal, number) is RegainState.OPEN


def confirm_at_once(portal: Portal, number: UUID, staff: list[Someone]) -> int:
    """How many of these who confirm at the same moment succeed."""
    actors = [portal.actor(one) for one in staff]
    with portal.inside():
        found = view(number)

    def confirm(turn: int) -> bool:
        with portal.inside():
            try:
                regaining.confirm(actors[turn], found, CheckedBy.IN_PERSON)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(confirm, range(len(actors))))


def test_one_who_confirms_many_times_at_once_is_one(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana, noor = portal.person(Role.PATIENT), portal.person(Role.ADMINISTRATOR)
    number = asked(portal, ana)
    assert confirm_at_once(portal, number, [noor] * 8) == 1
    assert state(portal, number) is RegainState.OPEN


def test_of_many_who_confirm_at_once_two_count_and_one_link_is_sent(
    portal_on_each: Portal,
) -> None:
    portal = portal_on_each
    ana, staff = portal.person(Role.PATIENT), [portal.person(Role.ADMINISTRATOR) for _ in range(6)]
    number = asked(portal, ana)
    assert confirm_at_once(portal, number, staff) == rules.CHECKS
    assert told(portal, ana).count(Happening.REGAIN_LINKED) == 1


def test_digits_are_shown_to_the_two_who_made_sure_and_to_nobody_else(clinic: Clinic) -> None:
    portal = clinic.portal
    _link, code = linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    path, shown = f"/regaining/{asked(portal, clinic.patient)}", f"{code[:4]} {code[4:]}"
    for someone in (clinic.administrator, clinic.coordinator):
        assert shown in portal.visit(someone).get(path).text
    other = portal.person(Role.ADMINISTRATOR)
    page = portal.visit(other).get(path).text
    assert shown not in page
    assert "Those who made sure can see the digits" in page


def test_sign_in_in_between_offers_to_stop_it(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    number = asked(portal, ana)
    visitor = half_way(portal, ana)
    answer = visitor.send("/sign-in/code", code=portal.code(ana))
    assert answer.headers["Location"] == "/account/regaining"
    page = visitor.follow(answer).text
    assert "Somebody asked to get into your account" in page
    assert "Somebody asked to get into your account" in visitor.get("/").text
    assert visitor.send("/account/regaining").headers["Location"] == "/"
    assert state(portal, number) is RegainState.STOPPED
    assert "Somebody asked to get into" not in visitor.get("/").text
    again = half_way(portal, ana)
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        assert again.send("/sign-in/code", code=portal.code(ana)).headers["Location"] == "/"


def test_password_alone_does_not_even_tell_of_it(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    asked(portal, ana)
    answer = half_way(portal, ana).get("/account/regaining")
    assert answer.headers["Location"].startswith("/sign-in/code")


def test_staff_stop_it_when_it_is_somebody_else(clinic: Clinic) -> None:
    portal, number = clinic.portal, asked(clinic.portal, clinic.patient)
    visitor, path = portal.visit(clinic.coordinator), f"/regaining/{number}"
    assert visitor.send(f"{path}/stop", page=path).status_code == 303
    assert state(portal, number) is RegainState.STOPPED
    assert told(portal, clinic.patient)[-1] is Happening.REGAIN_STOPPED


def test_request_that_nobody_finishes_lapses(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    number = asked(portal, ana, ago=rules.LAPSES_AFTER - timedelta(hours=1))
    with portal.inside():
        regaining.sweep()
        assert state(portal, number) is RegainState.OPEN
        with clock.standing_at(clock.now() + timedelta(hours=2)):
            regaining.sweep()
    assert state(portal, number) is RegainState.LAPSED
    assert tags(portal)[-1] == "regaining_lapsed"


def test_database_holds_nothing_that_would_stop_or_end_a_request(clinic: Clinic) -> None:
    portal = clinic.portal
    stop = stop_link(portal, clinic.patient)
    link, code = linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    whole = repr(contents(portal.app))
    for secret in (stop, link):
        assert str(secret) not in whole
        assert secret.hex not in whole
        assert repr(secret) not in whole
    assert code not in re.findall(r"\d+", whole)


def test_letters_hold_their_link_and_no_digits(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    link, code = linked(portal, ana, clinic.administrator, clinic.coordinator)
    portal.work()
    folder = portal.app.extensions["settings"].instance / "mail"
    sent = [one.read_text() for one in folder.iterdir()]
    with_links = [one for one in sent if "https://" in one]
    second = next(one for one in with_links if str(link) in one)
    assert ana.email in second
    assert all(code not in one for one in sent)
    assert all("/sign-in" not in one for one in with_links)
    # The first letter was overtaken before it left; each link leads to these pages alone.
    assert set(re.findall(r"nearside\.test(/[a-z]+)/", " ".join(with_links))) == {"/regain"}
