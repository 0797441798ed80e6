"""What a published report says for one person, medicine by medicine.

Source: PharmGKB/PharmCAT, docs/examples, report of pharmcat.example (data of 2023-12 and
2025-11). "Dosing information" is a change of dose, "alternate drug available" is to avoid;
a report with neither is standard.
"""

from __future__ import annotations

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
        ("allopurinol", "general", "standard", "Strong"),
        ("amikacin", "general", "avoid/alternative", "Strong"),
        ("amitriptyline", "general", "dose-change", "Moderate"),
        ("atazanavir", "general", "standard", "Strong"),
        ("atomoxetine", "adults", "dose-change", "Moderate"),
        ("atomoxetine", "pediatrics", "dose-change", "Moderate"),
        ("atorvastatin", "general", "standard", "Strong"),
        ("azathioprine", "general", "standard", "Strong"),
        ("capecitabine", "general", "standard", "Strong"),
        ("carbamazepine", "CBZ naive", "avoid/alternative", "Strong"),
        ("carbamazepine", "CBZ use >3mos", "standard", "Optional"),
        ("codeine", "general", "standard", "Moderate"),
        ("dapsone", "general", "standard", "Strong"),
        ("desflurane", "general", "standard", "Strong"),
        ("hydrocodone", "general", "standard", "Optional"),
        ("ibuprofen", "general", "standard", "Strong"),
        ("imipramine", "general", "dose-change", "Optional"),
        ("nitrofurantoin", "general", "standard", "Strong"),
        ("nortriptyline", "general", "dose-change", "Optional"),
        ("omeprazole", "general", "dose-change", "Moderate"),
        ("ondansetron", "general", "standard", "No recommendation"),
        ("oxcarbazepine", "OXC naive", "avoid/alternative", "Strong"),
        ("oxcarbazepine", "OXC use >3 mos", "standard", "Optional"),
        ("pantoprazole", "general", "dose-change", "Moderate"),
        ("phenytoin", "PHT naive", "avoid/alternative", "Strong"),
        ("phenytoin", "PHT use >3mos", "standard", "Optional"),
        ("pitavastatin", "general", "standard", "Strong"),
        ("pravastatin", "general", "standard", "Strong"),
        ("primaquine", "general", "standard", "Strong"),
        ("sertraline", "general", "standard", "Strong"),
        ("sevoflurane", "general", "standard", "Strong"),
        ("tafenoquine", "general", "standard", "Strong"),
        ("tamoxifen", "general", "avoid/alternative", "Optional"),
        ("tenoxicam", "general", "standard", "Strong"),
        ("thioguanine", "general", "standard", "Strong"),
        ("tobramycin", "general", "avoid/alternative", "Strong"),
        ("toluidine blue", "general", "standard", "Strong"),
    ],
)
def test_each_medicine_is_judged_as_in_the_report(
    drug: str, population: str, category: str, strength: str
) -> None:
    (told,) = drug_guidance(drug, PERSON, population)
    assert (told.category, told.strength) == (category, strength)
