"""Questionnaires that are free to use: PHQ-9, GAD-7, AUDIT-C and the Duke Activity Status Index."""

from __future__ import annotations

from math import floor

from app.clinical.scores import usual
from app.clinical.scores.inputs import Flag, Items
from app.clinical.scores.row import Result, Score
from app.clinical.sentences import N_

KROENKE = (
    "Kroenke, Journal of General Internal Medicine 2001 doi:10.1046/j.1525-1497.2001.016009606.x"
)
SPITZER = "Spitzer, Archives of Internal Medicine 2006 doi:10.1001/archinte.166.10.1092"
BUSH = "Bush, Archives of Internal Medicine 1998 doi:10.1001/archinte.158.16.1789"
HLATKY = "Hlatky, American Journal of Cardiology 1989 doi:10.1016/0002-9149(89)90496-7"
PFIZER = "Pfizer: no permission needed to reproduce, translate, display or distribute"

PHQ9_BANDS = (
    (20, N_("Severe depression")),
    (15, N_("Moderately severe depression")),
    (10, N_("Moderate depression")),
    (5, N_("Mild depression")),
    (0, N_("Minimal or no depression")),
)
GAD7_BANDS = ((15, N_("Severe anxiety")), (10, N_("Moderate anxiety")), (5, N_("Mild anxiety")))
AUDITC_POSITIVE = {"male": 4, "female": 3}
AUDITC_HARM = 6


def phq9(*, items: tuple[int | None, ...]) -> Result:
    """PHQ-9: nine answers 0 to 3, total 0 to 27.

    0-4 minimal or none, 5-9 mild, 10-14 moderate, 15-19 moderately severe, 20-27 severe. Up to
    two answers may be missing: the total is then that of the answered ones in proportion,
    rounded half up; more is `ClinicalInputError`. Any answer above 0 to the ninth is a safety
    flag, whatever the total. Kroenke 2001; no permission required (Pfizer).
    """
    answered = [one for one in items if one is not None]
    total = floor(sum(answered) * len(items) / len(answered) + 0.5)
    severity = next(name for begins, name in PHQ9_BANDS if total >= begins)
    last = items[-1]
    return {
        "total": total,
        "severity": severity,
        "item_9_positive": None if last is None else last > 0,
        "prorated": len(answered) < len(items),
    }


PHQ9 = Score(
    name="PHQ9",
    title=N_("Low mood (PHQ-9)"),
    formula="sum of 9 answers 0 to 3",
    inputs=(Items("items", N_("PHQ-9 answers"), KROENKE, count=9, high=3, may_miss=2),),
    outputs={
        "total": "0 to 27",
        "severity": "band",
        "item_9_positive": "safety flag",
        "prorated": "answers were missing",
    },
    source=KROENKE,
    licence=PFIZER,
    function=phq9,
)


def gad7(*, items: tuple[int, ...]) -> Result:
    """GAD-7: seven answers 0 to 3, total 0 to 21; every answer is needed.

    5-9 mild, 10-14 moderate, 15-21 severe; below 5 there is no severity to name. An answer
    missing or out of range is `ClinicalInputError`. Spitzer 2006; no permission required.
    """
    total = sum(items)
    severity = next((name for begins, name in GAD7_BANDS if total >= begins), None)
    return {"total": total, "severity": severity}


GAD7 = Score(
    name="GAD7",
    title=N_("Worry (GAD-7)"),
    formula="sum of 7 answers 0 to 3",
    inputs=(Items("items", N_("GAD-7 answers"), SPITZER, count=7, high=3),),
    outputs={"total": "0 to 21", "severity": "band; none below 5"},
    source=SPITZER,
    licence=PFIZER,
    function=gad7,
)


def auditc(*, items: tuple[int, ...], sex: str) -> Result:
    """AUDIT-C: three answers 0 to 4, total 0 to 12.

    Positive from 4 for men, 3 for women; from 6 possible harm. An answer missing or out of
    range is `ClinicalInputError`. Bush 1998, from WHO AUDIT; cite, check for commercial use.
    """
    total = sum(items)
    positive = total >= AUDITC_POSITIVE[sex]
    if total >= AUDITC_HARM:
        words = N_("Consistent with alcohol abuse and possible liver damage")
    elif positive:
        words = N_("Consistent with alcohol misuse")
    else:
        words = N_("Consistent with normal consumption")
    return {"total": total, "positive": positive, "interpretation": words}


AUDITC = Score(
    name="AUDITC",
    title=N_("Alcohol (AUDIT-C)"),
    formula="sum of 3 answers 0 to 4; positive from 4 (men) or 3 (women)",
    inputs=(Items("items", N_("AUDIT-C answers"), BUSH, count=3, high=4), usual.SEX),
    outputs={"total": "0 to 12", "positive": "screen positive", "interpretation": "band"},
    source=BUSH,
    licence="derived from WHO AUDIT: free with citation, commercial use to be checked",
    function=auditc,
)

# Each activity: plain key, the published label, its weight, and what we call it.
DASI_ITEMS = (
    ("self_care", "Take care of self", 2.75, N_("Looking after yourself")),
    ("walk_indoors", "Walk indoors", 1.75, N_("Walking indoors")),
    ("walk_blocks", "Walk 1–2 blocks on level ground", 2.75, N_("Walking a street or two")),  # noqa: RUF001 - as published
    (
        "climb_stairs",
        "Climb a flight of stairs or walk up a hill",
        5.5,
        N_("Climbing stairs or a hill"),
    ),
    ("run", "Run a short distance", 8.0, N_("Running a little")),
    ("light_housework", "Do light work around the house", 2.7, N_("Light housework")),
    ("moderate_housework", "Do moderate work around the house", 3.5, N_("Moderate housework")),
    ("heavy_housework", "Do heavy work around the house", 8.0, N_("Heavy housework")),
    ("yardwork", "Do yardwork", 4.5, N_("Work in the garden")),
    ("sexual_relations", "Have sexual relations", 5.25, N_("Sexual relations")),
    (
        "moderate_recreation",
        "Participate in moderate recreational activities",
        6.0,
        N_("Gentle sport"),
    ),
    ("strenuous_sports", "Participate in strenuous sports", 7.5, N_("Hard sport")),
)


def dasi(**able: bool) -> Result:
    """Duke Activity Status Index: the weights of the twelve activities a person can do.

    VO2 peak = 0.43 · DASI + 9.6 mL/kg/min; METs = VO2 / 3.5. Each activity yes or no, all
    twelve, else `ClinicalInputError`. Hlatky 1989.
    """
    total = sum(weight for key, _, weight, _ in DASI_ITEMS if able[key])
    vo2 = 0.43 * total + 9.6
    return {"dasi": round(total, 2), "vo2": vo2, "mets": vo2 / 3.5}


DASI = Score(
    name="DASI",
    title=N_("What you can do (Duke Activity Status Index)"),
    formula="sum of 12 weights; VO2=0.43*DASI+9.6; METs=VO2/3.5",
    inputs=tuple(
        Flag(key, title, "each activity is counted or not", label)
        for key, label, _, title in DASI_ITEMS
    ),
    outputs={"dasi": "0 to 58.2", "vo2": "mL/kg/min", "mets": "MET"},
    source=HLATKY,
    licence="published in the paper, free to use with citation",
    function=dasi,
)

ALL = (PHQ9, GAD7, AUDITC, DASI)
