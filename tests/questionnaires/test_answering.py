"""A patient answers the lifestyle questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from app.questionnaires import queries
from tests.questionnaires import life
from tests.support.inspection import words
from tests.support.portal import Clinic, Someone, Visitor
from tests.support.returning import end_session, signed_in_again

ABOUT = life.path("about-you")
MOVING = life.path("moving")
REVIEW = "/questions/review"


@pytest.fixture
def ana(clinic: Clinic) -> Visitor:
    """The patient's browser."""
    return clinic.portal.visit(clinic.patient)


def saves(clinic: Clinic, part: str) -> int:
    """How often a part was saved."""
    patient_id = clinic.patient.patient_id
    assert patient_id is not None
    with clinic.portal.inside():
        return queries.standing(patient_id).draft.part(part).saves


def answer_everything(ana: Visitor) -> None:
    for part in life.PARTS:
        life.answer(ana, part)


def test_patient_answers_part_by_part_looks_over_it_and_sends(clinic: Clinic, ana: Visitor) -> None:
    assert "Begin" in ana.get("/").text
    answer_everything(ana)
    page = ana.get(REVIEW)
    for said in ("170 cm", "25 minutes a day", "7.5 hours", "No, I never have", "Not answered"):
        assert said in page.text
    assert "To walk<br>with my grandchildren." in page.text
    sent = ana.send(REVIEW)
    assert sent.headers["Location"] == "/questions"
    assert "with your care team" in ana.follow(sent).text
    assert "Your answers are with your care team." in ana.get("/").text


def test_each_part_says_how_far_it_is(ana: Visitor) -> None:
    for number, part in enumerate(life.PARTS, 1):
        page = ana.get(life.path(part)).text
        assert f"Part {number} of 5" in page


def test_stopping_in_the_middle_loses_nothing(ana: Visitor) -> None:
    life.answer(ana, "about-you")
    today = ana.get("/").text
    assert "1 of 5 parts answered" in today
    assert f'href="{MOVING}"' in today
    ana.get(ABOUT)
    assert ana.filled(ABOUT)["q-height"] == "170"


def test_question_that_an_answer_brings_up_is_asked_before_going_on(ana: Visitor) -> None:
    first = ana.get(MOVING)
    assert "hidden" in first.text.partition('data-question="activity-minutes"')[2][:200]
    sent = ana.send(MOVING, **{"q-activity-days": "3"})
    assert sent.headers["Location"] == MOVING
    page = ana.follow(sent)
    assert "brings one more question" in page.text
    assert "activity-minutes" in ana.filled(MOVING)["shown"].split()
    assert ana.filled(MOVING)["q-activity-days"] == "3"
    still = ana.send(MOVING)
    assert "<title>Error: Moving" in still.text
    done = ana.send(MOVING, **{"q-activity-minutes": "25"})
    assert done.headers["Location"] == life.path("tobacco-alcohol")


def test_answer_that_no_longer_applies_is_dropped(clinic: Clinic, ana: Visitor) -> None:
    life.answer(ana, "moving")
    life.answer(ana, "moving", activity_days="0")
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        answers = queries.standing(clinic.patient.patient_id).draft.answers
    assert "activity-minutes" not in answers


@pytest.mark.parametrize(
    ("part", "field", "typed", "sentence"),
    [
        ("about-you", "height", "", "Please answer this question."),
        ("about-you", "height", "tall", "is not a number we can read"),
        ("about-you", "height", "300", "between 100 and 250 cm"),
        ("about-you", "height", "1.70", "You wrote 1.7 cm. Did you mean 170 cm?"),
        ("about-you", "height", "170.55", "no more than one digit after the point"),
        ("about-you", "height", "tall" * 200, "is not a number we can read"),
        ("about-you", "height", "\N{FULLWIDTH DIGIT ONE}70", "Please use the digits 0 to 9."),
        ("about-you", "height", "1e2", "without the letter E"),
        ("about-you", "height", "170<script>", "is not a number we can read"),
        ("about-you", "height-unit", "parsec", "Please choose the unit."),
        ("about-you", "sex-at-birth", "yes", "Please choose one of the answers."),
        ("moving", "activity-days", "8", "between 0 and 7"),
        ("moving", "activity-days", "-1", "between 0 and 7"),
        ("moving", "activity-days", "2.5", "whole number"),
        ("moving", "activity-minutes", "601", "between 1 and 600"),
        ("wellbeing", "sleep-hours", "25", "between 0 and 24"),
        ("wellbeing", "what-matters", "x" * 2001, "no more than 2000 characters"),
    ],
)
def test_nonsense_is_answered_beside_the_field_and_nothing_is_lost(
    clinic: Clinic, ana: Visitor, part: str, field: str, typed: str, sentence: str
) -> None:
    path = life.path(part)
    ana.get(path)
    shown = " ".join(life.shown_by(part, life.PARTS[part]))
    fields = {**ana.filled(path), **life.fields(part), f"q-{field}": typed, "shown": shown}
    answer = ana.post(path, fields)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert ana.page is not None
    assert sentence in words(ana.page)
    assert saves(clinic, part) == 0
    kept = ana.filled(path)
    # A browser cannot send an option that the list does not hold.
    if field not in {"height-unit", "sex-at-birth"}:
        assert kept[f"q-{field}"] == typed


