"""Coming back by the link that two checks have earned: with the digits, once, and as if anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from app.accounts import operations, queries
from app.accounts.operations import regaining, returning
from app.accounts.queries import regaining as seen
from app.accounts.rules import Happening
from app.accounts.rules import regaining as rules
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from tests.accounts.device import passkey_of
from tests.accounts.lost import asked, cookie, linked, tags, told, view
from tests.accounts.steps import half_way, new_codes
from tests.support.portal import PASSWORD, Clinic, Portal, Visitor
from tests.support.returning import signed_in_again

NEW = "marble otter eleven lanterns"
CROWD = 50


def test_link_without_the_digits_signs_nobody_in_and_removes_no_factor(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    link, code = linked(portal, ana, clinic.administrator, clinic.coordinator)
    codes, own = new_codes(portal, ana), portal.visit(ana)
    thief, wrong = portal.visit(), f"{(int(code) + 1) % 10**8:08d}"
    thief.get(f"/regain/{link}")
    fields = {**thief.filled(f"/regain/{link}"), "password": NEW}
    for typed in [wrong] * rules.MOST_TRIES + [code]:
        answer = thief.post(f"/regain/{link}", {**fields, "code": typed})
        assert answer.status_code in {404, 422}
    assert thief.get(f"/regain/{link}").status_code == 404
    assert cookie(thief) is None
    assert tags(portal).count("regaining_failed") == rules.MOST_TRIES
    assert own.get("/settings").status_code == 200
    assert half_way(portal, ana).send("/sign-in/code", code=portal.code(ana)).status_code == 303
    half = half_way(portal, ana)
    assert half.send("/sign-in/recovery", recovery_code=codes[0]).status_code == 303


@pytest.mark.parametrize("typed", ["", "1234", "12345678 or so", "\uff11" * 8])
def test_nonsense_is_not_the_digits(clinic: Clinic, typed: str) -> None:
    portal = clinic.portal
    link, _code = linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    visitor = portal.visit()
    refused = visitor.send(f"/regain/{link}", code=typed, password=NEW)
    assert "<title>Error:" in refused.text
    assert cookie(visitor) is None


def test_weak_password_costs_no_try_and_leaves_the_link_as_it_was(clinic: Clinic) -> None:
    portal = clinic.portal
    link, code = linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    visitor = portal.visit()
    for password in ["short", "password1234"] * 4:
        refused = visitor.send(f"/regain/{link}", code=code, password=password)
        assert "<title>Error:" in refused.text
    assert visitor.send(f"/regain/{link}", code=code, password=NEW).status_code == 303


def come_back(clinic: Clinic) -> Visitor:
    """The whole way back, as far as a new second factor and the codes that come with it."""
    portal, ana = clinic.portal, clinic.patient
    link, code = linked(portal, ana, clinic.administrator, clinic.coordinator)
    visitor = portal.visit()
    answer = visitor.send(f"/regain/{link}", code=f"{code[:4]} {code[4:]}", password=NEW)
    assert answer.headers["Location"] == "/sign-in/authenticator"
    assert visitor.get("/settings").headers["Location"].startswith("/sign-in/code")
    visitor.follow(answer)
    with portal.inside():
        factor = queries.authenticator_of(ana.id)
        assert factor is not None
        secret = factor.secret
    done = visitor.send("/sign-in/authenticator", code=pyotp.TOTP(secret).at(clock.now()))
    assert done.headers["Location"] == "/recovery-codes"
    return visitor


def test_person_comes_back_and_what_was_before_opens_nothing(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    codes, old = new_codes(portal, ana), portal.code(ana)
    with portal.inside():
        passkey_of(ana)
    elsewhere = signed_in_again(portal, ana)
    visitor = come_back(clinic)
    assert elsewhere.get("/settings").status_code == 303
    refused = portal.visit().send("/sign-in", email=ana.email, password=PASSWORD)
    assert "do not match" in refused.text
    half = portal.visit()
    assert half.send("/sign-in", email=ana.email, password=NEW).status_code == 303
    assert "not right" in half.send("/sign-in/code", code=old).text
    assert "not right" in half.send("/sign-in/recovery", recovery_code=codes[0]).text
    visitor.send("/recovery-codes")
    assert "You have none yet" in visitor.get("/passkeys").text
    assert "You got back into your account a few days ago" in visitor.get("/settings").text


def test_every_step_is_told_and_written_down(clinic: Clinic) -> None:
    visitor = come_back(clinic)
    assert told(clinic.portal, clinic.patient) == [
        Happening.REGAIN_ASKED,
        Happening.REGAIN_CHECKED,
        Happening.REGAIN_CHECKED,
        Happening.REGAIN_LINKED,
        Happening.REGAINED,
        Happening.AUTHENTICATOR_REPLACED,
    ]
    assert tags(clinic.portal) == [
        "regaining_asked",
        "regaining_checked",
        "regaining_checked",
        "regaining_linked",
        "regained",
    ]
    visitor.send("/recovery-codes")
    page = visitor.get("/account/notices").text
    assert f"Made sure that it is you: {clinic.administrator.name}" in page
    assert f"Made sure that it is you: {clinic.coordinator.name}" in page
    assert "by video" in page


def test_link_works_for_a_day_and_another_one_can_be_sent(clinic: Clinic) -> None:
    portal = clinic.portal
    link, code = linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    path, staff = f"/regaining/{asked(portal, clinic.patient)}", clinic.administrator
    with clock.standing_at(clock.now() + rules.LINK_LASTS + timedelta(seconds=1)):
        assert portal.visit().get(f"/regain/{link}").status_code == 404
        visitor = signed_in_again(portal, staff)
        assert "The link ran out" in visitor.get(path).text
        visitor.send(f"{path}/link", page=path)
        again, other = linked(portal, clinic.patient)
        assert (again, other) != (link, code)
        assert portal.visit().get(f"/regain/{link}").status_code == 404
        refused = portal.visit().send(f"/regain/{again}", code=code, password=NEW)
        assert "not the code" in refused.text
        done = portal.visit().send(f"/regain/{again}", code=other, password=NEW)
        assert done.status_code == 303


def test_link_that_works_is_not_sent_again(clinic: Clinic) -> None:
    portal = clinic.portal
    linked(portal, clinic.patient, clinic.administrator, clinic.coordinator)
    number = asked(portal, clinic.patient)
    with portal.inside(), pytest.raises(Refusal):
        regaining.link_again(view(number))


def test_one_link_used_fifty_times_at_once_lets_one_in(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana, staff = portal.person(Role.PATIENT), [portal.person(Role.ADMINISTRATOR) for _ in range(2)]
    link, code = linked(portal, ana, *staff)
    with portal.inside():
        found = seen.by_link(None, link)
    assert found is not None

    def use(turn: int) -> bool:
        with portal.inside():
            try:
                returning.come_back(found, code, NEW, f"198.51.100.{turn}", "")
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(use, range(CROWD))) == 1
    assert told(portal, ana).count(Happening.REGAINED) == 1


def test_old_password_works_until_the_very_end(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    linked(portal, ana, clinic.administrator, clinic.coordinator)
    assert half_way(portal, ana).send("/sign-in/code", code=portal.code(ana)).status_code == 303
    with portal.inside():
        assert operations.check_password(ana.email, PASSWORD, "198.51.100.9")
