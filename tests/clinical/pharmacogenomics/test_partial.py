"""One copy known, the other not; and HLA alleles in every spelling a laboratory uses."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.pharmacogenomics import drug_guidance, parse_outside_calls, phenotype, wording

REASSURING = "speaks for the usual dose"
AGAINST = wording.ADVICE["usual-against"]

HALF_KNOWN: list[tuple[str, dict[str, Any], str, str]] = [
    ("mercaptopurine", {"TPMT": "*3A/*99", "NUDT15": "*1/*1"}, "TPMT is *3A", "does not work"),
    ("mercaptopurine", {"TPMT": "*3A"}, "TPMT is *3A", "does not work"),
    ("mercaptopurine", {"NUDT15": "*3/*99", "TPMT": "*1/*1"}, "NUDT15 is *3", "does not work"),
    ("azathioprine", {"NUDT15": "*3/*99", "TPMT": "*1/*1"}, "NUDT15 is *3", "does not work"),
    ("thioguanine", {"NUDT15": "*3/*99", "TPMT": "*1/*1"}, "NUDT15 is *3", "does not work"),
    ("fluvastatin", {"CYP2C9": "*3/*99", "SLCO1B1": "*1/*1"}, "CYP2C9 is *3", "at most 1.0"),
    ("fluvastatin", {"CYP2C9": "*2", "SLCO1B1": "*1/*1"}, "CYP2C9 is *2", "at most 1.5"),
    ("fluvastatin", {"CYP2C9": "*3/*7", "SLCO1B1": "*1/*1"}, "CYP2C9 is *3", "at most 1.0"),
    ("rosuvastatin", {"SLCO1B1": "*5/*99", "ABCG2": "G/G"}, "SLCO1B1 is *5", "works less"),
    ("sertraline", {"CYP2C19": "*2/*99", "CYP2B6": "*1/*1"}, "CYP2C19 is *2", "more slowly"),
    ("fluorouracil", {"DPYD": "*2A"}, "DPYD is c.1905+1G>A (*2A)", "at most 1.0"),
    ("capecitabine", {"DPYD": "c.1905+1G>A (*2A)/c.9999A>T"}, "(*2A)", "at most 1.0"),
    ("codeine", {"CYP2D6": "*4"}, "CYP2D6 is *4", "more slowly"),
    ("clopidogrel", {"CYP2C19": "*2/*99"}, "CYP2C19 is *2", "more slowly"),
    ("simvastatin", {"SLCO1B1": "*5/*99"}, "SLCO1B1 is *5", "works less"),
    ("codeine", {"CYP2D6": "*1x2/*999"}, "CYP2D6 is *1x2", "much faster"),
    ("omeprazole", {"CYP2C19": "*17/*99"}, "CYP2C19 is *17", "works faster"),
    ("warfarin", {"VKORC1": "rs9923231 variant (T)/C>A"}, "VKORC1", "lowers the amount"),
]


@pytest.mark.parametrize(("drug", "known", "named", "meant"), HALF_KNOWN)
def test_a_known_copy_that_departs_from_normal_is_named_with_what_it_means_at_least(
    drug: str, known: dict[str, Any], named: str, meant: str
) -> None:
    told = drug_guidance(drug, known)
    assert told
    for each in told:
        assert named in str(each.reason)
        assert meant in str(each.reason)
        assert REASSURING not in str(each.reason)
        assert each.category == "standard/other"


@pytest.mark.parametrize(
    ("drug", "known"),
    [(drug, known) for drug, known, *_ in HALF_KNOWN if len(known) > 1 and drug != "warfarin"],
)
def test_the_usual_dose_is_not_relied_on_beside_such_a_copy(
    drug: str, known: dict[str, Any]
) -> None:
    (told,) = drug_guidance(drug, known)
    assert told.advice.text == AGAINST
    assert told.strength in {"Strong", "Moderate"}
    assert (
        told.unclear == tuple(gene for gene, said in told.results if said == "Indeterminate") != ()
    )


@pytest.mark.parametrize("stated", ["Normal Metabolizer", "Indeterminate"])
def test_a_stated_phenotype_does_not_hide_such_a_copy(stated: str) -> None:
    known = {"TPMT": {"diplotype": "*3A/*99", "phenotype": stated}, "NUDT15": "*1/*1"}
    (told,) = drug_guidance("mercaptopurine", known)
    assert told.advice.text == AGAINST
    everything = " ".join(map(str, (told.reason, *told.warnings)))
    assert "TPMT is *3A, which does not work" in everything


def test_two_known_copies_of_unclear_effect_are_both_named() -> None:
    (told,) = drug_guidance("codeine", {"CYP2D6": "*1xN/*4"})
    named = [str(each) for each in told.warnings if "together" in str(each)]
    assert ["*1xN" in each for each in named] == [True, False]
    assert "*4, which does not work" in named[1]


@pytest.mark.parametrize("known", [{"TPMT": "*1/*99"}, {"TPMT": "*1"}, {"TPMT": "*8/*99"}])
def test_a_normal_or_uncertain_copy_names_no_harm(known: dict[str, str]) -> None:
    (told,) = drug_guidance("mercaptopurine", {**known, "NUDT15": "*1/*1"})
    assert "One copy" not in str(told.reason)
    assert told.advice.text == wording.ADVICE["usual-unsure"]
    assert told.unclear == ("TPMT",)


def test_dpyd_star_one_is_the_reference() -> None:
    found = phenotype("DPYD", "*1/*2A")
    assert (found.phenotype, found.activity_score) == ("Intermediate Metabolizer", "1.0")
    assert found.diplotype == "Reference/c.1905+1G>A (*2A)"
    assert phenotype("DPYD", "*1/*1").phenotype == "Normal Metabolizer"
    (told,) = drug_guidance("fluorouracil", {"DPYD": "*1/*2A"})
    assert (told.category, told.strength, told.unclear) == ("dose-change", "Strong", ())


@pytest.mark.parametrize(
    ("drug", "marker"),
    [
        ("carbamazepine", "15:02"),
        ("oxcarbazepine", "15:02"),
        ("phenytoin", "15:02"),
        ("fosphenytoin", "15:02"),
        ("abacavir", "57:01"),
        ("allopurinol", "58:01"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "*{0}:{1}:01G",
        "*{0}:{1}P",
        "*{0}:{1}g",
        "*{0}{1}",
        "*{0}{1}01",
        "*{0}{1}0102",
        "HLA-B*{0}{1}",
        "B*{0}:{1}:01:01",
    ],
)
def test_groups_and_names_of_before_2010_are_read(drug: str, marker: str, form: str) -> None:
    written = form.format(*marker.split(":"))
    for known in ({"HLA-B": f"{written}/*07:02:01G"}, {"HLA-B": f"{written}/*0702"}):
        told = drug_guidance(drug, known)
        assert ("HLA-B", f"*{marker} positive") in told[0].results
        assert told[0].category == "avoid/alternative"
    (call,) = parse_outside_calls(f"HLA-B\t{written}/*08:01")
    assert call.diplotype == f"*{marker}/*08:01"
    assert any("is read as" in str(each) for each in call.warnings)


@pytest.mark.parametrize("written", ["*9501", "*15021", "*15", "*15:XX", "*15:ABCD"])
def test_what_cannot_be_read_digit_by_digit_is_left_open(written: str) -> None:
    assert phenotype("HLA-B", f"{written}/*07:02").phenotype == "Indeterminate"


@pytest.mark.parametrize("sign", ["positive", "negative"])
@pytest.mark.parametrize(
    "form", ["*5701 {0}", "HLA-B*5701 {0}", "HLA-B*57:01 {0}", "*57:01:01G {0}"]
)
def test_a_stated_marker_is_read_in_every_spelling(form: str, sign: str) -> None:
    (told,) = drug_guidance("abacavir", {"HLA-B": form.format(sign)})
    assert told.results == (("HLA-B", f"*57:01 {sign}"),)
    assert (told.category == "avoid/alternative") is (sign == "positive")


@pytest.mark.parametrize(
    ("drug", "more"),
    [
        ("carbamazepine", {"HLA-A": "*02:01/*03:01"}),
        ("carbamazepine", {}),
        ("oxcarbazepine", {}),
        ("phenytoin", {"CYP2C9": "*1/*1"}),
        ("fosphenytoin", {"CYP2C9": "*1/*1"}),
        ("abacavir", {}),
        ("allopurinol", {}),
    ],
)
@pytest.mark.parametrize("written", ["*15/*07", "*57/*58", "*15", "Indeterminate"])
def test_an_unreadable_hla_result_never_speaks_for_the_usual_dose(
    drug: str, more: dict[str, str], written: str
) -> None:
    for told in drug_guidance(drug, {"HLA-B": written, **more}):
        everything = " ".join(map(str, (told.reason, told.advice)))
        assert REASSURING not in everything
        assert "Nothing speaks against" not in everything
        assert "HLA-B" in told.unclear


def test_a_first_field_that_may_be_the_marker_says_so() -> None:
    for drug, named in [("oxcarbazepine", True), ("abacavir", False)]:
        (told, *_) = drug_guidance(drug, {"HLA-B": "*15/*07"})
        assert any("may be HLA-B*15:02" in str(each) for each in told.warnings) is named
