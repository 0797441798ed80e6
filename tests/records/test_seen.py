"""Who has seen my record: in plain words, complete, and every line can be questioned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import clock
from app.kernel.actor import Role
from app.records import rules
from app.records.pages import words
from app.records.rules import Seen
from tests.consults.meeting import book
from tests.doors.walk import doors, events
from tests.records import readers
from tests.support.portal import Clinic, Portal, Visitor

LISBON = ZoneInfo("Europe/Lisbon")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DR, OTHER = uuid4(), uuid4()


def look(minutes: int, *kinds: str, person: object = DR, why: str = "care_team") -> Seen:
    return Seen(uuid4(), NOON + timedelta(minutes=minutes), person, kinds, why)  # type: ignore[arg-type]  # one of two ids


def text_of(visitor: Visitor, path: str = "/record/seen") -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert visitor.page is not None
    return " ".join("".join(visitor.page.itertext()).split())


# ------------------------------------------------------------------ the rules


def test_looks_that_lie_close_together_are_one_visit() -> None:
    some = [look(0, "patient"), look(5, "plan"), look(7, "plan", person=OTHER), look(20, "reading")]
    mine = next(one for one in rules.readers(some, LISBON) if one.person_id == DR)
    assert (mine.id, mine.first, mine.last) == (some[0].id, some[0].at, some[3].at)
    assert mine.kinds == {"patient", "plan", "reading"}
    assert len(rules.readers(some, LISBON)) == 2


def test_longer_pause_separates_visits_and_each_says_what_it_was_for() -> None:
    some = [look(0, "plan"), look(30, "message"), look(61, "reading"), look(120, "plan")]
    found = [(one.id, one.first, one.last, one.kinds) for one in rules.readers(some, LISBON)]
    assert found == [
        (some[3].id, some[3].at, some[3].at, {"plan"}),
        (some[2].id, some[2].at, some[2].at, {"reading"}),
        (some[0].id, some[0].at, some[1].at, {"plan", "message"}),
    ]


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from([DR, OTHER])), max_size=40))
def test_every_look_lies_in_exactly_one_visit(those: list[tuple[int, object]]) -> None:
    some = [look(minutes, "plan", person=person) for minutes, person in those]
    visits = rules.readers(some, LISBON)
    for one in some:
        holding = [
            each
            for each in visits
            if each.person_id == one.person_id and each.first <= one.at <= each.last
        ]
        assert len(holding) == 1


def test_days_are_those_of_the_reader_and_reasons_stand_apart() -> None:
    late = look(12 * 60 - 1, "plan")
    early = look(12 * 60 + 1, "plan")
    assert len(rules.readers([late, early], LISBON)) == 2
    assert len(rules.readers([late, early], ZoneInfo("Asia/Tokyo"))) == 1
    assert len(rules.readers([look(0, "plan"), look(1, "plan", why="other")], LISBON)) == 2


@pytest.mark.parametrize(
    ("kinds", "listed", "said"),
    [
        ({"plan"}, (), "your plan"),
        ({"plan", "list"}, {"list"}, "your plan"),
        ((), {"list"}, "your name in a list of patients"),
        ((), {"plan", "list"}, "a line about your plan in a list of things to do"),
        ({"plan"}, {"plan"}, "your plan"),
        (
            {"message"},
            {"plan"},
            "your messages; and a line about your plan in a list of things to do",
        ),
        ((), (), "your record"),
    ],
)
def test_words_tell_a_line_of_a_list_from_the_thing(
    portal: Portal, kinds: set[str], listed: set[str], said: str
) -> None:
    with portal.inside():
        assert words.what(kinds, listed) == said


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("", date(2026, 11, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("2099-01", date(2026, 11, 1)),
        ("0000-00", date(2026, 11, 1)),
        ("2026-\N{FULLWIDTH DIGIT ONE}0", date(2026, 11, 1)),
    ],
)
def test_month_of_an_address(text: str, month: date) -> None:
    assert rules.month_of(text, date(2026, 11, 23)) == month


def test_months_follow_each_other_over_the_year() -> None:
    assert rules.after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert rules.before(date(2027, 1, 1)) == date(2026, 12, 1)


def test_every_kind_that_a_door_loads_has_words() -> None:
    loaded = {name for one in doors() for name in one.access.loads}
    loaded |= {name for one in events() for name in one.access.loads}
    # What belongs to an account says nothing of anybody's health.
    of_account = {"account", "session", "passkey", "change", "link", "stop"}
    assert loaded - of_account <= set(words.KINDS)


# ------------------------------------------------------------------ the page


def test_patient_reads_who_looked_when_at_what_and_why(clinic: Clinic) -> None:
    clinic.portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    shown = text_of(clinic.portal.visit(clinic.patient))
    assert clinic.clinician.name in shown
    assert "Clinician" in shown
    assert "your overview" in shown
    assert "They belong to your care team." in shown
    assert "All times are Lisbon time" in shown


def test_line_in_a_list_of_tasks_is_not_called_a_look_at_the_thing(clinic: Clinic) -> None:
    book(clinic.portal, clinic.patient, clinic.clinician)
    doctor = clinic.portal.visit(clinic.clinician)
    doctor.get("/")
    listed = "a line about your visits in a list of things to do"
    assert listed in text_of(clinic.portal.visit(clinic.patient))
    doctor.get("/visits")
    shown = text_of(clinic.portal.visit(clinic.patient))
    assert listed not in shown
    assert "your visits" in shown
    assert shown.count("Ask about this") == 1


def test_own_looks_are_folded_into_one_line(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.send("/messages", body="Good morning")
    visitor.get("/messages")
    shown = text_of(visitor)
    assert "Nobody but you has opened your record in this month." in shown
    assert "You looked at it yourself on 1 day of this month." in shown
    assert "Ask about this" not in shown


def test_patient_reads_nothing_of_another_patient(clinic: Clinic) -> None:
    other = clinic.portal.patient(clinic.clinician, clinic.coordinator)
    clinic.portal.visit(clinic.clinician).get(f"/patients/{other.patient_id}")
    assert clinic.clinician.name not in text_of(clinic.portal.visit(clinic.patient))


def test_older_months_are_a_page_away(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    clinic.portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    earlier = clock.now().astimezone(LISBON).date().replace(day=1) - timedelta(days=1)
    before = text_of(visitor, f"/record/seen?month={earlier:%Y-%m}")
    assert "Nobody but you has opened your record in this month." in before
    assert "Newer" in before
    assert "Older" not in before


# ------------------------------------------------------------------ questions


def ask(clinic: Clinic, said: str) -> Visitor:
    """The patient questions the clinician's look."""
    clinic.portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get("/record/seen")
    assert visitor.page is not None
    (path,) = [
        one.get("href", "") for one in visitor.page.iter("a") if one.get("href", "").endswith("ask")
    ]
    answer = visitor.send(path, words=said)
    assert answer.status_code == 303
    return visitor


