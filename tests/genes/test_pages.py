"""Who opens what was found in somebody's genes, when, and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts.models import Person, SignIn
from app.care.operations import consents, teams
from app.care.rules import consents as purposes
from app.care.rules.consents import Purpose
from app.clinical.pharmacogenomics import DRUGS
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Power, Role
from app.kernel.models import AuditEvent
from tests.care import circle
from tests.genes import reports
from tests.genes.reports import FOUND, LABORATORY, TABLE
from tests.records import r4
from tests.records.copies import copy_of
from tests.support.portal import ORIGIN, Clinic, Someone, Visitor

LATER = FRESH_FOR + timedelta(minutes=1)


@pytest.fixture
def report(clinic: Clinic) -> UUID:
    return reports.add(clinic)


def words(visitor: Visitor, path: str) -> str:
    """The words of a page that opens."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert visitor.page is not None
    return " ".join("".join(visitor.page.itertext()).split())


def lists(clinic: Clinic) -> dict[str, str]:
    """The pages that say that there are reports."""
    return {"own": "/genes", "team": f"/patients/{clinic.patient.patient_id}/genes"}


def opens(clinic: Clinic, someone: Someone, path: str) -> int:
    return clinic.portal.visit(someone).get(path).status_code


# ------------------------------------------------------------------ reading


def test_patient_comes_from_their_results_and_reads_what_it_means(
    clinic: Clinic, report: UUID
) -> None:
    ana = clinic.portal.visit(clinic.patient)
    assert 'href="/genes"' in ana.get("/results").text
    listed = words(ana, "/genes")
    assert LABORATORY in listed
    assert FOUND not in listed
    read = words(ana, f"/genes/{report}")
    for said in (
        "CYP2C19 works more slowly in you than with two normal copies.",
        "Ask your care team before you change any medicine.",
        "Clopidogrel may protect too little against clots.",
        DRUGS["clopidogrel"].guideline,
        DRUGS["clopidogrel"].version,
        clinic.clinician.name,
    ):
        assert said in read


def test_clinician_reads_the_phenotype_and_what_the_patient_reads(
    clinic: Clinic, report: UUID
) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    assert (
        f"/patients/{clinic.patient.patient_id}/genes"
        in doctor.get(f"/patients/{clinic.patient.patient_id}").text
    )
    read = words(doctor, f"/gene-reports/{report}")
    assert "Intermediate Metabolizer" in read
    assert "The patient reads: CYP2C19 works more slowly in you" in read


def test_reports_and_their_results_open_to_nobody_else(clinic: Clinic, report: UUID) -> None:
    stranger = clinic.portal.clinic()
    for someone in (clinic.coordinator, clinic.administrator, stranger.clinician, stranger.patient):
        for path in (*lists(clinic).values(), f"/genes/{report}", f"/gene-reports/{report}"):
            if (someone, path) != (stranger.patient, "/genes"):
                assert opens(clinic, someone, path) == 404, (someone.role, path)


# ------------------------------------------------------------------ the second factor


@pytest.fixture
def stale(clinic: Clinic, report: UUID) -> None:
    """Everybody's last code was eleven minutes ago."""
    for one in (clinic.patient, clinic.clinician, clinic.coordinator, clinic.carer):
        clinic.portal.actor(one)
    with clinic.portal.inside(), db.writing() as session:
        for row in session.scalars(select(SignIn)):
            row.factor_at = clock.now() - LATER


def weighty(clinic: Clinic, report: UUID) -> list[tuple[Someone, str]]:
    patient = clinic.patient.patient_id
    return [
        (clinic.patient, f"/genes/{report}"),
        (clinic.carer, f"/genes/{report}"),
        (clinic.clinician, f"/gene-reports/{report}"),
        (clinic.clinician, f"/gene-reports/{report}/mistake"),
        (clinic.clinician, f"/patients/{patient}/genes/file"),
        (clinic.clinician, f"/patients/{patient}/genes/typed"),
    ]


def test_code_is_asked_before_genetic_data_opens_or_is_written_and_leads_back(
    clinic: Clinic, report: UUID, stale: None
) -> None:
    for someone, path in weighty(clinic, report):
        answer = clinic.portal.visit(someone).get(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].removeprefix(ORIGIN) == f"/confirm?next={path}"
    ana = clinic.portal.visit(clinic.patient)
    assert LABORATORY in words(ana, "/genes")
    asked = ana.get(f"/genes/{report}").headers["Location"]
    ana.get(asked)
    given = {**ana.filled("/confirm"), "code": clinic.portal.code(clinic.patient)}
    assert FOUND in ana.follow(ana.post("/confirm", given)).text
    # Within ten minutes nobody asks again.
    assert ana.get(f"/genes/{report}").status_code == 200
    with clock.standing_at(clock.now() + LATER):
        assert ana.get(f"/genes/{report}").status_code == 303


