"""What an operator types before the first patient can sign in."""

from __future__ import annotations

import pytest
from click.testing import Result

from app.accounts import queries as accounts
from app.care import queries as care
from app.care.rules.consents import Purpose
from app.kernel.actor import Role
from tests.care import consenting
from tests.support.portal import Clinic, Portal

PASSWORD = "violet anchor seven kettles"
ANA = ("care", "register", "ana@example.org", "Ana Reis", "--born", "1950-01-31", "--sex", "female")
IMRE = ("accounts", "add", "imre@example.org", "Imre Kovács", "clinician")
JOIN = ("care", "join", "ana@example.org", "imre@example.org")


def run(portal: Portal, *words: str) -> Result:
    return portal.app.test_cli_runner().invoke(args=list(words))


def with_password(portal: Portal, *words: str, zone: str = "Europe/Lisbon") -> Result:
    return run(portal, *words, "--zone", zone, "--password", PASSWORD)


def test_patient_and_clinician_made_by_commands_look_after_each_other(portal: Portal) -> None:
    assert with_password(portal, *ANA).exit_code == 0
    assert with_password(portal, *IMRE).exit_code == 0
    assert "looks after" in run(portal, *JOIN).output
    with portal.inside():
        ana = accounts.by_email("ana@example.org")
        assert ana is not None
        patient = care.of_person(ana.id)
        assert patient is not None
        assert [one.name for one in care.team_with(patient, Role.CLINICIAN)] == ["Imre Kovács"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*ANA[:4], "--born", "2950-01-31", "--sex", "female"), "in the future"),
        ((*ANA[:4], "--born", "1850-01-31", "--sex", "female"), "too long ago"),
        (("care", "register", "no address", *ANA[3:]), "not an e-mail address"),
        (("accounts", "add", "a@example.org", "Ana", "patient"), "Invalid value"),
    ],
)
def test_mistakes_are_said_and_make_nobody(
    portal: Portal, words: tuple[str, ...], sentence: str
) -> None:
    result = with_password(portal, *words)
    assert result.exit_code != 0
    assert sentence in result.output
    with portal.inside():
        assert accounts.accounts() == []


def test_unknown_zone_weak_password_and_taken_address_are_refused(portal: Portal) -> None:
    assert "not a time zone" in with_password(portal, *ANA, zone="Lisbon").output
    weak = run(portal, *ANA, "--password", "password1234")
    assert "easy to guess" in weak.output
    with_password(portal, *ANA)
    assert "already signs in" in with_password(portal, *ANA).output


def test_only_staff_join_a_team_and_only_once(portal: Portal) -> None:
    with_password(portal, *ANA)
    assert "member of staff" in run(portal, *JOIN).output
    with_password(portal, *IMRE)
    run(portal, *JOIN)
    assert "already" in run(portal, *JOIN).output


def test_joining_twice_says_so_also_while_the_patient_wants_nobody(clinic: Clinic) -> None:
    portal, nadia = clinic.portal, clinic.portal.person(Role.CLINICIAN, "Dr Nadia Haddad")
    there = ("care", "join", clinic.patient.email, clinic.clinician.email)
    assert "is on the team already." in run(portal, *there).output
    consenting.says(portal, clinic.patient, Purpose.CARE, agreed=False)
    again = run(portal, *there)
    assert again.exit_code == 1
    assert again.output == (
        f"Error: {clinic.clinician.name} is on the team already. The patient does not agree to be"
        " looked after now, so the team opens nothing.\n"
    )
    fresh = run(portal, "care", "join", clinic.patient.email, nadia.email)
    assert fresh.exit_code == 0
    assert "does not agree to be looked after now" in fresh.output
    assert portal.visit(nadia).get(f"/patients/{clinic.patient.patient_id}").status_code == 404
    consenting.says(portal, clinic.patient, Purpose.CARE, agreed=True)
    assert portal.visit(nadia).get(f"/patients/{clinic.patient.patient_id}").status_code == 200