def test_double_click_saves_once(clinic: Clinic, ana: Visitor) -> None:
    ana.get(ABOUT)
    fields = {
        **ana.filled(ABOUT),
        **life.fields("about-you"),
        "shown": "height sex-at-birth pregnant",
    }
    first, second = ana.post(ABOUT, fields), ana.post(ABOUT, fields)
    assert first.headers["Location"] == second.headers["Location"] == MOVING
    assert saves(clinic, "about-you") == 1


def test_words_outlive_the_session(clinic: Clinic, ana: Visitor) -> None:
    path = life.path("wellbeing")
    ana.get(path)
    fields = {**ana.filled(path), "q-what-matters": "To sleep through.", "q-sleep-hours": "6"}
    end_session(clinic.portal, clinic.patient)
    refused = ana.post(path, fields)
    assert refused.headers["Location"].startswith("/sign-in")
    again = signed_in_again(clinic.portal, clinic.patient)
    assert "We kept what you typed" in again.get(path).text
    kept = again.filled(path)
    assert kept["q-what-matters"] == "To sleep through."
    assert again.post(path, kept).status_code == 303
    assert saves(clinic, "wellbeing") == 1


def test_page_with_a_stale_token_keeps_the_answers(clinic: Clinic, ana: Visitor) -> None:
    ana.get(ABOUT)
    fields = {**ana.filled(ABOUT), **life.fields("about-you"), "csrf_token": "from yesterday"}
    answer = ana.post(ABOUT, fields)
    assert answer.status_code == 400
    ana.get(ABOUT)
    assert ana.filled(ABOUT)["q-height"] == "170"
    assert saves(clinic, "about-you") == 0


def test_later_window_sees_both_versions_and_keeps_its_own_words(
    clinic: Clinic, ana: Visitor
) -> None:
    other = clinic.portal.visit(clinic.patient)
    ana.get(ABOUT)
    other.get(ABOUT)
    shown = "height sex-at-birth pregnant"
    ana.post(ABOUT, {**ana.filled(ABOUT), **life.fields("about-you"), "shown": shown})
    mine = {**other.filled(ABOUT), **life.fields("about-you", height="180"), "shown": shown}
    page = other.post(ABOUT, mine)
    assert page.status_code == 409
    assert "170 cm" in page.text
    assert "saved in another window" in page.text
    assert other.filled(ABOUT)["q-height"] == "180"
    assert other.post(ABOUT, other.filled(ABOUT)).status_code == 303
    other.get(ABOUT)
    assert other.filled(ABOUT)["q-height"] == "180"


def test_windows_on_different_parts_do_not_disturb_each_other(clinic: Clinic, ana: Visitor) -> None:
    other = clinic.portal.visit(clinic.patient)
    other.get(life.path("salt"))
    life.answer(ana, "about-you")
    sent = other.post(life.path("salt"), {**other.filled(life.path("salt")), **life.fields("salt")})
    assert sent.headers["Location"] == life.path("wellbeing")


def test_open_questions_cannot_be_sent(ana: Visitor) -> None:
    assert ana.get(REVIEW).headers["Location"] == "/questions"
    life.answer(ana, "about-you")
    page = ana.get(REVIEW)
    assert "Some questions are still open" in page.text
    assert "Send to my care team" not in page.text
    fields = ana.filled("/sign-out")
    assert "still open" in ana.post(REVIEW, {**fields, "version": "1"}).text


