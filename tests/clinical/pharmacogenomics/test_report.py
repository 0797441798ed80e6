"""What published reports say for two people, medicine by medicine.

Source: PharmGKB/PharmCAT, docs/examples, reports of pharmcat.example (data of 2023-12 and
2025-11) and pharmcat.example2 (data of 2026-02). "Dosing information" is a change of dose,
"alternate drug available" is to avoid; a report with neither is standard or something else.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.pharmacogenomics import drug_guidance

PERSON = {
    "ABCG2": "rs2231142 reference (G)/rs2231142 reference (G)",
    "CACNA1S": "Reference/Reference",
    "CFTR": "ivacaftor non-responsive CFTR sequence/ivacaftor non-responsive CFTR sequence",
    "CYP2B6": "*1/*1",
    "CYP2C19": "*38/*38",
    "CYP2C9": "*1/*1",
    "CYP2D6": "*1/*3",
    "CYP3A5": "*1/*1",
    "DPYD": "Reference/Reference",
    "G6PD": "B (reference)/B (reference)",
    "HLA-B": "*15:02/*57:01",
    "MT-RNR1": "1555A>G",
    "NUDT15": "*1/*1",
    "RYR1": "Reference/Reference",
    "SLCO1B1": "*1/*1",
    "TPMT": "*1/*1",
    "UGT1A1": "*1/*1",
    "VKORC1": "rs9923231 reference (C)/rs9923231 reference (C)",
}


@pytest.mark.parametrize(
    ("drug", "population", "category", "strength"),
    [
        ("abacavir", "general", "avoid/alternative", "Strong"),
        ("allopurinol", "general", "standard/other", "Strong"),
        ("amikacin", "general", "avoid/alternative", "Strong"),
        ("amitriptyline", "general", "dose-change", "Moderate"),
        ("atazanavir", "general", "standard/other", "Strong"),
        ("atomoxetine", "adults", "dose-change", "Moderate"),
        ("atomoxetine", "pediatrics", "dose-change", "Moderate"),
        ("atorvastatin", "general", "standard/other", "Strong"),
        ("azathioprine", "general", "standard/other", "Strong"),
        ("capecitabine", "general", "standard/other", "Strong"),
        ("carbamazepine", "CBZ naive", "avoid/alternative", "Strong"),
        ("carbamazepine", "CBZ use >3mos", "standard/other", "Optional"),
        ("codeine", "general", "standard/other", "Moderate"),
        ("dapsone", "general", "standard/other", "Strong"),
        ("desflurane", "general", "standard/other", "Strong"),
        ("hydrocodone", "general", "standard/other", "Optional"),
        ("ibuprofen", "general", "standard/other", "Strong"),
        ("imipramine", "general", "dose-change", "Optional"),
        ("nitrofurantoin", "general", "standard/other", "Strong"),
        ("nortriptyline", "general", "dose-change", "Optional"),
        ("omeprazole", "general", "dose-change", "Moderate"),
        ("ondansetron", "general", "standard/other", "No recommendation"),
        ("oxcarbazepine", "OXC naive", "avoid/alternative", "Strong"),
        ("oxcarbazepine", "OXC use >3 mos", "standard/other", "Optional"),
        ("pantoprazole", "general", "dose-change", "Moderate"),
        ("phenytoin", "PHT naive", "avoid/alternative", "Strong"),
        ("phenytoin", "PHT use >3mos", "standard/other", "Optional"),
        ("pitavastatin", "general", "standard/other", "Strong"),
        ("pravastatin", "general", "standard/other", "Strong"),
        ("primaquine", "general", "standard/other", "Strong"),
        ("sertraline", "general", "standard/other", "Strong"),
        ("sevoflurane", "general", "standard/other", "Strong"),
        ("tafenoquine", "general", "standard/other", "Strong"),
        ("tamoxifen", "general", "avoid/alternative", "Optional"),
        ("tenoxicam", "general", "standard/other", "Strong"),
        ("thioguanine", "general", "standard/other", "Strong"),
        ("tobramycin", "general", "avoid/alternative", "Strong"),
        ("toluidine blue", "general", "standard/other", "Strong"),
    ],
)
def test_each_medicine_is_judged_as_in_the_report(
    drug: str, population: str, category: str, strength: str
) -> None:
    (told,) = drug_guidance(drug, PERSON, population)
    assert (told.category, told.strength) == (category, strength)


# Without a result for CYP2D6 and HLA-B, and as the report itself says so.
NO_RESULT = {
    "diplotype": "Unknown/Unknown",
    "phenotypes": ["No Result"],
    "activity_score": "No Result",
}
SECOND: dict[str, Any] = {
    **PERSON,
    "CYP2B6": "*1/*6",
    "CYP2C19": "*2/*2",
    "CYP2D6": NO_RESULT,
    "HLA-B": {"diplotype": "Unknown/Unknown", "phenotypes": [], "activity_score": None},
    "MT-RNR1": None,
}


@pytest.mark.parametrize(
    ("drug", "population", "category", "strength"),
    [
        ("amitriptyline", "general", "avoid/alternative", "Moderate"),
        ("atazanavir", "general", "standard/other", "Strong"),
        ("atorvastatin", "general", "standard/other", "Strong"),
        ("citalopram", "general", "avoid/alternative", "Strong"),
        ("clomipramine", "general", "avoid/alternative", "Optional"),
        ("clopidogrel", "CVI ACS PCI", "avoid/alternative", "Strong"),
        ("clopidogrel", "CVI non-ACS non-PCI", "avoid/alternative", "Moderate"),
        ("clopidogrel", "NVI", "avoid/alternative", "Moderate"),
        ("dapsone", "general", "standard/other", "Strong"),
        ("desflurane", "general", "standard/other", "Strong"),
        ("dexlansoprazole", "general", "dose-change", "Optional"),
        ("doxepin", "general", "avoid/alternative", "Optional"),
        ("escitalopram", "general", "avoid/alternative", "Strong"),
        ("fluorouracil", "general", "standard/other", "Strong"),
        ("flurbiprofen", "general", "standard/other", "Strong"),
        ("fluvastatin", "general", "standard/other", "Strong"),
        ("imipramine", "general", "avoid/alternative", "Optional"),
        ("pegloticase", "general", "standard/other", "Strong"),
        ("phenytoin", "PHT naive", "standard/other", "Strong"),
        ("phenytoin", "PHT use >3mos", "standard/other", "Strong"),
        ("tenoxicam", "general", "standard/other", "Strong"),
        ("thioguanine", "general", "standard/other", "Strong"),
        ("voriconazole", "adults", "avoid/alternative", "Moderate"),
        ("voriconazole", "pediatrics", "avoid/alternative", "Moderate"),
    ],
)
def test_each_medicine_is_judged_as_in_the_second_report(
    drug: str, population: str, category: str, strength: str
) -> None:
    (told,) = drug_guidance(drug, SECOND, population)
    assert (told.category, told.strength) == (category, strength)


@pytest.mark.parametrize(
    "drug", ["abacavir", "allopurinol", "amikacin", "atomoxetine", "codeine", "desipramine"]
)
def test_a_medicine_whose_genes_have_no_result_has_no_answer(drug: str) -> None:
    assert drug_guidance(drug, SECOND) == []
