"""A patient invites somebody to act for them, who comes; and out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.care.models.invitations import Invitation
from app.care.operations import consents, proxies
from app.care.queries import proxies as seen
from app.care.queries.consents import gives
from app.care.rules import consents as purposes
from app.care.rules.consents import Purpose
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from tests.care.helping import EVERYTHING, PETRA, come, invite, may, said, wanted
from tests.care.inviting import letter, link
from tests.support.portal import Clinic


def test_patient_invites_a_carer_who_comes_and_acts(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.portal.visit(clinic.patient)
    last_day = (clock.now() + timedelta(days=60)).date()
    fields = {"name": PETRA, "email": "petra@example.org", "last_day": last_day.isoformat()}
    ana.send("/carers/new", **fields, powers=["messages", "results"])
    assert f"Tell {PETRA} six digits" in said(ana)
    assert "write them down before you leave or reload this page" in said(ana)
    digits = "".join(one for one in said(ana).partition("The six digits")[2][:9] if one.isdigit())
    with portal.inside():
        number = db.session().scalars(select(Invitation.id)).one()
    petra = come(portal, number, digits)
    assert f"You are looking after {clinic.patient.name}." in said(petra)
    assert may(petra) == {**EVERYTHING, "/questions": 404, "/visits": 404, "/genes": 404}
    ana.get("/carers")
    assert "May act for you" in said(ana)


def test_letter_holds_no_digits_and_link_no_power(clinic: Clinic) -> None:
    portal = clinic.portal
    number, digits = invite(portal, clinic.patient)
    text = letter(portal, number)
    assert digits not in text
    assert clinic.patient.name in text
    visitor = portal.visit()
    visitor.get(f"/welcome/{link(portal, number)}")
    assert "The six digits" in said(visitor)
    with portal.inside():
        row = db.session().get_one(Invitation, number)
        assert row.digits_hash is not None
        assert digits not in row.digits_hash


def test_fifth_wrong_digits_close_the_link_even_to_the_right_ones(clinic: Clinic) -> None:
    portal = clinic.portal
    number, digits = invite(portal, clinic.patient)
    path, guesser = f"/welcome/{link(portal, number)}", portal.visit()
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        guesser.send(path, digits=wrong)
        assert f"Tries left: {left}." in said(guesser)
    guesser.send(path, digits="12345")
    assert "Please write the six digits" in said(guesser)
    assert guesser.post(path, {**guesser.filled(path), "digits": wrong}).status_code == 404
    assert portal.visit().get(path).status_code == 404
    ana = portal.visit(clinic.patient)
    ana.get("/carers")
    assert "Closed after five wrong tries" in said(ana)


def test_carer_of_one_signs_in_and_acts_for_another_without_mixing_them_up(
    clinic: Clinic,
) -> None:
    portal, petra = clinic.portal, clinic.carer
    jan = portal.patient(clinic.clinician, name="Jan Dvorak")
    number, digits = invite(portal, jan, wanted(email=petra.email))
    path = f"/welcome/{link(portal, number)}"
    stranger = portal.visit()
    stranger.get(path)
    assert "You have an account here already." in said(stranger)
    visitor = portal.visit(petra)
    visitor.follow(visitor.send(path, digits=digits))
    assert f"Act for {jan.name}" in said(visitor)
    visitor.follow(visitor.post(path, visitor.filled(path)))
    assert f"You are looking after {jan.name}." in said(visitor)
    visitor.get("/messages")
    for_jan = visitor.filled("/messages")
    with portal.inside():
        first = next(
            one for one in seen.cared_for(portal.actor(petra)) if one.name == clinic.patient.name
        )
    visitor.get("/caring")
    choose = f"/caring/{first.id}/choose"
    visitor.follow(visitor.post(choose, visitor.filled(choose)))
    assert f"You are looking after {clinic.patient.name}." in said(visitor)
    late = visitor.post("/messages", {**for_jan, "body": "Jan has a fever"})
    assert (late.status_code, "about somebody else" in late.text) == (409, True)
    for someone in (clinic.patient, jan):
        assert "Jan has a fever" not in portal.visit(someone).get("/messages").text
    assert "Jan has a fever" not in said(visitor)
    with portal.inside():
        for_whom = seen.cared_for(portal.actor(petra))
        back = next(one for one in for_whom if one.name == jan.name)
    visitor.get("/caring")
    choose = f"/caring/{back.id}/choose"
    visitor.follow(visitor.post(choose, visitor.filled(choose)))
    assert "Jan has a fever" in visitor.get("/messages").text, (
        "it waits for when Jan is looked after"
    )
    assert "Jan has a fever" not in portal.visit(jan).get("/messages").text


def test_address_in_other_use_is_not_told_to_the_patient(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.portal.visit(clinic.patient)
    number, _digits = invite(portal, clinic.patient, wanted(email=clinic.clinician.email))
    text = letter(portal, number)
    assert "one address cannot do both" in text
    assert "/welcome/" not in text
    ana.get("/carers")
    assert PETRA in said(ana)
    assert clinic.clinician.name not in said(ana)
    assert "Sent, not opened yet" in said(ana)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"powers": []}, "at least one thing"),
        ({"email": "petra"}, "whole e-mail address"),
        ({"last_day": "2020-01-01"}, "between tomorrow and a year from now"),
        ({"last_day": "2099-01-01"}, "between tomorrow and a year from now"),
        ({"last_day": "soon"}, "Please enter a day"),
        ({"name": " "}, "Please write the person"),
    ],
)
def test_what_cannot_be_is_refused_kindly(
    clinic: Clinic, changed: dict[str, object], told: str
) -> None:
    ana = clinic.portal.visit(clinic.patient)
    last_day = (clock.now() + timedelta(days=60)).date()
    fields = {"name": PETRA, "email": "petra@example.org", "last_day": last_day.isoformat()}
    ana.send("/carers/new", **{**fields, "powers": ["results"], **changed})
    assert told in said(ana)
    with clinic.portal.inside():
        assert db.session().scalars(select(Invitation.id)).all() == []


def test_own_address_and_one_twice_are_refused(clinic: Clinic) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        with pytest.raises(Refusal):
            proxies.invite(actor, wanted(email=clinic.patient.email))
        twice = wanted()
        proxies.invite(actor, twice)
        with pytest.raises(Refusal):
            proxies.invite(actor, twice)
        assert len(seen.carers(actor)) == 1


# ------------------------------------------------------------------ ending


def test_ended_carer_is_signed_out_and_finds_nothing_when_they_come_back(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    visitor = portal.visit(carer)
    with portal.inside():
        number = seen.carers(portal.actor(clinic.patient))[0].id
    ana = portal.visit(clinic.patient)
    ana.get(f"/carers/{number}/end")
    assert f"Stop {carer.name} acting for you" in said(ana)
    assert "They will be signed out at once" in said(ana)
    ana.follow(ana.send(f"/carers/{number}/end"))
    assert f"{carer.name} cannot act for you any more." in said(ana)
    assert visitor.get("/messages").status_code == 303
    portal.actor(carer)
    again = portal.visit(carer)
    assert may(again) == dict.fromkeys(EVERYTHING, 404)
    again.get("/")
    assert "You are looking after nobody at the moment." in said(again)


def test_powers_end_with_their_last_day(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.portal.person(Role.CARER)
    portal.let_act(carer, clinic.patient)
    with clock.standing_at(clock.now() + timedelta(days=32)):
        portal.actor(carer)
        assert may(portal.visit(carer)) == dict.fromkeys(EVERYTHING, 404)
        with portal.inside():
            assert len(seen.over()) == 1
            proxies.end_those_over()
            assert seen.over() == []
            assert seen.carers(portal.actor(clinic.patient)) == []


def test_taking_back_the_agreement_ends_every_carer_at_once(clinic: Clinic) -> None:
    portal, patient_id = clinic.portal, clinic.patient.patient_id
    assert patient_id is not None
    visitors = [portal.visit(clinic.carer)]
    other = portal.person(Role.CARER)
    portal.let_act(other, clinic.patient)
    visitors.append(portal.visit(other))
    with portal.inside():
        assert gives(patient_id, Purpose.PROXY)
        actor = portal.actor(clinic.patient)
        version = purposes.current(Purpose.PROXY)
        consents.answer(actor, patient_id, Purpose.PROXY, agreed=False, version=version)
        assert seen.carers(actor) == []
    assert [one.get("/messages").status_code for one in visitors] == [303, 303]


def test_carer_may_stop(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    with portal.inside():
        number = seen.cared_for(portal.actor(carer))[0].id
    visitor = portal.visit(carer)
    visitor.get(f"/caring/{number}/stop")
    assert "You will be signed out" in said(visitor)
    assert visitor.send(f"/caring/{number}/stop").status_code == 303
    with portal.inside():
        assert seen.carers(portal.actor(clinic.patient)) == []


def test_who_never_came_is_forgotten_when_it_is_ended(clinic: Clinic) -> None:
    portal = clinic.portal
    number, _digits = invite(portal, clinic.patient)
    with portal.inside():
        actor = portal.actor(clinic.patient)
        person = db.session().get_one(Invitation, number).person_id
        proxies.end(seen.carers(actor)[0].id, proxies.Ending.PATIENT)
        assert db.session().get(Person, person) is None
        assert db.session().get(Invitation, number) is None
        assert seen.carers(actor) == []
        forgotten = select(AuditEvent).where(AuditEvent.tag == "accounts.person_forgotten")
        assert [one.entity_id for one in db.session().scalars(forgotten)] == [person]
