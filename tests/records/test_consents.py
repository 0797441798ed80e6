"""What a patient agrees to: read in plain words, decided on a page, in force from then on."""

from __future__ import annotations

from datetime import date

import pytest

from app.care.rules import consents as rules
from app.care.rules.consents import Decision, Edition, Purpose
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.models import Outbox
from app.records.pages import consent_words
from app.records.pages.consent_words import OFFERED, TEXTS, Text
from tests.care.consenting import gives, history, says
from tests.records.test_seen import text_of
from tests.support.inspection import words
from tests.support.portal import Clinic, Portal, Someone, Visitor

NEW = "Our software now also reads what your watch measures."


def page(purpose: Purpose) -> str:
    return f"/record/consents/{purpose.value}"


def answer(visitor: Visitor, purpose: Purpose, said: str) -> str:
    """Press one of the buttons that the page shows; what is said then."""
    visitor.get(page(purpose))
    assert visitor.page is not None
    forms = [one for one in visitor.page.iter("form") if one.get("action") == page(purpose)]
    filled = [{i.get("name"): i.get("value") for i in one.iter("input")} for one in forms]
    fields = next(one for one in filled if one["answer"] == said)
    return visitor.follow(visitor.post(page(purpose), fields)).text


@pytest.fixture
def newcomer(clinic: Clinic) -> Someone:
    """A patient who has been asked nothing yet."""
    return clinic.portal.patient(clinic.clinician, clinic.coordinator, agrees=())


def new_edition(monkeypatch: pytest.MonkeyPatch, purpose: Purpose, *, material: bool) -> None:
    second = Edition(2, date(2026, 12, 1), material=material)
    monkeypatch.setitem(rules.EDITIONS, purpose, (*rules.EDITIONS[purpose], second))
    old = TEXTS[purpose, 1]
    monkeypatch.setitem(TEXTS, (purpose, 2), Text(old.name, old.done, old.without, old.same, NEW))


def test_every_edition_has_its_words_and_says_what_is_new() -> None:
    numbered = {(purpose, one.number) for purpose in Purpose for one in rules.EDITIONS[purpose]}
    assert set(TEXTS) == numbered
    for (_purpose, number), text in TEXTS.items():
        assert text.done
        assert text.without
        assert text.same
        assert bool(text.changed) is (number > 1)
    assert set(consent_words.SHORT) == set(Purpose)


@pytest.mark.parametrize("purpose", OFFERED)
def test_patient_reads_what_is_done_and_what_a_no_changes_and_does_not(
    clinic: Clinic, purpose: Purpose
) -> None:
    shown = text_of(clinic.portal.visit(clinic.patient), page(purpose))
    text = TEXTS[purpose, 1]
    with clinic.portal.app.test_request_context():
        for sentence in (text.name, *text.done, *text.without, *text.same):
            assert str(sentence) in shown


def standing(visitor: Visitor, purpose: Purpose) -> str:
    """What the page of all purposes says about one of them."""
    visitor.get("/record/consents")
    assert visitor.page is not None
    cards = (one for one in visitor.page.iter("section"))
    named = f"consent-{purpose.value}"
    return words(next(one for one in cards if one.get("aria-labelledby") == named))


def test_no_answer_is_neither_a_yes_nor_a_no(clinic: Clinic, newcomer: Someone) -> None:
    visitor = clinic.portal.visit(newcomer)
    for purpose in (Purpose.RESEARCH, Purpose.DRAFTING):
        shown = standing(visitor, purpose)
        assert "You have not answered yet, so this is not done." in shown
        assert "You do not agree" not in shown
        assert ("Please decide" if purpose is Purpose.DRAFTING else "No answer yet") in shown
    answer(visitor, Purpose.RESEARCH, "no")
    shown = standing(visitor, Purpose.RESEARCH)
    assert "You do not agree" in shown
    assert "not answered" not in shown


def test_patient_agrees_and_takes_it_back_and_reads_each_answer(
    clinic: Clinic, newcomer: Someone
) -> None:
    visitor = clinic.portal.visit(newcomer)
    assert "You agree from now on." in answer(visitor, Purpose.RESEARCH, "yes")
    assert gives(clinic.portal, newcomer, Purpose.RESEARCH)
    assert "taken back, from now on" in answer(visitor, Purpose.RESEARCH, "no")
    assert not gives(clinic.portal, newcomer, Purpose.RESEARCH)
    shown = text_of(visitor, "/record/consents")
    name = str(TEXTS[Purpose.RESEARCH, 1].name)
    assert f"{name}. You agreed" in shown
    assert f"{name}. You took your agreement back" in shown
    assert "You agreed when you became a patient here" in shown


def test_pressing_neither_button_is_answered_kindly(clinic: Clinic, newcomer: Someone) -> None:
    visitor = clinic.portal.visit(newcomer)
    visitor.get(page(Purpose.DRAFTING))
    fields = visitor.filled(page(Purpose.DRAFTING))
    for said in ("", "perhaps"):
        refused = visitor.post(page(Purpose.DRAFTING), {**fields, "answer": said})
        assert refused.status_code == 422
        assert "Please press one of the buttons." in refused.text
    assert history(clinic.portal, newcomer, Purpose.DRAFTING) == []


