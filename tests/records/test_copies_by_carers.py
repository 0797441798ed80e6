"""In a copy of the record, what a carer did in the patient's place is the carer's."""

from __future__ import annotations

from app.results import operations as results
from tests.questionnaires import life
from tests.records.copies import copy_of, resources
from tests.results import readings
from tests.support.portal import Clinic


def test_copy_names_the_carer_who_measured_answered_and_wrote(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    portal.visit(carer).send("/messages", body="Ana coughs at night.")
    with portal.inside():
        life.complete(portal.actor(carer))
        results.record(portal.actor(carer), readings.weight("84.5"))
        results.record(portal.actor(clinic.patient), readings.glucose("98"))
    copy = copy_of(clinic)
    theirs = {"type": "RelatedPerson", "display": carer.name}
    (answers,) = copy.kind("QuestionnaireResponse")
    assert answers["source"] == theirs
    (message,) = copy.kind("Communication")
    assert message["sender"]["type"] == "RelatedPerson"
    assert message["sender"]["display"].startswith(f"{carer.name} for {clinic.patient.name}")
    portal.visit(carer).get("/results")
    agents = [one["agent"][0]["who"] for one in resources(copy_of(clinic).audit)]
    assert theirs in agents
    measured = [one for one in copy.kind("Observation") if "derivedFrom" not in one]
    by = {one["valueQuantity"]["value"]: one.get("performer") for one in measured}
    assert by == {84.5: [theirs], 98: None}
    told = [tuple("".join(part.itertext()) for part in one) for one in copy.page.iter("div")]
    assert ("Entered by", carer.name) in told
    assert ("Sent by", carer.name) in told
