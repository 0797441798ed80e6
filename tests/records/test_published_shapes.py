"""The published JSON Schema of FHIR R4 has nothing against a copy."""

from __future__ import annotations

from tests.clinical.shared import read
from tests.records.copies import copy_of, live, resources
from tests.records.schema import Shapes
from tests.support.portal import Clinic


def test_published_schema_lets_both_bundles_pass(clinic: Clinic) -> None:
    shapes = Shapes(read("fhir/fhir-r4.schema.json"))
    live(clinic)
    copy = copy_of(clinic)
    for bundle in (copy.record, copy.audit):
        assert shapes.problems(bundle) == []
        assert {str(said) for one in resources(bundle) for said in shapes.problems(one)} == set()


def test_schema_is_read_in_earnest(clinic: Clinic) -> None:
    shapes = Shapes(read("fhir/fhir-r4.schema.json"))
    (patient,) = copy_of(clinic).kind("Patient")
    wrong: list[dict[str, object]] = [
        {"gender": "lady"},
        {"birthDate": "1 March 1958"},
        {"active": "yes"},
        {"name": {"text": "Ana"}},
        {"shoeSize": 39},
    ]
    assert shapes.problems(patient) == []
    assert [one for one in wrong if not shapes.problems({**patient, **one})] == []