def test_questions_that_answers_bring_up_are_counted(ana: Visitor) -> None:
    path = life.path("tobacco-alcohol")
    given = life.fields("tobacco-alcohol", alcohol_frequency="LA18926-8")
    page = ana.follow(ana.send(path, **given))
    assert "Your answers bring 2 more questions." in page.text


def test_window_that_sends_again_is_told_where_the_answers_are(
    clinic: Clinic, ana: Visitor
) -> None:
    answer_everything(ana)
    ana.get(REVIEW)
    fields = {**ana.filled(REVIEW)}
    other = clinic.portal.visit(clinic.patient)
    assert other.send(REVIEW).status_code == 303
    stale = ana.post(REVIEW, fields)
    page = ana.follow(stale).text
    assert "You have sent these answers already." in page
    assert "Look at what you sent" in page
    life.answer(other, "about-you", height="171")
    again = ana.post(REVIEW, {**ana.filled("/sign-out"), "version": fields["version"]})
    assert again.headers["Location"] == "/questions"


def test_changed_answers_are_looked_over_again_before_they_are_sent(
    clinic: Clinic, ana: Visitor
) -> None:
    answer_everything(ana)
    ana.get(REVIEW)
    fields = ana.filled(REVIEW)
    life.answer(clinic.portal.visit(clinic.patient), "about-you", height="180")
    page = ana.post(REVIEW, fields)
    assert "Please look again" in page.text
    assert "180 cm" in page.text


def test_answering_again_begins_with_the_last_answers(clinic: Clinic, ana: Visitor) -> None:
    with clinic.portal.inside():
        first = life.complete(clinic.portal.actor(clinic.patient))
    assert "Answer again" in ana.get("/questions").text
    ana.get(ABOUT)
    assert ana.filled(ABOUT)["q-height"] == "170"
    life.answer(ana, "about-you", height="171")
    assert "1 of 5 parts answered" in ana.get("/").text
    page = ana.get(REVIEW).text
    assert "171 cm" in page
    assert "7.5 hours" in page
    assert "170 cm" in ana.get(f"/answers/{first}").text


def test_nonsense_in_hidden_fields_is_stale_and_not_an_error(ana: Visitor) -> None:
    ana.get(ABOUT)
    fields = {
        **ana.filled(ABOUT),
        **life.fields("about-you"),
        "saves": "\N{FULLWIDTH DIGIT NINE}9x",
        "shown": "a b",
    }
    page = ana.post(ABOUT, fields)
    assert page.status_code == 409
    assert "saved in another window" in page.text


def born_years_ago(clinic: Clinic, years: int) -> Someone:
    """A patient who is so many years old, and some weeks."""
    day = clock.now().date()
    return clinic.portal.patient(
        clinic.clinician, birth_date=day.replace(year=day.year - years, day=1) - timedelta(days=40)
    )


@pytest.mark.parametrize(("age", "asked"), [(11, False), (12, True), (55, True), (56, False)])
def test_only_who_may_be_pregnant_is_asked_about_it(clinic: Clinic, age: int, asked: bool) -> None:
    patient = born_years_ago(clinic, age)
    visitor, about = clinic.portal.visit(patient), life.fields("about-you", pregnant="true")
    assert ("Are you pregnant" in visitor.get(ABOUT).text) is asked
    sent = visitor.send(ABOUT, **life.fields("about-you"))
    assert sent.headers["Location"] == (ABOUT if asked else MOVING)
    visitor.send(ABOUT, **about)
    for part in list(life.PARTS)[1:]:
        life.answer(visitor, part)
    assert ("<dt>Pregnant" in visitor.get(REVIEW).text) is asked
    assert visitor.send(REVIEW).status_code == 303
    assert patient.patient_id is not None
    with clinic.portal.inside():
        keys = {fact.key for fact in queries.facts(patient.patient_id)}
        latest = queries.latest(patient.patient_id)
        assert latest is not None
        told = {one.link for part in latest.parts for one in part.given}
    assert ("pregnant" in keys) is asked
    assert ("pregnant" in told) is asked
    assert "sex-at-birth" in keys & told