def test_whoever_came_back_without_their_factors_waits(clinic: Clinic, report: UUID) -> None:
    with clinic.portal.inside(), db.writing() as session:
        row = session.get_one(Person, clinic.patient.id)
        row.limited_until = clock.now() + timedelta(days=3)
    answer = clinic.portal.visit(clinic.patient).get(f"/genes/{report}")
    assert FOUND not in answer.text
    assert answer.status_code == 403


# ------------------------------------------------------------------ grants and powers


def test_coordinator_opens_genetic_data_only_with_a_grant_for_just_that(
    clinic: Clinic, report: UUID
) -> None:
    doctor, marta = (clinic.portal.visit(one) for one in (clinic.clinician, clinic.coordinator))
    place = circle.place_of(clinic, clinic.coordinator)
    page, team = f"/gene-reports/{report}", f"/patients/{clinic.patient.patient_id}/team"
    assert doctor.get(f"/team-members/{place}/grant-genes").status_code == 404
    assert doctor.send(f"/team-members/{place}/grant").status_code == 303
    assert marta.get(page).status_code == 404
    assert marta.get(lists(clinic)["team"]).status_code == 404
    assert "Reports of gene tests" not in marta.get(f"/patients/{clinic.patient.patient_id}").text
    assert doctor.send(f"/team-members/{place}/grant-genes").status_code == 303
    assert FOUND in words(marta, page)
    assert "mistake" not in words(marta, page)
    for writes in (f"{page}/mistake", f"{lists(clinic)['team']}/file"):
        assert marta.get(writes).status_code == 404
    ana = clinic.portal.visit(clinic.patient)
    assert "The results of gene tests too" in words(ana, "/care-team")
    assert doctor.send(f"/team-members/{place}/revoke-genes", page=team).status_code == 303
    assert marta.get(page).status_code == 404


def test_closing_the_clinical_record_closes_genetic_data_with_it(
    clinic: Clinic, report: UUID
) -> None:
    circle.grant_genes(clinic)
    place = circle.place_of(clinic, clinic.coordinator)
    assert opens(clinic, clinic.coordinator, f"/gene-reports/{report}") == 200
    with clinic.portal.inside():
        teams.revoke(clinic.portal.actor(clinic.clinician), place)
        teams.grant(clinic.portal.actor(clinic.clinician), place)
    assert opens(clinic, clinic.coordinator, f"/gene-reports/{report}") == 404
    with clinic.portal.inside():
        asked = select(AuditEvent.tag).where(AuditEvent.tag.startswith("care.genetic_data"))
        found = db.session().scalars(asked.order_by(AuditEvent.at)).all()
    assert found == ["care.genetic_data_granted", "care.genetic_data_revoked"]


def test_carer_opens_it_with_that_power_and_with_no_other(clinic: Clinic, report: UUID) -> None:
    petra, paul = clinic.portal.person(Role.CARER), clinic.portal.person(Role.CARER)
    others = [one for one in Power if one is not Power.GENES]
    clinic.portal.let_act(petra, clinic.patient, *others)
    clinic.portal.let_act(paul, clinic.patient, Power.GENES)
    for path in ("/genes", f"/genes/{report}"):
        assert opens(clinic, petra, path) == 404
        assert opens(clinic, paul, path) == 200
    assert 'href="/genes"' not in clinic.portal.visit(petra).get("/results").text
    ana = clinic.portal.visit(clinic.patient)
    ana.get("/carers/new")
    # Nothing is ticked before the patient ticks it.
    assert "powers" not in ana.filled("/carers/new")
    assert "gene tests" in ana.get("/carers/new").text


def test_emergency_opens_the_record_and_no_genetic_data(clinic: Clinic, report: UUID) -> None:
    nadia = clinic.portal.person(Role.CLINICIAN, "Dr Nadia Haddad")
    circle.broken(clinic.portal, nadia, clinic.patient)
    visitor = clinic.portal.visit(nadia)
    chart = visitor.get(f"/patients/{clinic.patient.patient_id}")
    assert chart.status_code == 200
    assert "gene-tests" not in chart.text
    for path in (lists(clinic)["team"], f"/gene-reports/{report}"):
        assert visitor.get(path).status_code == 404


def test_care_taken_back_closes_it_to_the_team_and_not_to_the_patient(
    clinic: Clinic, report: UUID
) -> None:
    with clinic.portal.inside():
        actor, version = clinic.portal.actor(clinic.patient), purposes.current(Purpose.CARE)
        consents.answer(
            actor, circle.patient_of(clinic), Purpose.CARE, agreed=False, version=version
        )
    for path in (f"/gene-reports/{report}", f"{lists(clinic)['team']}/file"):
        assert opens(clinic, clinic.clinician, path) == 404
    assert opens(clinic, clinic.patient, f"/genes/{report}") == 200


# ------------------------------------------------------------------ writing


