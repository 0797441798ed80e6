"""Lists of medicines as people write them: read, or said not to be known; never passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.guidelines import naming
from app.clinical.guidelines.medicines import PRESSURE, RENIN, STATINS, Group
from app.clinical.pharmacogenomics import DRUGS
from app.clinical.pharmacogenomics.drugs import SYNONYMS
from tests.clinical.people import asked, born, fact

KINDS = {"brand", "other", "class", "nothing", "substance", "word"}


@pytest.mark.parametrize(
    ("line", "substances"),
    [
        ("Zestril (lisinopril) 10 mg", {"lisinopril"}),
        ("lisinopril-HCTZ 20-12.5", {"lisinopril", "hydrochlorothiazide"}),
        ("Benicar HCT 20/12.5", {"olmesartan", "hydrochlorothiazide"}),
        ("Coversyl Plus 5 mg", {"perindopril", "indapamide"}),
        ("amlodipine besylate 5mg tablet once daily", {"amlodipine"}),
        ("Acetylsalicyls\xe4ure 100", {"aspirin"}),
        ("co-codamol 30/500", {"codeine", "acetaminophen"}),
        ("Tylenol #3", {"codeine", "acetaminophen"}),
        ("Bactrim", {"sulfamethoxazole", "trimethoprim"}),
        ("Synjardy", {"empagliflozin", "metformin"}),
        ("5-FU", {"fluorouracil"}),
        ("warfarin as needed, in the evening", {"warfarin"}),
        ("none", set()),
        ("Concor 2,5 mg,1 Tablette morgens", {"bisoprolol"}),
    ],
)
def test_a_line_names_what_is_in_it(line: str, substances: set[str]) -> None:
    found = naming.named(line)
    assert found.substances == substances
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("Foozax 10 mg", ("Foozax 10 mg",)),
        ("my heart tablet", ("my heart tablet",)),
        ("lisinopril, foozax", ("foozax",)),
        ("10 mg", ("10 mg",)),
        ("Foozal 47,5 mg", ("Foozal 47,5 mg",)),
        ("tablet", ("tablet",)),
        ("?", ("?",)),
        ("x" * 1000, ("x" * 60,)),
    ],
)
def test_what_is_not_recognised_is_said(line: str, unknown: tuple[str, ...]) -> None:
    assert naming.named(line).unknown == unknown


@given(st.text(max_size=400))
def test_every_line_is_read_or_said_to_be_unknown(line: str) -> None:
    found = naming.named(line)
    nothing = {naming.stem(word) for word in ("none", "nothing", "nil", "keine")}
    assert found.substances or found.classes or found.unknown or nothing & set(line.lower().split())


@pytest.mark.parametrize("drug", [*DRUGS, *SYNONYMS])
def test_every_medicine_of_the_gene_guidelines_is_read_as_itself(drug: str) -> None:
    found = naming.named(drug)
    assert SYNONYMS.get(drug, drug) in {SYNONYMS.get(each, each) for each in found.substances}
    assert found.unknown == ()


def test_every_row_has_a_kind_and_a_source_and_every_brand_is_read() -> None:
    for row in naming.rows():
        assert row.kind in KINDS
        assert row.source
        assert row.names
        if row.kind == "brand":
            assert set(row.source.split("; ")) <= set(naming.SOURCES)
            for name in row.names:
                assert naming.named(f"{name} 10 mg").substances == set(row.means), name


def test_no_name_stands_for_two_things() -> None:
    told: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in naming.rows():
        if row.kind in {"brand", "other", "class"}:
            for name in row.names:
                words = tuple(name.casefold().replace("-", " ").split())
                assert told.setdefault(words, row.means) == row.means, name


@pytest.mark.parametrize(
    ("line", "group", "told"),
    [
        ("ACE inhibitor", RENIN, True),
        ("ACE inhibitor", STATINS, False),
        ("blood pressure tablet", PRESSURE, True),
        ("blood pressure tablet", RENIN, None),
        ("Foozax", STATINS, None),
        ("stanozolol", PRESSURE, False),
        ("Hidroclorotiazida", PRESSURE, True),
        ("Simvastatina", STATINS, True),
        ("nystatin", STATINS, False),
    ],
)
def test_a_group_is_named_or_not_or_cannot_be_told(
    line: str, group: Group, told: bool | None
) -> None:
    assert group.among(naming.named(line)) is told


def test_the_unknown_medicine_is_named_where_it_leaves_a_rule_open() -> None:
    said = asked("CV-04", [born(60), fact("medicines", ("metformin", "Foozax", "blood thinner"))])
    assert said is not None
    assert said.missing == ("medicines",)
    assert "We do not know which medicine this is: Foozax, blood thinner." in str(said.reason)