def test_a_page_that_was_open_while_the_text_changed_decides_nothing(
    clinic: Clinic, newcomer: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = clinic.portal.visit(newcomer)
    visitor.get(page(Purpose.DRAFTING))
    fields = visitor.filled(page(Purpose.DRAFTING)) | {"answer": "yes"}
    new_edition(monkeypatch, Purpose.DRAFTING, material=False)
    refused = visitor.post(page(Purpose.DRAFTING), fields)
    assert "We changed this text after you opened the page." in refused.text
    assert not gives(clinic.portal, newcomer, Purpose.DRAFTING)
    again = visitor.filled(page(Purpose.DRAFTING)) | {"answer": "yes"}
    assert visitor.post(page(Purpose.DRAFTING), again).status_code == 303
    assert gives(clinic.portal, newcomer, Purpose.DRAFTING)


def test_the_first_page_asks_once_about_drafts_and_about_nothing_else(
    clinic: Clinic, newcomer: Someone
) -> None:
    visitor = clinic.portal.visit(newcomer)
    first = text_of(visitor, "/")
    asked = [one for one in OFFERED if str(TEXTS[one, 1].name) in first]
    assert asked == [Purpose.DRAFTING]
    answer(visitor, Purpose.DRAFTING, "no")
    assert str(TEXTS[Purpose.DRAFTING, 1].name) not in text_of(visitor, "/")
    assert history(clinic.portal, newcomer, Purpose.DRAFTING)[0].decision is Decision.REFUSED


@pytest.mark.parametrize("material", [False, True])
def test_a_new_text_is_asked_about_on_the_first_page_with_what_is_new(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, material: bool
) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    assert NEW not in text_of(visitor, "/")
    new_edition(monkeypatch, Purpose.DRAFTING, material=material)
    assert NEW in text_of(visitor, "/")
    shown = text_of(visitor, page(Purpose.DRAFTING))
    assert NEW in shown
    assert ("what you agreed to before goes on" in shown) is not material
    assert gives(clinic.portal, clinic.patient, Purpose.DRAFTING) is not material
    answer(visitor, Purpose.DRAFTING, "yes")
    assert NEW not in text_of(visitor, "/")
    assert gives(clinic.portal, clinic.patient, Purpose.DRAFTING)


def test_the_chart_says_in_one_line_what_the_patient_agrees_to(clinic: Clinic) -> None:
    path = f"/patients/{clinic.patient.patient_id}"
    visitor = clinic.portal.visit(clinic.clinician)
    shown = text_of(visitor, path)
    no = "somebody acting for them, being counted for research."
    assert f"Yes: care, drafts by software, recordings. No: {no}" in shown
    says(clinic.portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    shown = text_of(visitor, path)
    assert f"Yes: care, recordings. No: drafts by software, {no}" in shown


# ------------------------------------------------------------------ care


def paths(patient: Someone) -> list[str]:
    """Pages of a patient that their team opens."""
    return [f"/patients/{patient.patient_id}{rest}" for rest in ("", "/messages", "/results")]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR])
def test_without_consent_to_care_the_team_finds_nothing_from_the_next_request_on(
    portal_on_each: Portal, role: Role
) -> None:
    clinic = portal_on_each.clinic()
    portal, ana = clinic.portal, clinic.patient
    member = portal.visit(getattr(clinic, role.value))
    before = {path: member.get(path).status_code for path in paths(ana)}
    assert before[paths(ana)[0]] == 200
    says(portal, ana, Purpose.CARE, agreed=False)
    assert {member.get(path).status_code for path in paths(ana)} == {404}
    assert ana.name not in text_of(member, "/patients")
    told = text_of(member, "/")
    assert f"{ana.name} has taken back the agreement to be looked after here" in told
    says(portal, ana, Purpose.CARE, agreed=True)
    assert {path: member.get(path).status_code for path in paths(ana)} == before
    assert "has taken back" not in text_of(member, "/")


def test_whoever_is_not_of_the_team_is_told_nothing(clinic: Clinic) -> None:
    stranger = clinic.portal.person(Role.CLINICIAN)
    says(clinic.portal, clinic.patient, Purpose.CARE, agreed=False)
    assert clinic.patient.name not in text_of(clinic.portal.visit(stranger), "/")


def test_without_a_team_the_patient_reads_on_and_is_not_left_to_write_to_nobody(
    clinic: Clinic,
) -> None:
    visitor, open_page = (clinic.portal.visit(clinic.patient) for _ in range(2))
    open_page.get("/messages")
    written = open_page.filled("/messages") | {"body": "Is anybody there?"}
    answer(visitor, Purpose.CARE, "no")
    assert "Nobody looks after you here at the moment" in text_of(visitor, "/")
    assert visitor.get("/results").status_code == 200
    refused = open_page.post("/messages", written)
    assert refused.status_code == 422
    assert "nobody would read this" in refused.text
    assert not [one for one in open_form(visitor, "/messages") if one == "body"]


def open_form(visitor: Visitor, path: str) -> list[str | None]:
    """The names of everything that can be filled in on a page."""
    assert visitor.get(path).status_code == 200
    assert visitor.page is not None
    return [one.get("name") for one in visitor.page.iter("textarea")]


def test_open_pages_of_the_patient_and_the_team_are_told(clinic: Clinic) -> None:
    clinic.portal.work()
    says(clinic.portal, clinic.patient, Purpose.CARE, agreed=False)
    with clinic.portal.inside():
        (told,) = [one.payload for one in db.session().query(Outbox)]
    assert (told["changed"], told["id"]) == ("consents", str(clinic.patient.patient_id))
    people = (clinic.patient, clinic.clinician, clinic.coordinator)
    assert set(told["rooms"]) == {f"person:{one.id}" for one in people}


def test_each_answer_stands_beside_who_has_seen_the_record(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    answer(visitor, Purpose.RECORDING, "no")
    shown = text_of(visitor, "/record/seen")
    name = str(TEXTS[Purpose.RECORDING, 1].name)
    assert "What you agreed to or took back" in shown
    assert f"{name}. You took your agreement back" in shown
    assert f"{name}. You agreed when you became a patient here" in shown
