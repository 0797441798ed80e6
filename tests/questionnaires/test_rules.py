"""The pure rules of answering."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.questionnaires import Item, lifestyle
from app.questionnaires import rules
from app.questionnaires.rules import SENT, STEPS, Draft, Part, ResponseStatus, Step
from tests.questionnaires import life

FORM = lifestyle()
PARTS = [part.link_id for part in FORM.parts]


def texts(item: Item) -> st.SearchStrategy[str | None]:
    """What a person may send for one question, open included."""
    match item.type:
        case "choice":
            known: st.SearchStrategy[str] = st.sampled_from([one.code for one in item.options])
        case "boolean":
            known = st.sampled_from([rules.YES, rules.NO])
        case "integer":
            known = st.integers(0, 200).map(str)
        case "decimal" | "quantity":
            known = st.integers(0, 3000).map(lambda tenths: str(tenths / 10))
        case _:
            known = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
    return st.none() | known


@st.composite
def posts(draw: st.DrawFn) -> dict[str, str]:
    """A whole form as it might be posted."""
    found: dict[str, str] = {}
    for item in FORM.questions():
        text = draw(texts(item))
        if text is not None:
            found[item.link_id] = text
        if item.units and item.type == "quantity":
            found[item.unit_field] = draw(st.sampled_from([unit.code for unit in item.units]))
    return found


@given(posts())
def test_what_was_answered_fills_the_form_with_the_same_answers(post: dict[str, str]) -> None:
    answers = FORM.read(post).answers
    again: dict[str, str] = {}
    for part in PARTS:
        again |= rules.posted(FORM, part, answers)
    assert FORM.read(again).answers == answers


@given(posts())
def test_own_words_are_parted_from_coded_answers_and_nothing_is_lost(post: dict[str, str]) -> None:
    answers = FORM.read(post).answers
    coded, written = rules.split(FORM, answers)
    assert set(written) <= {"what-matters"}
    assert "what-matters" not in coded
    assert rules.joined(coded, written) == answers


@given(posts())
def test_every_shown_question_is_read_back_once(post: dict[str, str]) -> None:
    answers = FORM.read(post).answers
    told = [one.link for part in rules.read_back(FORM, answers) for one in part.given]
    shown = FORM.enabled(answers)
    assert told == [one.link_id for one in FORM.questions() if one.link_id in shown]


@pytest.mark.parametrize("status", SENT)
@pytest.mark.parametrize("step", Step)
def test_no_step_leaves_a_response_that_was_sent(status: ResponseStatus, step: Step) -> None:
    assert (status, step) not in STEPS


def test_answer_that_brings_up_a_question_is_noticed() -> None:
    answers = FORM.read({"activity-days": "3"}, "moving").answers
    assert rules.newly_shown(FORM, "moving", answers, {"activity-days"}) == ["activity-minutes"]
    both = {"activity-days", "activity-minutes"}
    assert rules.newly_shown(FORM, "moving", answers, both) == []


def test_parts_follow_one_another() -> None:
    assert [rules.next_part(FORM, part) for part in PARTS] == [*PARTS[1:], None]


def test_draft_can_be_sent_only_when_every_part_was_gone_through() -> None:
    answers = FORM.read({key: text for part in life.PARTS.values() for key, text in part.items()})
    parts = {part: Part(1, done=True) for part in PARTS}
    assert rules.can_be_sent(FORM, Draft(1, answers.answers, parts))
    for part in PARTS:
        waiting = {**parts, part: Part(1, done=False)}
        draft = Draft(1, answers.answers, waiting)
        assert rules.first_open(FORM, draft) == part
        assert not rules.can_be_sent(FORM, draft)
    assert not rules.can_be_sent(FORM, Draft(1, {}, parts))


@pytest.mark.parametrize(("number", "text"), [(170, "170"), (170.0, "170"), (7.5, "7.5"), (0, "0")])
def test_numbers_are_written_without_a_tail(number: float, text: str) -> None:
    assert rules.plain_number(number) == text


@pytest.mark.parametrize(
    ("age", "asked"), [(0, False), (11, False), (12, True), (55, True), (56, False), (65, False)]
)
def test_pregnancy_is_asked_about_from_12_to_55(age: int, asked: bool) -> None:
    assert rules.asks_about_pregnancy(age) is asked


def test_one_day_and_one_minute_are_said_without_a_plural() -> None:
    answers = FORM.read({"activity-days": "1", "activity-minutes": "1", "sleep-hours": "1"}).answers
    told = {one.link: one for part in rules.read_back(FORM, answers) for one in part.given}
    assert str(told["activity-days"].answer) == "on 1 of 7 days"
    assert str(told["activity-minutes"].unit) == "minute a day"
    assert str(told["sleep-hours"].unit) == "hour"