def test_typed_report_is_kept_and_read(clinic: Clinic) -> None:
    path = f"/patients/{clinic.patient.patient_id}/genes/typed"
    doctor = clinic.portal.visit(clinic.clinician)
    said = {"laboratory": LABORATORY, "reported_on": "2026-11-02"}
    wrong = doctor.send(path, **said, gene1="CYP2C19", found1="*1/*999")
    assert wrong.status_code == 422
    assert "We do not know the CYP2C19 allele *999." in wrong.text
    half = doctor.send(path, **said, gene2="CYP2C19")
    assert "Please give both" in half.text
    assert "at least one gene" in doctor.send(path, **said).text
    assert reports.there(clinic) == []
    done = doctor.send(path, **said, gene1="CYP2C19", found1="*2/*2", gene3="TPMT", found3="*1/*1")
    assert "Poor Metabolizer" in doctor.follow(done).text
    (report,) = reports.there(clinic)
    assert "TPMT works normally in you." in words(
        clinic.portal.visit(clinic.patient), f"/genes/{report}"
    )


def test_gene_that_is_typed_twice_is_said_beside_the_second_row(clinic: Clinic) -> None:
    path = f"/patients/{clinic.patient.patient_id}/genes/typed"
    doctor = clinic.portal.visit(clinic.clinician)
    said = {"laboratory": LABORATORY, "reported_on": "2026-11-02", "gene1": "CYP2C19"}
    rows = {"found1": "*1/*2", "gene3": "CYP2C19", "found3": "*2/*2"}
    wrong = doctor.send(path, **said, **rows)
    assert wrong.status_code == 422
    assert "You gave CYP2C19 twice." in wrong.text
    assert 'id="gene3-error"' in wrong.text
    assert 'id="gene1-error"' not in wrong.text
    assert reports.there(clinic) == []


def test_example_of_a_day_is_one_that_the_form_takes(clinic: Clinic) -> None:
    assert "such as 31 March 2025" in reports.send(clinic, TABLE.encode(), reported_on="x").text
    assert reports.send(clinic, TABLE.encode(), reported_on="2025-03-31").status_code == 303


def test_mistake_is_said_with_its_reason_and_shows_nobody_what_it_held(
    clinic: Clinic, report: UUID
) -> None:
    doctor, ana = (clinic.portal.visit(one) for one in (clinic.clinician, clinic.patient))
    path = f"/gene-reports/{report}/mistake"
    assert doctor.send(path).status_code == 422
    assert doctor.send(path, reason="It came under a wrong name.").status_code == 303
    for visitor, page in ((ana, f"/genes/{report}"), (doctor, f"/gene-reports/{report}")):
        read = words(visitor, page)
        assert "It came under a wrong name." in read
        assert FOUND not in read
    assert "It came under a wrong name." in words(ana, "/genes")
    assert "does not count any more" in words(doctor, path)


def test_every_look_and_every_change_is_written_down_and_shown(clinic: Clinic) -> None:
    reports.send(clinic, TABLE.encode())
    (report,) = reports.there(clinic)
    ana = clinic.portal.visit(clinic.patient)
    assert "what was found in your genes" not in words(ana, "/record/seen")
    clinic.portal.visit(clinic.clinician).get(f"/gene-reports/{report}")
    assert "what was found in your genes" in words(ana, "/record/seen")
    reports.mark(clinic, report, "It came under a wrong name.")
    with clinic.portal.inside():
        asked = select(AuditEvent).where(AuditEvent.patient_id == clinic.patient.patient_id)
        rows = db.session().scalars(asked.order_by(AuditEvent.at)).all()
        told = {one.tag: one for one in rows}
    added = told["genes.report_added"]
    assert (added.entity_id, added.actor_id) == (report, clinic.clinician.id)
    assert added.detail == {"source": "table", "results": 3}
    assert told["genes.report_marked_as_mistake"].entity_id == report
    doors = {one.detail["door"]: one.entity_id for one in rows if one.tag == "record.seen"}
    assert doors["genes.report"] == report


def test_copy_of_the_record_holds_each_gene_and_no_mistake(clinic: Clinic, report: UUID) -> None:
    wrong = reports.add(clinic, "TPMT\t*3A/*3A\n")
    reports.mark(clinic, wrong, "It came under a wrong name.")
    copy = copy_of(clinic)
    genes = [
        one
        for one in copy.kind("Observation")
        if one["code"].get("coding", [{}])[0].get("code") == "84413-4"
    ]
    assert {one["valueCodeableConcept"]["text"] for one in genes} == {
        "CYP2C19 *1/*2",
        "CYP2D6 *1/*4",
        "SLCO1B1 *1/*5",
    }
    assert [said for one in genes for said in r4.problems(one)] == []
    assert "CYP2C19 works more slowly in you" in copy.read
    assert "TPMT" not in copy.read