def test_question_becomes_a_task_and_its_answer_stands_beside_the_line(clinic: Clinic) -> None:
    patient = ask(clinic, "Why on a Sunday?")
    assert "Your question is with the privacy officer." in text_of(patient)
    officer = clinic.portal.visit(clinic.administrator)
    assert "1 question about privacy" in text_of(officer, "/")
    assert clinic.patient.name in text_of(officer, "/privacy")
    assert officer.page is not None
    (path,) = [
        one.get("href", "")
        for one in officer.page.iter("a")
        if one.get("href", "").startswith("/privacy/")
    ]
    assert "Why on a Sunday?" in text_of(officer, path)
    assert officer.send(path, answer="She was on duty.").status_code == 303
    assert "No questions" in text_of(officer, "/privacy")
    shown = text_of(patient)
    assert "Answer of the privacy officer: She was on duty." in shown
    # Only the officer's own look, which answering took, is left to ask about.
    assert shown.count("Ask about this") == 1
    assert "They answer questions about privacy." in shown


def test_line_is_questioned_once(clinic: Clinic) -> None:
    patient = ask(clinic, "")
    with clinic.portal.inside():
        look_id = readers.latest(clinic.patient.patient_id, clinic.clinician.id)  # type: ignore[arg-type]  # a patient has one
    answer = patient.send(f"/record/seen/{look_id}/ask", words="Again?")
    assert answer.status_code == 422
    assert "You have asked about this already." in answer.text


def test_own_look_cannot_be_questioned(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.send("/messages", body="Good morning")
    visitor.get("/messages")
    with clinic.portal.inside():
        look_id = readers.latest(clinic.patient.patient_id, clinic.patient.id)  # type: ignore[arg-type]  # a patient has one
    assert visitor.get(f"/record/seen/{look_id}/ask").status_code == 404


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR])
def test_staff_of_the_care_team_do_not_read_the_questions(clinic: Clinic, role: Role) -> None:
    ask(clinic, "Why?")
    assert clinic.portal.visit(getattr(clinic, role.value)).get("/privacy").status_code == 404
