"""Other published cases: public GDL2 test files, preventr, ADA, NGSP and CGM tables.

GDL2: gdl-lang/common-clinical-models, gdl2/*.test.yml (Apache-2.0). Figures are facts; the
rows here are our own writing of them.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate

LOW, MODERATE, HIGH = "Low risk", "Moderately increased risk", "High risk"
VERY_HIGH = "Very high risk"


@pytest.mark.parametrize(
    ("creatinine", "unit", "age", "sex", "egfr"),
    [
        (1.5, "mg/dL", 55, "female", 41),
        (1.5, "mg", 55, "female", 41),
        (1.5, "mg/dL", 55, "male", 55),
        (1.5, "mg/dL", 43, "m", 59),
        (1.5, "mg/dL", 43, "f", 44),
        (102, "umol", 43, "f", 60),
        (111, "umol/L", 77, "m", 59),
        (111, "µmol/L", 77, "Male", 59),
        (155, "umol", 43, "f", 37),
    ],
)
def test_filtration(creatinine: float, unit: str, age: int, sex: str, egfr: int) -> None:
    found = calculate("CKD_EPI_2021", creatinine=creatinine, unit=unit, age=age, sex=sex)
    assert found["egfr"] == egfr


@pytest.mark.parametrize(
    ("g", "row"),
    [
        ("G1", ((LOW, "x1"), (MODERATE, "x1"), (HIGH, "x2"))),
        ("G2", ((LOW, "x1"), (MODERATE, "x1"), (HIGH, "x2"))),
        ("G3a", ((MODERATE, "x1"), (HIGH, "x2"), (VERY_HIGH, "x3"))),
        ("G3b", ((HIGH, "x2"), (VERY_HIGH, "x3"), (VERY_HIGH, "x3"))),
        ("G4", ((VERY_HIGH, "x3"), (VERY_HIGH, "x3"), (VERY_HIGH, ">= x4"))),
        ("G5", ((VERY_HIGH, ">= x4"), (VERY_HIGH, ">= x4"), (VERY_HIGH, ">= x4"))),
    ],
)
def test_every_cell_of_the_kidney_heat_map(g: str, row: tuple[tuple[str, str], ...]) -> None:
    for a, (risk, often) in zip(("A1", "A2", "A3"), row, strict=True):
        found = calculate("KDIGO_RISK", g=g, a=a)
        assert found == {"risk": risk, "monitoring": f"{often} per year", "category": g + a}


@pytest.mark.parametrize(
    ("egfr", "uacr", "category"),
    [
        (90, 29.9, "G1A1"),
        (89, 30, "G2A2"),
        (60, 300, "G2A2"),
        (59, 300.1, "G3aA3"),
        (45, 0, "G3aA1"),
        (44, 0, "G3bA1"),
        (29, 0, "G4A1"),
        (14, 0, "G5A1"),
    ],
)
def test_the_heat_map_from_measurements(egfr: float, uacr: float, category: str) -> None:
    assert calculate("KDIGO_RISK", egfr=egfr, uacr_mg_g=uacr)["category"] == category


@pytest.mark.parametrize(
    ("albumin", "creatinine", "ratio", "category"),
    [
        (20, 50, 400, "A3"),
        (20, 15, 1333, "A3"),
        (20, 350, 57, "A2"),
        (35, 50, 700, "A3"),
        (35, 20, 1750, "A3"),
        (35, 350, 100, "A2"),
    ],
)
def test_albumin_ratio(albumin: float, creatinine: float, ratio: float, category: str) -> None:
    found = calculate("UACR", albumin_mg_dl=albumin, creatinine_mg_dl=creatinine)
    assert found["uacr_mg_g"] == pytest.approx(ratio, abs=0.5)
    assert found["category"] == category


def test_albumin_ratio_from_moles() -> None:
    assert calculate("UACR", uacr_mg_mmol=3)["uacr_mg_g"] == pytest.approx(26.52)
    # KDIGO draws its limits in both units: 3 mg/mmol is A2 as 30 mg/g is.
    found = [calculate("UACR", uacr_mg_mmol=ratio)["category"] for ratio in (2.9, 3, 30, 30.1)]
    assert found == ["A1", "A2", "A2", "A3"]


@pytest.mark.parametrize(
    ("age", "sex", "weight", "creatinine", "clearance"),
    [
        (24, "female", 54, 1, 74),
        (24, "male", 54, 1, 87),
        (24, "female", 54, 5, 15),
        (24, "male", 54, 5, 18),
        (68, "female", 68, 1, 58),
        (68, "male", 68, 1, 68),
        (68, "female", 68, 5, 12),
        (68, "male", 68, 5, 14),
        (30, "male", 80, 1, 122.2),
    ],
)
def test_clearance(age: int, sex: str, weight: float, creatinine: float, clearance: float) -> None:
    found = calculate(
        "COCKCROFT_GAULT", age=age, sex=sex, weight_kg=weight, creatinine_mg_dl=creatinine
    )
    assert found["crcl"] == pytest.approx(clearance, abs=1)


def test_clearance_is_refused_for_a_child_of_ten() -> None:
    with pytest.raises(ClinicalInputError, match="18 to 120") as refusal:
        calculate("COCKCROFT_GAULT", age=10, sex="male", weight_kg=25, creatinine_mg_dl=1)
    assert refusal.value.field == "age"


@pytest.mark.parametrize(
    ("age", "platelets", "alt", "ast", "value", "stage", "meaning"),
    [
        (50, 3200, 10000, 10000, 1.56, "Ishak 2-3", "Further investigation"),
        (50, 751, 4001, 4001, 4.21, "Ishak 4-6", "likely"),
        (50, 1, 1, 1, 50, "Ishak 4-6", "likely"),
        (50, 9.9, 3.9, 3.9, 9.97, "Ishak 4-6", "likely"),
        (35, 150, 35, 15, 0.59, "Ishak 0-1", "Use alternative fibrosis assessment"),
        (36, 150, 35, 15, 0.61, "Ishak 0-1", "excluded"),
        (64, 100, 8, 12, 2.71, "Ishak 2-3", "likely"),
        (66, 100, 8, 12, 2.80, "Ishak 2-3", "likely"),
        (50, 150, 40, 80, 4.22, "Ishak 4-6", "likely"),
    ],
)
def test_fib4(
    age: int,
    platelets: float,
    alt: float,
    ast: float,
    value: float,
    stage: str,
    meaning: str,
) -> None:
    found = calculate("FIB4", age=age, platelets=platelets, alt=alt, ast=ast)
    assert found["fib4"] == pytest.approx(value, abs=0.006)
    assert found["stage"] == stage
    assert meaning in found["interpretation"]


@pytest.mark.parametrize(("platelets", "enzyme"), [(3201, 10001), (0.99, 0.99)])
def test_fib4_refuses_what_no_laboratory_reports(platelets: float, enzyme: float) -> None:
    with pytest.raises(ClinicalInputError):
        calculate("FIB4", age=50, platelets=platelets, alt=enzyme, ast=enzyme)


@pytest.mark.parametrize(
    ("age", "ast", "low"), [(64, 20, "indeterminate"), (65, 20, "low"), (65, 30, "indeterminate")]
)
def test_fib4_has_a_higher_lower_limit_from_65(age: int, ast: float, low: str) -> None:
    assert calculate("FIB4", age=age, ast=ast, alt=20, platelets=200)["band"] == low


def test_fib4_says_when_an_entry_is_rare() -> None:
    found = calculate("FIB4", age=50, platelets=751, alt=4001, ast=4001)
    assert len(found["warnings"]) == 3
    assert calculate("FIB4", age=50, platelets=200, alt=30, ast=30)["warnings"] == {}


@pytest.mark.parametrize(
    ("inputs", "value", "band"),
    [
        ((50, 28, False, 30, 30, 200, 4.0), -1.443, "indeterminate"),
        ((35, 24, False, 20, 25, 250, 4.5), None, "low"),
        ((65, 38, True, 80, 50, 90, 2.8), None, "high"),
        ((50, 30, False, 40, 45, 180, 3.8), None, "indeterminate"),
    ],
)
def test_nafld_fibrosis_score(inputs: tuple[Any, ...], value: float | None, band: str) -> None:
    keys = ("age", "bmi", "ifg_or_dm", "ast", "alt", "platelets", "albumin_g_dl")
    found = calculate("NAFLD_FS", **dict(zip(keys, inputs, strict=True)))
    assert found["band"] == band
    assert value is None or found["nfs"] == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize(
    ("bmi", "waist", "tg", "unit", "y", "index", "band"),
    [
        (25, 75, 2, "mmol/L", -1.1108, 25, "low"),
        (32, 75, 2, "mmol/l", -0.1378, 47, "indeterminate"),
        (32, 90, 2, "mmol/L", 0.6572, 66, "high"),
        (32, 70, 150, "mg/dl", -0.5606, 36, "indeterminate"),
        (25, 70, 150, "mg/dL", -1.5336, 18, "low"),
        (32, 90, 200, "mg/dL", 0.7736, 68, "high"),
    ],
)
def test_fatty_liver_index(
    bmi: float, waist: float, tg: float, unit: str, y: float, index: int, band: str
) -> None:
    found = calculate("FLI", bmi=bmi, waist_cm=waist, ggt=23, tg=tg, tg_unit=unit)
    assert found["y"] == pytest.approx(y, abs=0.001)
    assert found["fli"] == pytest.approx(index, abs=0.6)
    assert found["band"] == band


@pytest.mark.parametrize(
    ("weight", "height", "value", "name"),
    [
        (30, 150, 13.33, "Underweight - severe thinness"),
        (36.5, 150, 16.22, "Underweight - moderate thinness"),
        (40, 150, 17.78, "Underweight - mild thinness"),
        (50, 150, 22.22, "Within normal range"),
        (60, 150, 26.67, "Overweight / pre-obese"),
        (70, 150, 31.11, "Obese - class I"),
        (80, 150, 35.56, "Obese - class II"),
        (90, 150, 40, "Obese - class III"),
        (66, 176, 21.31, "Within normal range"),
        (54, 165, 19.83, "Within normal range"),
        (70, 175, 22.86, "Within normal range"),
        (111, 188, 31.41, "Obese - class I"),
    ],
)
def test_body_mass_index(weight: float, height: float, value: float, name: str) -> None:
    assert calculate("BMI", weight_kg=weight, height_cm=height) == {"bmi": value, "class": name}


@pytest.mark.parametrize(
    ("tc", "tc_unit", "hdl", "hdl_unit", "tg", "tg_unit", "ldl"),
    [
        (8, "mmol/l", 2, "mmol/l", 2, "mmol/l", 197),
        (5.6, "mmol/l", 2, "mmol/l", 2, "mmol/l", 104),
        (210, "mg/dl", 2, "mmol/l", 2, "mmol/l", 97),
        (210, "mg/dl", 78, "mg/dl", 2, "mmol/l", 97),
        (210, "mg/dl", 78, "mg/dl", 90, "mg/dl", 114),
    ],
)
def test_ldl(
    tc: float, tc_unit: str, hdl: float, hdl_unit: str, tg: float, tg_unit: str, ldl: float
) -> None:
    found = calculate(
        "LDL_FRIEDEWALD",
        tc=tc,
        tc_unit=tc_unit,
        hdl=hdl,
        hdl_unit=hdl_unit,
        tg=tg,
        tg_unit=tg_unit,
    )
    assert found["ldl_mg_dl"] == pytest.approx(ldl, abs=1)


@pytest.mark.parametrize(
    ("tc", "hdl", "tg", "field"), [(250, 40, 400, "tg"), (60, 50, 150, "tc"), (250, 300, 90, "hdl")]
)
def test_ldl_is_refused_where_the_formula_fails(
    tc: float, hdl: float, tg: float, field: str
) -> None:
    units = {"tc_unit": "mg/dL", "hdl_unit": "mg/dL", "tg_unit": "mg/dL"}
    with pytest.raises(ClinicalInputError) as refusal:
        calculate("LDL_FRIEDEWALD", tc=tc, hdl=hdl, tg=tg, **units)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("a1c", "mg_dl", "mmol_l", "ifcc"),
    [
        (5, 97, 5.4, 31),
        (6, 126, 7.0, 42),
        (7, 154, 8.6, 53),
        (8, 183, 10.2, 64),
        (9, 212, 11.8, 75),
        (10, 240, 13.4, 86),
        (11, 269, 14.9, 97),
        (12, 298, 16.5, 108),
    ],
)
def test_the_ada_and_ngsp_tables(a1c: float, mg_dl: float, mmol_l: float, ifcc: float) -> None:
    average = calculate("EAG", a1c_pct=a1c)
    assert average["eag_mg_dl"] == pytest.approx(mg_dl, abs=0.6)
    assert average["eag_mmol_l"] == pytest.approx(mmol_l, abs=0.1)
    there = calculate("A1C_UNITS", ngsp_pct=a1c)["ifcc_mmol_mol"]
    assert there == pytest.approx(ifcc, abs=0.6)
    assert calculate("A1C_UNITS", ifcc_mmol_mol=there)["ngsp_pct"] == pytest.approx(a1c, abs=0.01)


@pytest.mark.parametrize(
    ("mean", "percent"),
    [
        (100, 5.7),
        (125, 6.3),
        (150, 6.9),
        (175, 7.5),
        (200, 8.1),
        (225, 8.7),
        (250, 9.3),
        (275, 9.9),
        (300, 10.5),
        (350, 11.7),
    ],
)
def test_glucose_management_indicator(mean: float, percent: float) -> None:
    found = calculate("GMI", mean_glucose=mean, unit="mg/dL")
    assert found["gmi_pct"] == pytest.approx(percent, abs=0.051)
    moles = calculate("GMI", mean_glucose=mean / 18.0156, unit="mmol/L")
    assert moles == pytest.approx(found)


@pytest.mark.parametrize(
    ("sbp", "dbp", "mean"),
    [
        (70, 40, 50),
        (80, 50, 60),
        (100, 70, 80),
        (130, 90, 103.3),
        (150, 100, 116.7),
        (160, 110, 126.7),
    ],
)
def test_mean_pressure(sbp: float, dbp: float, mean: float) -> None:
    assert calculate("MAP", sbp=sbp, dbp=dbp)["map"] == pytest.approx(mean, abs=0.06)


def test_swapped_pressures_are_refused() -> None:
    with pytest.raises(ClinicalInputError, match="swapped"):
        calculate("MAP", sbp=80, dbp=120)
