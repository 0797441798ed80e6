"""Writing and reading messages, as each person meets it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from app.accounts import operations as accounts
from app.care import operations as care
from app.kernel.actor import Role
from app.messages import queries, rules
from tests.support.inspection import words
from tests.support.portal import PASSWORD, Clinic, Portal, Visitor


def talk(clinic: Clinic) -> str:
    return f"/patients/{clinic.patient.patient_id}/messages"


def said(visitor: Visitor) -> list[str]:
    assert visitor.page is not None
    items = [one for one in visitor.page.iter("p") if one.get("class") == "words"]
    return [words(one) for one in items][: -1 if visitor_has_shape(visitor) else None]


def visitor_has_shape(visitor: Visitor) -> bool:
    """The page carries one empty message for its script to copy."""
    assert visitor.page is not None
    return any(one.get("id") == "message-shape" for one in visitor.page.iter("template"))


def menu_count(visitor: Visitor) -> int:
    assert visitor.page is not None
    nav = next(one for one in visitor.page.iter("nav") if one.get("class") == "nav")
    counts = [one for one in nav.iter("span") if one.get("class") == "count"]
    return int(words(counts[0]).partition(" ")[0].partition("(")[0]) if counts else 0


def test_patient_writes_and_the_coordinator_answers(clinic: Clinic) -> None:
    portal = clinic.portal
    ana, marta = portal.visit(clinic.patient), portal.visit(clinic.coordinator)
    sent = ana.send("/messages", body="Is the laboratory open on Monday?")
    assert sent.headers["Location"] == "/messages#message-1"
    marta.get("/")
    assert menu_count(marta) == 1
    assert (
        f"{clinic.patient.name} is waiting for an answer"
        in marta.client.get("/", base_url="https://nearside.test").text
    )
    assert marta.get(talk(clinic)).status_code == 200
    assert said(marta) == ["Is the laboratory open on Monday?"]
    assert menu_count(marta) == 0
    marta.follow(marta.send(talk(clinic), body="Yes, from seven."))
    ana.get("/")
    assert menu_count(ana) == 1
    ana.get("/messages")
    assert said(ana) == ["Is the laboratory open on Monday?", "Yes, from seven."]
    assert menu_count(ana) == 0


def test_opening_a_message_answers_nobody(clinic: Clinic) -> None:
    ana, marta, doctor = (
        clinic.portal.visit(one) for one in (clinic.patient, clinic.coordinator, clinic.clinician)
    )
    ana.send("/messages", body="May I eat before the blood test?")
    marta.get(talk(clinic))
    waiting = f"{clinic.patient.name} is waiting for an answer"
    for staff in (marta, doctor):
        today = staff.get("/").text
        assert waiting in today
        assert "Your turn" in today
        (row,) = staff.get("/inbox/since").json["rows"]
        assert row["waiting"] is not None
        assert row["due"] is not None
        assert "Waiting for an answer" in staff.get(f"/patients/{clinic.patient.patient_id}").text
    assert menu_count(marta) == 0
    assert "Nobody has answered yet" in marta.get("/").text
    marta.send(talk(clinic), body="Please come before breakfast.")
    for staff in (marta, doctor):
        assert waiting not in staff.get("/").text
        (row,) = staff.get("/inbox/since").json["rows"]
        assert (row["waiting"], row["due"], row["late"]) == (None, None, False)


def test_what_a_colleague_wrote_is_news_but_nobodys_turn(clinic: Clinic) -> None:
    marta, doctor = (clinic.portal.visit(one) for one in (clinic.coordinator, clinic.clinician))
    marta.send(talk(clinic), body="Welcome to our clinic.")
    today = doctor.get("/").text
    assert menu_count(doctor) == 1
    assert f"New in the conversation with {clinic.patient.name}" in today
    assert "is waiting for an answer" not in today
    assert "Read and answer" not in today
    assert "Your turn" not in today
    (row,) = doctor.get("/inbox/since").json["rows"]
    assert (row["unread"], row["waiting"], row["due"]) == (1, None, None)
    assert clinic.patient.name not in marta.get("/").text


def test_message_says_that_it_was_read(clinic: Clinic) -> None:
    ana, marta = (clinic.portal.visit(one) for one in (clinic.patient, clinic.coordinator))
    ana.follow(ana.send("/messages", body="Hello"))
    assert "· Sent" in ana.get("/messages").text
    marta.get(talk(clinic))
    assert "· Read" in ana.get("/messages").text


def test_page_says_when_an_answer_comes_and_whom_to_call(clinic: Clinic) -> None:
    answer = clinic.portal.visit(clinic.patient).get("/messages")
    assert "Your care team answers by" in answer.text
    assert "17:00" in answer.text
    assert "call 112" in answer.text


def test_whom_nobody_looks_after_is_sent_to_the_telephone(portal: Portal) -> None:
    alone = portal.patient()
    settings = portal.app.extensions["settings"]
    portal.app.extensions["settings"] = replace(settings, clinic_phone="+351 21 000 00 00")
    page = portal.visit(alone).get("/messages").text
    assert "Nobody is on your care team" in page
    assert 'href="tel:+351210000000"' in page
    assert "answers by" not in page
    assert 'name="body"' not in page


def test_letter_that_nobody_would_read_is_refused_and_stays(portal: Portal) -> None:
    alone, nurse = portal.patient(), portal.person(Role.COORDINATOR)
    ana = portal.visit(alone)
    answer = ana.post("/messages", {**post_keys(ana), "body": "Is anybody there?"})
    assert "nobody would read this" in answer.text
    assert ana.filled("/messages")["body"] == "Is anybody there?"
    assert ana.get("/messages/since?after=0").json["messages"] == []
    assert alone.patient_id is not None
    with portal.inside():
        care.join_team(alone.patient_id, nurse.id)
    assert "Your care team answers by" in ana.get("/messages").text
    assert ana.send("/messages", body="Is anybody there?").status_code == 303


@pytest.mark.parametrize("length", [20_000, 80_000])
def test_long_letter_is_refused_with_every_sign_kept(clinic: Clinic, length: int) -> None:
    ana = clinic.portal.visit(clinic.patient)
    assert "maxlength" not in ana.get("/messages").text
    letter = ("Olá\n" + "é" * length)[:length]
    answer = ana.send("/messages", body=letter)
    assert f"Please use at most 5000 characters. You wrote {length}." in answer.text
    assert ana.filled("/messages")["body"] == letter


def test_markup_in_a_message_stays_words(clinic: Clinic) -> None:
    ana = clinic.portal.visit(clinic.patient)
    text = "<b id='main'>&amp; <script>alert(1)</script>\n\"quoted\""
    ana.follow(ana.send("/messages", body=text))
    assert said(ana) == ["<b id='main'>&amp; <script>alert(1)</script> \"quoted\""]
    (one,) = ana.get("/messages/since?after=0").json["messages"]
    assert one["text"] == text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Please write something first."),
        ("  \n ", "Please write something first."),
        ("\x00\x07", "Please write something first."),
        ("x" * (rules.LONGEST_CHARACTERS + 1), "Please use at most 5000 characters."),
    ],
)
def test_nothing_and_too_much_are_said_beside_the_field(
    clinic: Clinic, body: str, sentence: str
) -> None:
    ana = clinic.portal.visit(clinic.patient)
    answer = ana.send("/messages", body=body)
    assert answer.status_code == 422
    assert "<title>Error: Messages" in answer.text
    assert sentence in answer.text
    assert ana.filled("/messages")["body"] == body.strip(" \n\x00\x07")
    assert ana.get("/messages/since?after=0").json["messages"] == []


def test_double_click_sends_once(clinic: Clinic) -> None:
    ana = clinic.portal.visit(clinic.patient)
    ana.get("/messages")
    fields = {**ana.filled("/messages"), "body": "Only once, please"}
    first, second = ana.post("/messages", fields), ana.post("/messages", fields)
    assert [first.status_code, second.status_code] == [303, 303]
    assert second.headers["Location"] == first.headers["Location"]
    ana.follow(second)
    assert said(ana) == ["Only once, please"]


def test_words_survive_a_session_that_ran_out(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.portal.visit(clinic.patient)
    ana.get("/messages")
    fields = {**ana.filled("/messages"), "body": "A long letter"}
    with portal.inside():
        accounts.end_every_session(clinic.patient.id)
    answer = ana.post("/messages", fields)
    assert answer.headers["Location"].startswith("/sign-in")
    again = sign_in(portal_visitor=portal.visit(), clinic=clinic)
    again.get("/messages")
    assert again.filled("/messages")["body"] == "A long letter"
    assert said(again) == []


def sign_in(portal_visitor: Visitor, clinic: Clinic) -> Visitor:
    portal_visitor.send("/sign-in", email=clinic.patient.email, password=PASSWORD)
    done = portal_visitor.send("/sign-in/code", code=clinic.portal.code(clinic.patient))
    assert done.headers["Location"] == "/"
    return portal_visitor


def test_stranger_finds_no_conversation(clinic: Clinic) -> None:
    portal = clinic.portal
    other = portal.patient(clinic.coordinator)
    strangers = [
        portal.person(Role.CLINICIAN),
        portal.person(Role.COORDINATOR),
        clinic.administrator,
        other,
        clinic.patient,
    ]
    for one in strangers:
        visitor = portal.visit(one)
        for path in (talk(clinic), f"{talk(clinic)}/since?after=0"):
            assert visitor.get(path).status_code == 404
        fields = post_keys(visitor)
        assert visitor.post(talk(clinic), {**fields, "body": "hello"}).status_code == 404
    staff = portal.visit(clinic.coordinator)
    assert staff.get(f"/patients/{uuid4()}/messages").status_code == 404
    assert staff.get("/messages").status_code == 404
    assert portal.visit(clinic.patient).get("/inbox").status_code == 404
    with portal.inside():
        assert clinic.patient.patient_id is not None
        kept = queries.latest(portal.actor(clinic.patient), clinic.patient.patient_id)
    assert kept.messages == []


def post_keys(visitor: Visitor) -> dict[str, str]:
    visitor.get("/settings")
    return visitor.filled("/sign-out")


def test_patient_reads_only_their_own_conversation(clinic: Clinic) -> None:
    portal = clinic.portal
    other = portal.visit(portal.patient(clinic.coordinator))
    portal.visit(clinic.patient).send("/messages", body="For my team alone")
    other.get("/messages")
    assert said(other) == []
    assert other.get("/messages/since?after=0").json["messages"] == []


def test_script_reads_on_from_its_cursor(clinic: Clinic) -> None:
    ana, marta = (clinic.portal.visit(one) for one in (clinic.patient, clinic.coordinator))
    for body in ("one", "two", "three"):
        ana.send("/messages", body=body)
    news = marta.get(f"{talk(clinic)}/since?after=1").json
    assert [(one["id"], one["text"], one["mine"]) for one in news["messages"]] == [
        (2, "two", False),
        (3, "three", False),
    ]
    assert news["unread"] == 0
    assert news["messages"][0]["when"].endswith("Lisbon time")
    assert marta.get(f"{talk(clinic)}/since?after=3").json["messages"] == []
    assert ana.get("/messages/since?after=0").json["messages"][2]["state"] == "Read"


@pytest.mark.parametrize("after", ["", "x", "-1", "1e3", "99999999999999999999", "%00", "1;2"])
def test_nonsense_cursor_is_refused(clinic: Clinic, after: str) -> None:
    ana = clinic.portal.visit(clinic.patient)
    assert ana.get(f"/messages/since?after={after}").status_code == 400
    assert ana.get(f"/messages?before={after}").status_code == 200


def test_older_messages_have_a_page_that_marks_nothing_read(clinic: Clinic) -> None:
    portal = clinic.portal
    marta = portal.actor(clinic.coordinator)
    with portal.inside():
        from app.kernel import db
        from app.messages import operations

        assert clinic.patient.patient_id is not None
        with db.writing():
            for count in range(rules.PAGE_MESSAGES + 3):
                operations.send(marta, clinic.patient.patient_id, f"number {count}")
    ana = portal.visit(clinic.patient)
    ana.get("/messages?before=4")
    assert said(ana) == ["number 0", "number 1", "number 2"]
    assert menu_count(ana) == rules.PAGE_MESSAGES + 3
    newest = ana.get("/messages")
    assert 'href="/messages?before=4"' in newest.text
    assert menu_count(ana) == 0


def test_inbox_leads_to_each_conversation(clinic: Clinic) -> None:
    portal = clinic.portal
    silent = portal.patient(clinic.coordinator, name="Silent Sam")
    portal.visit(clinic.patient).send("/messages", body="Hello")
    marta = portal.visit(clinic.coordinator)
    page = marta.get("/inbox").text
    assert page.index(clinic.patient.name) < page.index(silent.name)
    assert f'href="{talk(clinic)}"' in page
    assert "1 new" in page
    rows = marta.get("/inbox/since").json["rows"]
    assert [(one["name"], one["unread"], one["late"]) for one in rows] == [
        (clinic.patient.name, 1, False),
        ("Silent Sam", 0, False),
    ]


def test_empty_inbox_says_what_to_expect(clinic: Clinic) -> None:
    newcomer = clinic.portal.visit(clinic.portal.person(Role.COORDINATOR))
    assert "No conversations yet" in newcomer.get("/inbox").text


def test_chart_leads_to_the_messages(clinic: Clinic) -> None:
    portal = clinic.portal
    portal.visit(clinic.patient).send("/messages", body="Hello")
    chart = portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    assert f'href="{talk(clinic)}"' in chart.text
    assert "1 new message" in chart.text
